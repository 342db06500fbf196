"""How slices ended that could not say so, because PostgreSQL was away: it is said as soon as it is back.

Else their runs would be held until their longest call were over, though nobody works on them any more.
"""

import threading
from collections import deque
from contextlib import suppress

import structlog
from django.db import InterfaceError, OperationalError

from jobs import leases
from jobs.handlers import End
from jobs.leases import Claim, LeaseLost

log = structlog.get_logger()

AGAIN_SECONDS = 1.0

_unsaid: deque[tuple[Claim, End]] = deque()
_saying = threading.Lock()


def finish(held: Claim, then: End) -> None:
    """As `leases.finish`; what cannot be said now is kept for `say`."""
    try:
        leases.finish(held, then)
    except (OperationalError, InterfaceError):
        _unsaid.append((held, then))
        log.warning("slice.unsaid", run=str(held.run_id), then=type(then).__name__)
        raise


def pause() -> float:
    """Seconds until `say` should be called; any time is early enough where nothing is left to be said."""
    return AGAIN_SECONDS if _unsaid else float("inf")


def say() -> int:
    """How many were said; raises while PostgreSQL is away."""
    said = 0
    with _saying:
        while _unsaid:
            held, then = _unsaid[0]
            with suppress(LeaseLost):  # it was said, and only the answer was lost; or somebody else holds the run
                leases.finish(held, then)
                log.info("slice.said_late", run=str(held.run_id), then=type(then).__name__)
            _unsaid.popleft()
            said += 1
    return said
