"""Celery carries hints; PostgreSQL decides."""

from celery import shared_task

from jobs import pulses, slots
from jobs.sweep import sweep as sweep_now


@shared_task(name="jobs.tasks.work")
def work() -> None:
    slots.work()


@shared_task(name="jobs.tasks.sweep")
def sweep() -> None:
    sweep_now()


@shared_task(name="jobs.tasks.pulse")
def pulse() -> None:
    """Came through the queue."""
    pulses.heard()
