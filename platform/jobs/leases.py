"""Claims, leases and fences, each one short statement by the database's clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection

from database.acting import across_tenants, acting_for
from jobs.handlers import Again, Ended, Next, WaitForSomebody

LEASE = timedelta(seconds=settings.LEASE_SECONDS)

# Fair between tenants (the least recently served first), oldest first within a lane, one held run a lane.
# A lease that ran out is taken over only after the longest call of its holder is over.
CLAIM = """
with candidate as (
    select r.id, r.tenant_id from jobs_run r
    left join jobs_turn t on t.tenant_id = r.tenant_id
    where ((r.state = 'ready' and r.run_at <= clock_timestamp())
           or (r.state = 'waiting' and r.look_at <= clock_timestamp())
           or (r.state = 'held' and r.lease_until < now() and coalesce(r.calling_until, r.lease_until) < now()))
      and not exists (
          select from jobs_run o
          where o.tenant_id = r.tenant_id and o.lane = r.lane and o.id <> r.id
            and (o.state = 'held' or (o.state = 'ready' and (o."order", o.id) < (r."order", r.id))))
    order by t.served_at nulls first, r."order"
    limit 1
    for update of r skip locked
), claimed as (
    update jobs_run r
    set state = 'held', fence = fence + 1, attempts = attempts + 1,
        lease_until = now() + %(lease)s, calling_until = null, look_at = null
    from candidate c where r.id = c.id
    returning r.id, r.tenant_id, r.kind, r.subject_id, r.mode, r.fence, r.attempts, r.run_at
), turn as (
    insert into jobs_turn (id, tenant_id, served_at)
    select gen_random_uuid(), tenant_id, clock_timestamp() from claimed
    on conflict (tenant_id) do update set served_at = excluded.served_at
)
select * from claimed
"""

RENEW = """
update jobs_run set lease_until = now() + %(lease)s
where id = %(id)s and fence = %(fence)s and state = 'held'
"""

CALLING = """
update jobs_run set lease_until = now() + %(lease)s, calling_until = now() + %(call)s
where id = %(id)s and fence = %(fence)s and state = 'held'
"""

# Whoever wakes a held run changes its run_at (jobs.services.wake): then there is something to look at again.
FINISH = """
update jobs_run
set state = case when %(state)s = 'waiting' and run_at <> %(run_at)s then 'ready' else %(state)s end,
    run_at = case when run_at <> %(run_at)s then now() else now() + %(wait)s end,
    look_at = now() + %(look)s::interval, remark = %(remark)s, lease_until = null, calling_until = null,
    attempts = case when %(progress)s then 0 else attempts end,
    ended_at = case when %(state)s = 'ended' then now() end
where id = %(id)s and fence = %(fence)s and state = 'held'
"""


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


def claim() -> Claim | None:
    """The next run that is due, now held by us; None if there is nothing to do."""
    try:
        with across_tenants("the next run is chosen fairly among all tenants"), connection.cursor() as cursor:
            cursor.execute(CLAIM, _values())
            row = cursor.fetchone()
    except IntegrityError:  # an older run came into the lane while another worker took the younger one
        return None
    return Claim(*row) if row else None


def renew(held: Claim) -> None:
    _fenced(held, RENEW)


def about_to_call(held: Claim, longest: timedelta) -> None:
    """Says that a vendor call may be in flight for as long; call inside the block that commits the intent."""
    _fenced_here(held, CALLING, call=longest)


def hold(held: Claim) -> None:
    """Raises LeaseLost unless the run is ours; locks it for the rest of the open block."""
    _fenced_here(held, RENEW)


def finish(held: Claim, then: Next) -> None:
    state = "ready" if isinstance(then, Again) else "ended" if isinstance(then, Ended) else "waiting"
    wait = then.wait if isinstance(then, Again) else timedelta(0)
    look = then.look_after if isinstance(then, WaitForSomebody) else None
    progress = then.progress if isinstance(then, Again) else True
    told = {"state": state, "wait": wait, "look": look, "remark": then.remark, "progress": progress}
    _fenced(held, FINISH, run_at=held.run_at, **told)


def _fenced(held: Claim, statement: str, **values: object) -> None:
    with acting_for(held.tenant_id):
        _fenced_here(held, statement, **values)


def _fenced_here(held: Claim, statement: str, **values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(id=held.run_id, fence=held.fence, **values))
        if cursor.rowcount != 1:
            raise LeaseLost(f"Run {held.run_id} is no longer held under fence {held.fence}.")


def _values(**more: Any) -> dict[str, Any]:
    return {"lease": LEASE, **more}
