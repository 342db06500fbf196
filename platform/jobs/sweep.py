"""Finds what hints have lost: due schedules, ready runs, leases that ran out. Any process may sweep, any time."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import connection

from database.acting import across_tenants
from jobs import hints, services
from jobs.handlers import sweepers
from jobs.models import Schedule, TriggerKind
from jobs.statements import halted

log = structlog.get_logger()

LOCK = 0x5EED  # two sweeps at once would only be wasteful; one steps back

DUE = """
update jobs_schedule set next_at = now() + every
where id in (select id from jobs_schedule where next_at <= now() limit 500 for update skip locked)
returning id
"""

READY = f"""
select count(*) from jobs_run r
where ((state = 'ready' and run_at <= clock_timestamp())  -- also the runs that this very block has opened
       or (state = 'waiting' and look_at <= clock_timestamp())
       or (state = 'held' and lease_until < now() and coalesce(calling_until, lease_until) < now()))
  and not {halted()}
"""  # noqa: S608  only constants


def sweep() -> int:
    """Opens runs for due schedules, lets the other rooms look, and hints at what is ready. Returns its number."""
    with across_tenants("the sweep looks for due work of every tenant"), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(DUE)
        for schedule in Schedule.objects.filter(pk__in=[row[0] for row in cursor.fetchall()]):
            services.open_run(
                schedule.tenant_id,
                schedule.kind,
                schedule.subject_id,
                lane=schedule.pk,
                keys=schedule.keys,
                trigger=TriggerKind.SCHEDULE,
            )
        cursor.execute(READY)
        ready = int(cursor.fetchone()[0])
    if ready:
        hints.there_is_work(min(ready, settings.WORKER_SLOTS))
    for look in sweepers():
        _look(look)
    return ready


def _look(look: Callable[[], None]) -> None:
    """What one room finds, or does not, is no other's trouble."""
    try:
        look()
    except Exception:
        log.exception("sweep.look_failed", look=look.__qualname__)
