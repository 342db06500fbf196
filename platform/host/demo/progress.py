"""What the terminal shows while jobs run, and the balance at the end."""

import time
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from rich.console import Console
from rich.live import Live
from rich.table import Table

from database.acting import across_tenants
from exports.models import ExportJob
from exports.selectors import Balance, balance
from host.demo.sentences import DemoFailed

WAIT_SECONDS = 300
Row = tuple[ExportJob, Balance]


def rows(since: datetime) -> list[Row]:
    with across_tenants("the demo shows the jobs of all its customers"):
        jobs = ExportJob.objects.select_related("tenant").filter(noticed_at__gte=since).order_by("noticed_at")
        return [(job, balance(job)) for job in jobs]


def watch(console: Console, since: datetime, expected: int, look_after: Callable[[], None]) -> list[Row]:
    """Shows the jobs until all of them have ended. Raises DemoFailed if nothing moves."""
    started = moved = time.monotonic()
    before = -1
    with Live(console=console, refresh_per_second=4, transient=True) as live:
        while True:
            now = rows(since)
            decided = sum(b.decided for _, b in now)
            if decided != before:
                before, moved = decided, time.monotonic()
            live.update(_table(now, time.monotonic() - started))
            if len(now) >= expected and all(not job.is_open for job, _ in now):
                return now
            look_after()
            if time.monotonic() - moved > WAIT_SECONDS:
                raise DemoFailed("Nothing has moved for five minutes. Look at the logs of worker and web.")
            time.sleep(0.25)


def _table(now: list[Row], seconds: float) -> Table:
    table = Table(title="Export jobs", title_justify="left", title_style="bold")
    for name in ("Customer", "State"):
        table.add_column(name)
    for name in ("Entries", "Posted", "Refused", "Waiting", "Entries/s"):
        table.add_column(name, justify="right")
    for job, struck in now:
        table.add_row(job.tenant.name, job.get_state_display(), *_counts(struck), "")
    posted = sum(b.decided for _, b in now)
    totals = [sum(getattr(b, name) for _, b in now) for name in ("announced", "posted", "failed", "waiting")]
    table.add_section()
    table.add_row(f"{len(now)} jobs", "", *map(str, totals), f"{posted / max(seconds, 0.1):.0f}", style="bold")
    return table


def _counts(struck: Balance) -> list[str]:
    there = struck.posted + struck.already_there
    return [str(struck.announced), str(there), str(struck.failed), str(struck.waiting)]


def show_balances(console: Console, ended: list[Row]) -> bool:
    """A table a job. True if every job balances."""
    for job, struck in ended:
        console.print(_balance_table(job, struck))
    return all(job.balanced for job, _ in ended)


def _balance_table(job: ExportJob, struck: Balance) -> Table:
    verdict = "[green]balances[/]" if job.balanced else "[red]does not balance[/]"
    table = Table(title=f"{job.tenant.name} · {job} · {verdict}", title_justify="left", title_style="bold")
    for name in ("", "Announced", "Fetched", "Posted", "Already there", "Refused", "Waiting"):
        table.add_column(name, justify="left" if not name else "right")
    counts = [struck.announced, struck.fetched, struck.posted, struck.already_there, struck.failed, struck.waiting]
    table.add_row("Entries", *map(str, counts))
    for one in struck.sums:
        amounts = [_money(one.fetched), _money(one.posted), "", _money(one.not_posted), _money(one.waiting)]
        table.add_row(one.currency, "", *amounts)
    return table


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"
