"""What ends its whole process (a fault in a library that is not Python's, no memory left) is tried in a child.

A child is a copy of the process and costs some ten milliseconds: it is made only where workers have died before.
"""

import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from ctypes import c_int
from multiprocessing import get_context
from typing import NoReturn, TypeVar

import structlog
from django.db import connection

log = structlog.get_logger()

T = TypeVar("T")

SECONDS, SPARE_SECONDS = 30.0, 5
TOLD_TO_END = {signal.SIGTERM, signal.SIGINT, signal.SIGALRM}

_fork = get_context("fork")  # the child knows all that we know


class NeverEnds(Exception):
    """The child was at it for longer than anything takes, or was told to end. What it was at may not be to blame."""


def deadly(items: Sequence[T], attempt: Callable[[T], object]) -> list[T]:
    """Those whose attempt ends its process; all else that comes of one is forgotten. An attempt speaks with nobody:
    the sockets are ours."""
    found: list[T] = []
    left = list(items)
    while (at := _first_death(left, attempt)) is not None:
        found.append(left[at])
        del left[: at + 1]
    return found


def _first_death(items: Sequence[T], attempt: Callable[[T], object]) -> int | None:
    at = _fork.RawValue(c_int, 0)
    child = _fork.Process(target=_try_all, args=(items, attempt, at))
    child.start()
    try:
        child.join(SECONDS)
        if child.exitcode is None or -child.exitcode in TOLD_TO_END:
            raise NeverEnds
        if at.value == len(items):
            return None
        log.error("trial.died", exit=child.exitcode)
        return at.value
    finally:
        child.kill()
        child.join()
        child.close()


def _try_all(items: Sequence[T], attempt: Callable[[T], object], at: c_int) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(int(SECONDS) + SPARE_SECONDS)  # also if the worker is killed meanwhile and nobody waits
    setattr(connection, "connect", _refuse)  # noqa: B010  of this thread's, which a checker takes for a proxy
    with connection.execute_wrapper(_refuse):
        for at.value, item in enumerate(items):
            with suppress(Exception):
                attempt(item)
        at.value = len(items)
    os._exit(0)  # nothing that is the parent's is closed or flushed by the child


def _refuse(*_: object) -> NoReturn:
    raise RuntimeError("Who is tried asks PostgreSQL for nothing.")
