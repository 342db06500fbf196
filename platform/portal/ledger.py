"""Export jobs and what became of their records, in the customer's words. Call inside `acting_for` of the tenant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from desk.tones import State
from exports import attaching_later, keeping_back, selectors
from exports.admin import states
from exports.admin.todos import incidents_about
from exports.models import ExportJob, Record, ReportOutcome
from exports.selectors import Balance
from incidents.models import Incident
from jobs.models import Run
from portal.standing import Text, remedy_of
from tenants.models import Tenant

CAUSES_AT_MOST, RUNS_AT_MOST = 6, 20

SHOWN: dict[str, tuple[Text, Q]] = {
    "": (_("All"), Q()),
    "failed": (_("Failed"), Q(report__outcome=ReportOutcome.FAILED)),
    "waiting": (_("Waiting"), Q(report=None)),
    "posted": (_("Posted"), selectors.FINE),
    "skipped": (_("Skipped"), Q(report__outcome=ReportOutcome.SKIPPED)),
}


@dataclass(frozen=True)
class JobLine:
    job: ExportJob
    state: State
    done: int
    of: int
    failed: int


@dataclass(frozen=True)
class Cause:
    """Why records failed."""

    records: int
    title: str
    reason: str
    remedy: Text


@dataclass(frozen=True)
class RecordLine:
    record: Record
    state: State
    reason: str
    remedy: Text
    document_url: str


@dataclass(frozen=True)
class Chip:
    key: str
    name: Text
    count: int


@dataclass(frozen=True)
class Whole:
    """Everything above the list of a job's records."""

    job: ExportJob
    state: State
    balance: Balance
    causes: Sequence[Cause]
    further: int  # records that failed for other causes than those
    receipts: int  # that were not attached and can be tried once more
    kept_back: bool  # by its customer: nothing of it goes on

    @property
    def may_be_retried(self) -> bool:
        """While it is open it is looked at at once; once it has ended, what failed is exported again."""
        return self.job.is_open or bool(self.balance.failed) or self.job.closed_at is not None

    @property
    def chips(self) -> list[Chip]:
        struck = self.balance
        counts = {
            "": struck.fetched,
            "failed": struck.failed,
            "waiting": struck.waiting,
            "posted": struck.posted + struck.already_there,
            "skipped": struck.skipped,
        }
        return [Chip(key, name, counts[key]) for key, (name, _q) in SHOWN.items() if counts[key] or not key]


def jobs(tenant: Tenant) -> QuerySet[ExportJob]:
    """Newest first, each with its counts."""
    found = ExportJob.objects.filter(tenant=tenant).order_by("-created_at", "pk")
    sides = ["installation__source__application", "installation__target__application"]
    return selectors.with_progress(found.select_related(*sides))


def job_lines(found: Iterable[Any]) -> list[JobLine]:
    """Of some of `jobs`."""
    return [
        JobLine(job, states.of_job(job), job.decided_count, max(job.announced, job.fetched_count), job.failed_count)
        for job in found
    ]


def whole(job: ExportJob) -> Whole:
    groups = selectors.failed_groups(job)
    causes = [Cause(one.records, *_explained(one.failure, one.reason)) for one in groups[:CAUSES_AT_MOST]]
    further = sum(one.records for one in groups[CAUSES_AT_MOST:])
    receipts = attaching_later.failed_of(job).count()
    kept_back = keeping_back.is_kept_back(job)
    return Whole(job, states.of_job(job), selectors.balance(job), causes, further, receipts, kept_back)


def holding(job: ExportJob) -> list[Incident]:
    """What an open job waits for."""
    if not job.is_open:
        return []
    runs = list(Run.objects.filter(subject_id=job.pk).values_list("pk", flat=True)[:RUNS_AT_MOST])
    return list(incidents_about(job, runs).filter(mended_at=None)[:CAUSES_AT_MOST])


def records(job: ExportJob, shown: str) -> QuerySet[Record]:
    which = SHOWN.get(shown, SHOWN[""])[1]
    return job.records.filter(which).select_related("report").prefetch_related("postings").order_by("position")


def record_lines(found: Iterable[Record]) -> list[RecordLine]:
    return [_record_line(record) for record in found]


def _record_line(record: Record) -> RecordLine:
    report = getattr(record, "report", None)
    if report is None:
        return RecordLine(record, states.of_record(record), "", "", "")
    failed = report.outcome == ReportOutcome.FAILED
    _title, reason, remedy = _explained(report.failure, report.reason)
    return RecordLine(record, states.of_record(record), reason, remedy if failed else "", report.document_url)


def _explained(failure: str, reason: str) -> tuple[str, str, Text]:
    title, remedy = remedy_of(failure)
    return title, reason, remedy
