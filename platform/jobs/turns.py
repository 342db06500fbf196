"""A turn: one free slot of this process works slices while there are any."""

import threading
import time

from django.conf import settings

from jobs import hints
from jobs.slices import stopping, work_one

__all__ = ["stopping", "take"]

SECONDS = 30.0

_free = threading.BoundedSemaphore(settings.WORKER_SLOTS)  # each slot needs two connections of the pool


def take() -> int:
    """How many slices it worked. Without a free slot none: whoever has one looks again after its slice."""
    if not _free.acquire(blocking=False):
        return 0
    try:
        return _work()
    finally:
        _free.release()


def _work() -> int:
    """After a while lets the next message have its turn."""
    until, slices = time.monotonic() + SECONDS, 0
    while not stopping.is_set() and work_one():
        slices += 1
        if time.monotonic() > until:
            hints.there_is_work()
            break
    return slices
