"""Reads the ledger for people and for the end of a run. Call inside `acting_for` or `across_tenants`."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, Sum, UUIDField
from django.db.models.functions import Coalesce

from connectors.kit.documents import ASIDE
from exports.models import ExportJob, Posting, PostingState, Record, Report, ReportOutcome

FINE = Q(report__outcome__in=[ReportOutcome.POSTED, ReportOutcome.ALREADY_THERE])
UNDONE = Q(report__outcome__in=[ReportOutcome.SKIPPED, ReportOutcome.FAILED])


@dataclass(frozen=True)
class CurrencySums:
    """What was fetched in one currency, and what became of it."""

    currency: str
    fetched: Decimal
    posted: Decimal
    not_posted: Decimal
    waiting: Decimal
    in_the_erp: Decimal

    @property
    def agree(self) -> bool:
        """What we say was posted is what the ledger's documents add up to."""
        return self.fetched == self.posted + self.not_posted + self.waiting and self.posted == self.in_the_erp


@dataclass(frozen=True)
class Balance:
    """source's count = fetched = posted + already there + skipped + failed; waiting = uncertain = 0; sums agree."""

    announced: int
    fetched: int
    posted: int
    already_there: int
    skipped: int
    failed: int
    uncertain: int
    has_fetched_all: bool
    sums: tuple[CurrencySums, ...]

    @property
    def decided(self) -> int:
        return self.posted + self.already_there + self.skipped + self.failed

    @property
    def waiting(self) -> int:
        return self.fetched - self.decided

    @property
    def undecided(self) -> int:
        """Of all that was announced, also what was not fetched yet."""
        return max(self.announced, self.fetched) - self.decided

    @property
    def is_final(self) -> bool:
        return self.has_fetched_all and not self.waiting and not self.uncertain

    @property
    def balances(self) -> bool:
        return self.is_final and self.announced == self.fetched and all(s.agree for s in self.sums)


def balance(job: ExportJob) -> Balance:
    outcomes = dict(job.reports.order_by().values_list("outcome").annotate(Count("pk")))
    postings = Posting.objects.filter(record__job=job).exclude(part__in=ASIDE)
    open_states = [PostingState.SENDING, PostingState.UNCERTAIN]
    return Balance(
        announced=job.announced,
        fetched=job.records.count(),
        posted=outcomes.get(ReportOutcome.POSTED, 0),
        already_there=outcomes.get(ReportOutcome.ALREADY_THERE, 0),
        skipped=outcomes.get(ReportOutcome.SKIPPED, 0),
        failed=outcomes.get(ReportOutcome.FAILED, 0),
        uncertain=postings.filter(state__in=open_states, record__report=None).values("record").distinct().count(),
        has_fetched_all=job.fetched_at is not None or job.announced == 0,
        sums=_sums(job),
    )


def _sums(job: ExportJob) -> tuple[CurrencySums, ...]:
    rows = (
        job.records.order_by()
        .values("currency")
        .annotate(
            fetched=Sum("amount", default=Decimal(0)),
            posted=Sum("amount", filter=FINE, default=Decimal(0)),
            not_posted=Sum("amount", filter=UNDONE, default=Decimal(0)),
            waiting=Sum("amount", filter=Q(report=None), default=Decimal(0)),
            in_the_erp=Sum("report__amount", filter=FINE, default=Decimal(0)),
        )
        .order_by("currency")
    )
    return tuple(
        CurrencySums(
            currency=row["currency"],
            fetched=row["fetched"],
            posted=row["posted"],
            not_posted=row["not_posted"],
            waiting=row["waiting"],
            in_the_erp=row["in_the_erp"],
        )
        for row in rows
        if row["currency"]
    )


def with_progress(jobs: QuerySet[ExportJob]) -> QuerySet[Any]:
    """Each with `fetched_count`, `decided_count` and `failed_count`, in the one query that lists them."""
    reports = Report.objects.filter(job=OuterRef("pk"))
    return jobs.annotate(
        fetched_count=_count(Record.objects.filter(job=OuterRef("pk"))),
        decided_count=_count(reports),
        failed_count=_count(reports.filter(outcome=ReportOutcome.FAILED)),
    )


def _count(rows: QuerySet[Any]) -> Coalesce:
    """As a subquery: two joins at once would multiply each other."""
    counted = rows.order_by().values("job").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def with_incident(records: QuerySet[Record]) -> QuerySet[Any]:
    """Each with `incident_id`: the cause that it failed by; of one not decided yet, that its postings wait for."""
    held = Posting.objects.filter(record=OuterRef("pk")).exclude(incident=None).order_by("-created_at")
    return records.annotate(
        incident_id=Coalesce("report__incident", Subquery(held.values("incident")[:1]), output_field=UUIDField())
    )


@dataclass(frozen=True)
class FailedGroup:
    """Records of a job that failed for one cause: a class, and what it is about."""

    failure: str
    subject: str
    records: int
    reason: str


def failed_groups(job: ExportJob) -> list[FailedGroup]:
    rows = (
        job.reports.filter(outcome=ReportOutcome.FAILED)
        .order_by()
        .values("failure", "subject")
        .annotate(n=Count("pk"), example=Min("reason"))
        .order_by("-n", "failure", "subject")
    )
    return [FailedGroup(row["failure"], row["subject"], row["n"], row["example"]) for row in rows]


def most_frequent_failure(job: ExportJob) -> tuple[str, str, str]:
    """Class, subject and an example's reason, of a job with failed records."""
    failed = job.reports.filter(outcome=ReportOutcome.FAILED).order_by()
    causes = failed.values("failure", "subject").annotate(n=Count("pk"), example=Min("reason"))
    first = causes.order_by("-n", "failure", "subject")[0]
    return first["failure"], first["subject"], first["example"]
