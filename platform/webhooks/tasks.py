"""Celery carries hints; PostgreSQL decides."""

from celery import shared_task

from webhooks.processing import process_pending


@shared_task(name="webhooks.tasks.process")
def process() -> None:
    process_pending()
