"""Celery carries hints; PostgreSQL decides."""

from celery import shared_task

from jobs import turns
from jobs.sweep import sweep as sweep_now


@shared_task(name="jobs.tasks.work")
def work() -> None:
    turns.take()


@shared_task(name="jobs.tasks.sweep")
def sweep() -> None:
    sweep_now()
