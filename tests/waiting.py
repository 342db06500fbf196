"""Waiting for something to become true: a condition and a generous end, never a fixed sleep."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def until(condition: Callable[[], T], seconds: float = 30, every: float = 0.05) -> T:
    """What the condition returned when it was first true."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"Not true within {seconds:.0f} s: {condition}")
        time.sleep(every)
    return value


def somebody_waits() -> bool:
    """In this very database, for what another holds: a lock that is waited for need not tell its database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from pg_locks join pg_stat_activity using (pid)"
            " where not granted and datname = current_database())"
        )
        return bool(cursor.fetchone()[0])
