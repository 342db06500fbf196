"""The slots of this process: a free one works slices while there are any."""

import threading
import time

from django.conf import settings

from jobs import hints
from jobs.slices import stopping, work_one

__all__ = ["stopping", "work"]

SECONDS = 30.0

_free = threading.BoundedSemaphore(settings.WORKER_SLOTS)  # each slot needs two connections of the pool


def work() -> int:
    """How many slices it worked. Without a free slot none: whoever has one looks again after its slice."""
    if not _free.acquire(blocking=False):
        return 0
    try:
        return _work_slices()
    finally:
        _free.release()


def _work_slices() -> int:
    """After a while lets the next message in."""
    until, slices = time.monotonic() + SECONDS, 0
    while not stopping.is_set() and work_one():
        slices += 1
        if time.monotonic() > until:
            hints.there_is_work()
            break
    return slices
