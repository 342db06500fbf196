"""Installations that normally export, and did not: no failure says so, because nothing happens.

Counted are days with jobs, not jobs. The usual gap between two of them is the median, a week at least, so that
weekends and a day off are nothing. Call inside `acting_for` or `across_tenants`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from installations.models import Installation, InstallationState

PERIODS = 4  # each of so many before the last job must hold one
LATE = 1.5  # times the usual gap
SHORTEST, LONGEST = timedelta(days=7), timedelta(days=45)
LOOKED_BACK = LONGEST * (PERIODS + LATE)

# The first step leaves few: whoever exported lately is looked at no further.
SQL = """
with silent as (
    select i.id from installations_installation i
    where i.state = %(active)s and not exists (
        select from exports_exportjob j where j.installation_id = i.id and j.noticed_at > %(recent)s)
), days as (
    select j.installation_id, max(j.noticed_at) as at
    from exports_exportjob j join silent s on s.id = j.installation_id
    where j.noticed_at > %(from)s and j.noticed_at <= %(now)s
    group by j.installation_id, date_trunc('day', j.noticed_at)
), gaps as (
    select *, at - lag(at) over (partition by installation_id order by at) as gap from days
), usual as (
    select installation_id, max(at) as last,
           greatest(percentile_cont(0.5) within group (order by gap), %(shortest)s) as period
    from gaps group by installation_id
)
select u.installation_id, u.last, u.period from usual u join days d using (installation_id)
where u.period <= %(longest)s and %(now)s > u.last + u.period * %(late)s and d.at > u.last - u.period * %(periods)s
group by u.installation_id, u.last, u.period
having count(distinct floor(extract(epoch from u.last - d.at) / extract(epoch from u.period))) = %(periods)s
order by u.last
"""


@dataclass(frozen=True)
class Quiet:
    """`since`: when its last job was noticed. `usual`: the gap between two of its days with jobs."""

    installation: Installation
    since: datetime
    usual: timedelta


def quiet_installations(now: datetime) -> list[Quiet]:
    """The longest quiet first. Two queries at most."""
    values: dict[str, Any] = {
        "active": InstallationState.ACTIVE,
        "now": now,
        "recent": now - SHORTEST * LATE,
        "from": now - LOOKED_BACK,
        "shortest": SHORTEST,
        "longest": LONGEST,
        "late": LATE,
        "periods": PERIODS,
    }
    with connection.cursor() as cursor:
        cursor.execute(SQL, values)
        rows = cursor.fetchall()
    related = Installation.objects.select_related("tenant", "source__application", "target__application")
    known = related.in_bulk([row[0] for row in rows]) if rows else {}
    return [Quiet(known[pk], since, usual) for pk, since, usual in rows]
