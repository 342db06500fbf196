"""Numbers a day as columns: each part and each number leads to the list of just those rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from desk.filters import said, span

LABELS_AT_MOST = 15


@dataclass(frozen=True)
class Series:
    """What is counted, by the value of its list's filter; `css` is its colour ("done")."""

    key: str
    name: str
    css: str


@dataclass(frozen=True)
class Part:
    name: str
    css: str
    count: int
    link: str
    share: str = "0"  # of the chart's height, in percent


@dataclass(frozen=True)
class Column:
    """One day. `label` stands below it, where there is room."""

    name: str
    label: str
    is_quiet: bool
    total: int
    parts: Sequence[Part]

    @property
    def shown(self) -> Sequence[Part]:
        return [part for part in self.parts if part.count]


@dataclass(frozen=True)
class Chart:
    """`of` is the kind of row that is counted ("exports.record")."""

    title: str
    empty: str
    of: str
    columns: Sequence[Column]
    legend: Sequence[Part]

    @property
    def most(self) -> int:
        return max(column.total for column in self.columns)

    @property
    def newest_first(self) -> Sequence[Column]:
        return self.columns[::-1]


Link = Callable[[str, str], str]  # the value of the filter of days, the key of the series


def days_until_today(many: int) -> list[date]:
    today = timezone.localdate()
    return [today - timedelta(days=n) for n in reversed(range(many))]


def chart(
    title: str,
    *,
    of: str,
    empty: str,
    series: Sequence[Series],
    days: Sequence[date],
    counts: Mapping[tuple[date, str], int],
    link: Link,
) -> Chart:
    totals = {day: sum(counts.get((day, one.key), 0) for one in series) for day in days}
    most = max(totals.values()) or 1

    def part(one: Series, day: date) -> Part:
        count = counts.get((day, one.key), 0)
        return Part(one.name, one.css, count, link(span(day, day), one.key), f"{100 * count / most:.2f}")

    def all_days(one: Series) -> Part:
        count = sum(counts.get((day, one.key), 0) for day in days)
        return Part(one.name, one.css, count, link(span(days[0], days[-1]), one.key))

    every = -(-len(days) // LABELS_AT_MOST)
    columns = [
        Column(
            name=said(day, day),
            label=f"{day:%-d}" if (len(days) - 1 - n) % every == 0 else "",
            is_quiet=day.weekday() >= 5,
            total=totals[day],
            parts=[part(one, day) for one in series],
        )
        for n, day in enumerate(days)
    ]
    return Chart(title, empty, of, columns, [all_days(one) for one in series])
