"""The balance of each job, as a bookkeeper reads it: from what was announced down to what became of it."""

from decimal import Decimal

from rich import box
from rich.columns import Columns
from rich.console import Console
from rich.table import Table

from exports.models import ExportJob
from exports.selectors import Balance

NARROW = 38  # two beside each other in 80 columns


def show(console: Console, ended: list[tuple[ExportJob, Balance]]) -> bool:
    """A table a job. True if every job balances."""
    console.print()
    console.print(Columns([_table(job, struck) for job, struck in ended], padding=(1, 3)))
    return all(job.balanced for job, _ in ended)


def _table(job: ExportJob, struck: Balance) -> Table:
    verdict = "[green]balances[/]" if job.balanced else "[red]does not balance[/]"
    title = f"{job.tenant.name}\n{job} {verdict}"
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, min_width=NARROW)
    table.add_column("", no_wrap=True)
    for name in ("Records", *(one.currency for one in struck.sums)):
        table.add_column(name, justify="right", no_wrap=True)
    for words, count, amounts in _lines(struck):
        table.add_row(words, str(count), *(f"{amount:,.2f}" for amount in amounts))
    return table


def _lines(struck: Balance) -> list[tuple[str, int, list[Decimal]]]:
    def each(name: str) -> list[Decimal]:
        return [getattr(one, name) for one in struck.sums]

    lines = [
        ("Announced", struck.announced, []),
        ("Fetched", struck.fetched, each("fetched")),
        ("  posted", struck.posted, each("posted")),
        ("  already there", struck.already_there, []),
        ("  skipped", struck.skipped, []),
        ("  refused", struck.failed, each("not_posted")),
        ("  waiting", struck.waiting, each("waiting")),
    ]
    return [line for line in lines if line[1] or line[2]]
