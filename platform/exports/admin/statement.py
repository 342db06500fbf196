"""The balance of a job as an accountant reads it: lines of counts and sums, and whether they agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from connectors.kit.documents import ASIDE, Kind
from desk.formats import NOTHING, digits, list_address
from desk.sheets import Cell
from desk.viewing import may_see
from exports.models import ExportJob, Posting, PostingState, ReportOutcome
from exports.selectors import Balance

KINDS = {
    Kind.BILL: "Bills",
    Kind.SPEND: "Spend money",
    Kind.RECEIVE: "Receive money",
    Kind.JOURNAL: "Journals",
    Kind.CREDIT: "Credit notes",
    Kind.PAYMENT: "Payments",
    Kind.VENDOR: "Vendors",
    Kind.ATTACHMENT: "Receipts",
}
WAITING = "waiting"
FINE = (ReportOutcome.POSTED, ReportOutcome.ALREADY_THERE)
NIL = Decimal(0)


@dataclass(frozen=True)
class Figure:
    """A count or a sum. `agrees` with the line that it must equal; None: nothing to compare."""

    shown: Cell
    agrees: bool | None = None


@dataclass(frozen=True)
class Line:
    name: str
    css: str
    count: Figure
    link: str
    sums: Sequence[Figure]


@dataclass(frozen=True)
class Statement:
    currencies: Sequence[str]
    lines: Sequence[Line]


@dataclass(frozen=True)
class _Totals:
    """Per outcome and currency, of records and of their documents in the ERP."""

    amounts: dict[tuple[str, str], Decimal]
    in_the_erp: dict[str, Decimal]
    currencies: list[str]

    def of(self, outcomes: Iterable[str], currency: str) -> Decimal:
        return sum((self.amounts[outcome, currency] for outcome in outcomes), NIL)


def statement(job: ExportJob, struck: Balance) -> Statement:
    """announced = fetched = posted + already there + skipped + failed; nothing waits; the ERP has what was posted."""
    totals = _totals(job)
    counts = {outcome: getattr(struck, outcome) for outcome in (*ReportOutcome.values, WAITING)}
    links = _links(job)

    def line(name: str, css: str, count: Figure, outcomes: Sequence[str], link: str = "") -> Line:
        sums = [Figure(digits(totals.of(outcomes, currency), currency)) for currency in totals.currencies]
        return Line(name, css, count, link, sums)

    one_each = [
        line(name, outcome, Figure(counts[outcome]), [outcome], links.get(outcome, ""))
        for outcome, name in [*ReportOutcome.choices, (WAITING, "Waiting")]
    ]
    return Statement(
        totals.currencies,
        [
            Line("Announced", "", Figure(struck.announced), "", [Figure(NOTHING)] * len(totals.currencies)),
            line(
                "Fetched",
                "sum",
                Figure(struck.fetched, struck.fetched == struck.announced if struck.has_fetched_all else None),
                [*counts],
                links.get("all", ""),
            ),
            *one_each[:-1],
            _decided(struck, totals, is_over=not job.is_open),
            one_each[-1],
            Line(
                "of these uncertain",
                "within",
                Figure(struck.uncertain),
                "",
                [Figure(NOTHING)] * len(totals.currencies),
            ),
            _in_the_erp(struck, totals),
        ],
    )


def _decided(struck: Balance, totals: _Totals, *, is_over: bool) -> Line:
    """While work goes on, what is missing is on its way."""

    def figure(shown: Cell, agrees: bool) -> Figure:
        return Figure(shown, True if agrees and struck.fetched else False if is_over and not agrees else None)

    sums = []
    for currency in totals.currencies:
        amount = totals.of(ReportOutcome.values, currency)
        sums.append(figure(digits(amount, currency), not totals.of([WAITING], currency)))
    return Line("Decided", "sum", figure(struck.decided, struck.decided == struck.fetched), "", sums)


def _in_the_erp(struck: Balance, totals: _Totals) -> Line:
    sums = [
        Figure(
            digits(totals.in_the_erp[currency], currency), totals.in_the_erp[currency] == totals.of(FINE, currency)
        )
        for currency in totals.currencies
    ]
    return Line("In the ERP", "sum", Figure(struck.posted + struck.already_there), "", sums)


def _totals(job: ExportJob) -> _Totals:
    rows = job.records.order_by().values("currency", "report__outcome")
    amounts: dict[tuple[str, str], Decimal] = defaultdict(lambda: NIL)
    in_the_erp: dict[str, Decimal] = defaultdict(lambda: NIL)
    currencies = set()
    for row in rows.annotate(amount=Sum("amount", default=NIL), erp=Sum("report__amount", default=NIL)):
        currency, outcome = row["currency"], row["report__outcome"] or WAITING
        amounts[outcome, currency] += row["amount"]
        if outcome in FINE:
            in_the_erp[currency] += row["erp"]
        currencies.add(currency)
    return _Totals(amounts, in_the_erp, sorted(currencies - {""}))


def _links(job: ExportJob) -> dict[str, str]:
    if not may_see("exports.record"):
        return {}
    every = list_address("exports.record", job__id__exact=job.pk)
    outcomes = [WAITING, *ReportOutcome.values]
    return {
        "all": every,
        **{one: list_address("exports.record", job__id__exact=job.pk, outcome=one) for one in outcomes},
    }


def documents(job: ExportJob, currencies: Sequence[str]) -> list[Line]:
    """By kind, what was posted in each currency, marked by whether the ERP's totals are the same."""
    rows = (
        Posting.objects.filter(record__job=job, state=PostingState.POSTED)
        .exclude(part__in=ASIDE)
        .order_by("kind")
        .values("kind", "currency")
        .annotate(
            n=Count("pk"),
            told=Count("document_total"),
            ours=Sum("amount", default=NIL),
            theirs=Sum("document_total", default=NIL),
        )
    )
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        found[row["kind"]][row["currency"]] = row
    return [
        Line(
            KINDS[Kind(kind)],
            "",
            Figure(sum(row["n"] for row in by_currency.values())),
            _of_kind(job, kind),
            [_posted(by_currency.get(currency), currency) for currency in currencies],
        )
        for kind, by_currency in found.items()
    ]


def _posted(row: dict[str, Any] | None, currency: str) -> Figure:
    """No mark where the ERP did not tell every total."""
    if row is None:
        return Figure(NOTHING)
    return Figure(digits(row["ours"], currency), row["ours"] == row["theirs"] if row["told"] == row["n"] else None)


def _of_kind(job: ExportJob, kind: str) -> str:
    if not may_see("exports.posting"):
        return ""
    wanted = {"record__job__id__exact": job.pk, "kind__exact": kind, "state__exact": PostingState.POSTED}
    return list_address("exports.posting", **wanted)
