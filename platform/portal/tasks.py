"""Celery carries hints; what was asked is in PostgreSQL."""

from celery import shared_task

from portal.signing_in import answer_all


@shared_task(name="portal.tasks.answer")
def answer() -> None:
    answer_all()
