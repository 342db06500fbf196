"""Finds what hints have lost: due schedules, ready runs, leases that ran out. Any process may sweep, any time."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import connection

from database.acting import across_tenants
from jobs import hints, services
from jobs.handlers import sweepers
from jobs.models import Schedule
from jobs.statements import halted

log = structlog.get_logger()

LOCK = 0x5EED  # two sweeps at once would only be wasteful; one steps back

# The next slot is the first of the grid still to come; the one before it is due. What is halted is left alone.
DUE = f"""
update jobs_schedule set next_at = next_at + every * (floor(extract(epoch from now() - next_at)
                                                            / extract(epoch from every)) + 1)
where id in (select id from jobs_schedule s where next_at <= now() and not {halted("s")}
             limit 500 for update skip locked)
returning id, next_at - every
"""  # noqa: S608  only constants

READY = f"""
select count(*) from (
    select from jobs_run r
    where ((state = 'ready' and run_at <= clock_timestamp())  -- also the runs that this very block has opened
           or (state = 'waiting' and look_at <= clock_timestamp())
           or (state = 'held' and lease_until < now() and coalesce(calling_until, lease_until) < now()))
      and not {halted()}
    limit %(most)s
) found
"""  # noqa: S608  only constants


def sweep() -> int:
    """Opens runs for due schedules, lets the other rooms look, and hints at what is ready.

    Returns how many were hinted at: no more than all workers together have room for.
    """
    with across_tenants("the sweep looks for due work of every tenant"), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(DUE)
        slots = dict(cursor.fetchall())
        for schedule in Schedule.objects.filter(pk__in=slots):
            services.open_slot(schedule, slots[schedule.pk])
        cursor.execute(READY, {"most": settings.WORKER_SLOTS})
        ready = int(cursor.fetchone()[0])
    if ready:
        hints.there_is_work(ready)
    for look in sweepers():
        _look(look)
    return ready


def _look(look: Callable[[], None]) -> None:
    """What one room finds, or does not, is no other's trouble."""
    try:
        look()
    except Exception:
        log.exception("sweep.look_failed", look=look.__qualname__)
