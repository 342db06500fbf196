"""Finds what hints have lost: due schedules, ready runs, leases that ran out. Any process may sweep, any time: what
keeps a slot single are its rows."""

from collections.abc import Callable
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection

from database.acting import one_statement_across_tenants
from jobs import hints, services
from jobs.handlers import kinds_despite_pause, sweepers
from jobs.models import Schedule
from jobs.one_by_one import one_by_one
from jobs.statements import halted

log = structlog.get_logger()

# What is halted is left alone.
DUE = f"""
select tenant_id, id from jobs_schedule s where next_at <= now() and not {halted("s")} order by next_at limit 500
"""  # noqa: S608  only constants

# The next slot is the first of the grid still to come; the one before it is due.
ADVANCE = """
update jobs_schedule set next_at = next_at + every * (floor(extract(epoch from now() - next_at)
                                                            / extract(epoch from every)) + 1)
where id = (select id from jobs_schedule where id = %s and next_at <= now() for update skip locked)
returning next_at - every
"""

READY = f"""
select count(*) from (
    select from jobs_run r
    where ((state = 'ready' and run_at <= now())
           or (state = 'waiting' and look_at <= now())
           or (state = 'held' and lease_until < now() and coalesce(calling_until, lease_until) < now()))
      and not {halted()}
    limit %(most)s
) found
"""  # noqa: S608  only constants


def sweep() -> int:
    """Opens runs for due schedules, lets the other rooms look, and hints at what is ready.

    Returns how many were hinted at: no more than all workers together have room for.
    """
    one_by_one(_due(), _open_slot)
    ready = _ready()
    if ready:
        hints.there_is_work(ready)
    for look in sweepers():
        _look(look)
    return ready


def _due() -> list[tuple[UUID, UUID]]:
    with one_statement_across_tenants("due schedules of every tenant are looked for"), connection.cursor() as cursor:
        cursor.execute(DUE, {"despite_pause": kinds_despite_pause()})
        return list(cursor.fetchall())


def _ready() -> int:
    with one_statement_across_tenants("ready runs of every tenant are counted"), connection.cursor() as cursor:
        cursor.execute(READY, {"despite_pause": kinds_despite_pause(), "most": settings.WORKER_SLOTS})
        return int(cursor.fetchone()[0])


def _open_slot(tenant_id: UUID, schedule_id: UUID) -> None:
    """Unless somebody else does, or has done it."""
    with connection.cursor() as cursor:
        cursor.execute(ADVANCE, [schedule_id])
        for (slot,) in cursor.fetchall():
            services.open_slot(Schedule.objects.get(pk=schedule_id), slot)


def _look(look: Callable[[], None]) -> None:
    """What one room finds, or does not, is no other's trouble."""
    try:
        look()
    except Exception:
        log.exception("sweep.look_failed", look=look.__qualname__)
