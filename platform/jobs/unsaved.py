"""How slices ended where PostgreSQL was away and it could not be saved: it is, as soon as that is back.

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

_unsaved: deque[tuple[Claim, End]] = deque()
_saving = threading.Lock()


def finish(held: Claim, then: End) -> None:
    """As `leases.finish`; what cannot be saved now is kept for `save`."""
    try:
        leases.finish(held, then)
    except (OperationalError, InterfaceError):
        _unsaved.append((held, then))
        log.warning("slice.unsaved", run=str(held.run_id), then=type(then).__name__)
        raise


def pause() -> float:
    """Seconds until `save` should be called; any time is early enough where nothing is left to be saved."""
    return AGAIN_SECONDS if _unsaved else float("inf")


def save() -> int:
    """How many were saved; raises while PostgreSQL is away."""
    saved = 0
    with _saving:
        while _unsaved:
            held, then = _unsaved[0]
            with suppress(LeaseLost):  # it was saved, and only the answer was lost; or somebody else holds the run
                leases.finish(held, then)
                log.info("slice.saved_late", run=str(held.run_id), then=type(then).__name__)
            _unsaved.popleft()
            saved += 1
    return saved
