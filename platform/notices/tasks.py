"""Celery carries hints; the mails are in PostgreSQL."""

from celery import shared_task

from notices.sending import send_due


@shared_task(name="notices.tasks.send")
def send() -> None:
    send_due()
