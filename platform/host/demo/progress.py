"""What the terminal shows while jobs run."""

import time
from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID

from django.db import OperationalError
from django.db.models import Q
from rich import box
from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from database.acting import across_tenants
from exports.models import ExportJob
from exports.selectors import Balance, balance
from host.demo.sentences import DemoFailed

WAIT_SECONDS = 300
Row = tuple[ExportJob, Balance]


def open_jobs() -> set[UUID]:
    """Those that an earlier start left unfinished."""
    with across_tenants("the demo looks for jobs that an earlier start left open"):
        return set(ExportJob.objects.filter(ended_at=None).values_list("pk", flat=True))


def rows(since: datetime, unfinished: Collection[UUID]) -> list[Row]:
    with across_tenants("the demo shows the jobs of all its customers"):
        ours = Q(noticed_at__gte=since) | Q(pk__in=unfinished)
        jobs = ExportJob.objects.select_related("tenant").filter(ours).order_by("noticed_at")
        return [(job, balance(job)) for job in jobs]


def watch(
    console: Console, since: datetime, unfinished: Collection[UUID], expected: int, look_after: Callable[[], None]
) -> list[Row]:
    """Shows the jobs until all of them have ended. Raises DemoFailed if nothing moves."""
    started = moved = time.monotonic()
    now: list[Row] = []
    before = already = sum(struck.decided for _, struck in rows(since, unfinished))
    with Live(console=console, refresh_per_second=4, transient=True) as live:
        while True:
            try:
                now = rows(since, unfinished)
            except OperationalError:
                time.sleep(0.25)  # PostgreSQL ended: whoever looks after us starts it again
            decided = sum(struck.decided for _, struck in now)
            if decided != before:
                before, moved = decided, time.monotonic()
            live.update(_table(now, (decided - already) / max(time.monotonic() - started, 0.1)))
            if len({job.tenant_id for job, _ in now}) >= expected and not any(job.is_open for job, _ in now):
                return now
            look_after()
            if time.monotonic() - moved > WAIT_SECONDS:
                raise DemoFailed("Nothing has moved for five minutes. Look at the logs of worker and web.")
            time.sleep(0.25)


def _table(now: list[Row], pace: float) -> Table:
    table = Table(title="Export jobs", title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    table.add_column("Customer", no_wrap=True, max_width=22)
    table.add_column("", min_width=10)
    for name in ("Records", "Posted", "Refused", "Waiting", "A second"):
        table.add_column(name, justify="right", no_wrap=True)
    for job, struck in now:
        bar = ProgressBar(total=max(struck.announced, 1), completed=struck.decided, width=10)
        table.add_row(job.tenant.name, bar, *_counts(struck), "")
    names = ("announced", "posted", "already_there", "failed", "waiting")
    records, posted, there, refused, waiting = (sum(getattr(b, name) for _, b in now) for name in names)
    ended = sum(not job.is_open for job, _ in now)
    table.add_section()
    counts = map(str, (records, posted + there, refused, waiting))
    table.add_row(f"{len(now)} jobs, {ended} ended", "", *counts, f"{pace:.0f}", style="bold")
    return table


def _counts(struck: Balance) -> list[str]:
    there = struck.posted + struck.already_there
    return [str(struck.announced), str(there), str(struck.failed), str(struck.waiting)]
