"""Claims, leases and fences: who may work on a run, and what its slice comes to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection

from database.acting import across_tenants, acting_for
from jobs.handlers import Again, Ended, LetGo, Next, WaitForSomebody
from jobs.models import Stop
from jobs.statements import CALLING, CLAIM, FINISH, RENEW

LEASE = timedelta(seconds=settings.LEASE_SECONDS)


class LeaseLost(Exception):
    """Somebody else holds the run now: stop before the next side effect, write nothing more."""


@dataclass(frozen=True)
class Claim:
    run_id: UUID
    tenant_id: UUID
    kind: str
    subject_id: UUID
    mode: str
    fence: int
    attempts: int
    run_at: datetime
    stop: str = ""

    @property
    def is_cancelled(self) -> bool:
        return self.stop == Stop.CANCEL


def claim() -> Claim | None:
    """The next run that is due, now held by us; None if there is nothing to do."""
    try:
        with across_tenants("the next run is chosen fairly among all tenants"), connection.cursor() as cursor:
            cursor.execute(CLAIM, _values())
            row = cursor.fetchone()
    except IntegrityError:  # an older run came into the lane while another worker took the younger one
        return None
    return Claim(*row) if row else None


def renew(held: Claim) -> str:
    """Keeps the run ours. Says, as `hold` and `about_to_call` do, what was asked for meanwhile: HALTING or a Stop."""
    with acting_for(held.tenant_id):
        return hold(held)


def hold(held: Claim) -> str:
    """Locks the run for the rest of the open block."""
    return str(_fenced(held, RENEW)[0])


def about_to_call(held: Claim, longest: timedelta) -> str:
    """Says that a vendor call may be in flight for as long; call inside the block that commits the intent."""
    return str(_fenced(held, CALLING, call=longest)[0])


def finish(held: Claim, then: Next | LetGo) -> None:
    """Writes down what comes next, unless the run is somebody else's by now: then it raises LeaseLost."""
    values: dict[str, Any] = {"wait": timedelta(0), "look": None, "progress": True, "unmade": 0}
    match then:
        case Again(wait, progress, remark):
            values |= {"state": "ready", "wait": wait, "progress": progress, "remark": remark}
        case LetGo(progress):  # no attempt was made, and what was remarked before still holds
            values |= {"state": "ready", "progress": progress, "unmade": 1, "remark": None}
        case Ended(remark):
            values |= {"state": "ended", "remark": remark}
        case WaitForSomebody(remark, look_after):
            values |= {"state": "waiting", "look": look_after, "remark": remark}
    with acting_for(held.tenant_id):
        _fenced(held, FINISH, stop=held.stop, run_at=held.run_at, **values)


def _fenced(held: Claim, statement: str, **values: object) -> tuple[Any, ...]:
    """The row that the statement returns, if it returns one."""
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(id=held.run_id, fence=held.fence, **values))
        if cursor.rowcount != 1:
            raise LeaseLost(f"Run {held.run_id} is no longer held under fence {held.fence}.")
        return cursor.fetchone() if cursor.description else ()


def _values(**more: Any) -> dict[str, Any]:
    return {"lease": LEASE, **more}
