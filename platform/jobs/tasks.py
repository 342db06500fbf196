"""Celery carries hints; PostgreSQL decides."""

import time

from celery import shared_task

from jobs import hints
from jobs.slices import work_one
from jobs.sweep import sweep as sweep_now

TURN_SECONDS = 30.0


@shared_task(name="jobs.tasks.work")
def work() -> None:
    """Works slices while there are any; after a while lets the next message have its turn."""
    until = time.monotonic() + TURN_SECONDS
    while work_one():
        if time.monotonic() > until:
            hints.there_is_work()
            return


@shared_task(name="jobs.tasks.sweep")
def sweep() -> None:
    sweep_now()
