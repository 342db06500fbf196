"""Claims, leases and fences: who may work on a run, and what its slice comes to."""

import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection

from database.acting import one_statement_across_tenants, one_statement_for
from jobs.handlers import Again, Crashed, End, Ended, LetGo, PutAside, WaitForSomebody, kinds_despite_pause
from jobs.models import Stop
from jobs.statements import CALLED, CALLING, CLAIM, FINISH, LITTLE, OTHERS_WAIT, RENEW

LEASE = timedelta(seconds=settings.LEASE_SECONDS)
QUANTUM = 3.0  # seconds of a slot: the unit of fair shares (jobs.models.Share)
CHEAPEST, DEAREST = 0.1, 2.0  # quanta: no slice is for nothing, and what nobody waited for is not charged


class LeaseLost(Exception):
    """Somebody else holds the run now: stop before the next side effect, write nothing more."""


@dataclass(frozen=True)
class Claim:
    run_id: UUID
    tenant_id: UUID
    kind: str
    subject_id: UUID
    fence: int
    attempts: int
    crashes: int
    run_at: datetime
    stop: str = ""
    claimed: float = field(default_factory=time.monotonic, compare=False)
    express: bool = field(default=False, compare=False)

    @property
    def is_cancelled(self) -> bool:
        return self.stop == Stop.CANCEL


def claim(*, express: bool = False) -> Claim | None:
    """The next run that is due, now held by us; None if there is nothing to do.

    `express`: only one that has been worked on for a LITTLE so far. Small work ends within that.
    """
    try:
        why = "the next run is chosen fairly among all tenants"
        with one_statement_across_tenants(why), connection.cursor() as cursor:
            cursor.execute(CLAIM, _waiting(express, but=None, since=timedelta(0)))
            row = cursor.fetchone()
    except IntegrityError:  # an older run came into the lane while another worker took the younger one
        return None
    return replace(Claim(*row), express=express) if row else None


def others_wait(held: Claim, since: timedelta) -> bool:
    """Whether another tenant's work that our slot may serve has been due for so long, and nobody was free for it."""
    why = "whoever works gives way to the tenants that wait"
    with one_statement_across_tenants(why), connection.cursor() as cursor:
        cursor.execute(OTHERS_WAIT, _waiting(held.express, but=held.tenant_id, since=since))
        return bool(cursor.fetchone()[0])


class Kept(NamedTuple):
    """What was asked for meanwhile (HALTING, a Stop or nothing), and the time by the database's clock."""

    asked: str
    at: datetime


def renew(held: Claim, *, progress: bool = False) -> Kept:
    """Keeps the run ours."""
    with one_statement_for(held.tenant_id):
        return hold(held, progress=progress)


def hold(held: Claim, *, progress: bool = False) -> Kept:
    """Locks the run for the rest of the open block."""
    return Kept(*_fenced(held, RENEW, progress=progress))


def about_to_call(held: Claim, longest: timedelta, *, progress: bool = False) -> Kept:
    """Says that a vendor call may be in flight for so long; call inside the block that commits the intent."""
    return Kept(*_fenced(held, CALLING, call=longest, progress=progress))


def called(held: Claim, *, progress: bool = False) -> Kept:
    """`hold`, with no call in flight any more."""
    return Kept(*_fenced(held, CALLED, progress=progress))


def finish(held: Claim, then: End) -> None:
    """Writes down what comes next, unless the run is somebody else's by now: then it raises LeaseLost."""
    with one_statement_for(held.tenant_id):
        _fenced(held, FINISH, stop=held.stop, run_at=held.run_at, **_row(held, then), **_price(held))


def _price(held: Claim) -> dict[str, float]:
    seconds = time.monotonic() - held.claimed
    return {"seconds": seconds, "quanta": min(max(seconds / QUANTUM, CHEAPEST), DEAREST)}


def _row(held: Claim, then: End) -> dict[str, object]:
    """Crashes are counted apart from slices that only waited."""
    row: dict[str, object] = {"remark": then.remark, "wait": timedelta(0), "look": None, "attempts": 0, "crashes": 0}
    in_vain = {"attempts": held.attempts, "crashes": held.crashes + 1}
    match then:
        case Again(wait, progress):
            waited = {} if progress else {"attempts": held.attempts, "crashes": held.crashes}
            return row | {"state": "ready", "wait": wait} | waited
        case Crashed(wait, progress):
            return row | {"state": "ready", "wait": wait} | ({"crashes": 1} if progress else in_vain)
        case PutAside():
            return row | {"state": "aside"} | in_vain
        case LetGo(progress):  # no attempt was made, and what was remarked before still holds
            unmade = {} if progress else {"attempts": held.attempts - 1, "crashes": held.crashes}
            return row | {"state": "ready", "remark": None} | unmade
        case WaitForSomebody():
            return row | {"state": "waiting", "look": then.look_after}
        case Ended():
            return row | {"state": "ended"}


def _fenced(held: Claim, statement: str, **values: object) -> tuple[Any, ...]:
    """The row that the statement returns, if it returns one."""
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(id=held.run_id, fence=held.fence, **values))
        if cursor.rowcount != 1:
            raise LeaseLost(f"Run {held.run_id} is no longer held under fence {held.fence}.")
        return cursor.fetchone() if cursor.description else ()


def _waiting(express: bool, **more: Any) -> dict[str, Any]:
    return _values(little=LITTLE if express else None, **more)


def _values(**more: Any) -> dict[str, Any]:
    return {"lease": LEASE, "despite_pause": kinds_despite_pause(), **more}
