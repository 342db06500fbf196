"""What has become due since the last look, and when to look again: for workers whom no hint reaches."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from database.acting import across_tenants

AT_LEAST, AT_MOST = timedelta(seconds=0.5), timedelta(seconds=5)

LOOK = """
select clock_timestamp(),
       count(*) filter (where run_at <= clock_timestamp()),
       min(run_at) filter (where run_at > clock_timestamp()) - clock_timestamp()
from jobs_run
where state = 'ready' and run_at > coalesce(%s, clock_timestamp())
  and run_at < clock_timestamp() + make_interval(secs => %s)
"""


@dataclass
class Agenda:
    """After `look`, nothing becomes due for `pause`. Runs that were put off for a moment need no sweep then."""

    pause: timedelta = AT_MOST
    _looked_at: datetime | None = None

    def look(self) -> int:
        """How many runs have become due since the last look. One short statement."""
        self.pause = AT_MOST
        with across_tenants("what has become due is looked for"), connection.cursor() as cursor:
            cursor.execute(LOOK, [self._looked_at, AT_MOST.total_seconds()])
            self._looked_at, due, soon = cursor.fetchone()
        if soon is not None:
            self.pause = max(soon, AT_LEAST)
        return int(due)
