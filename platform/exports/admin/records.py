"""Records: what was fetched, what became of it, and where it is in the ERP."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RadioFilter

from connections.admin.exchanges import exchange_table
from connections.models import Exchange
from desk.formats import NOTHING, cut, day, exact, money, pretty, to, whole
from desk.pages import LongList, SheetPage, actor, column, state_column
from desk.sheets import Cell, Fact, Fold, Moment, Sheet, Table
from desk.tones import State
from exports import retrying
from exports.admin import finding, states, todos
from exports.admin.endings import JobNoticedFilter
from exports.admin.finding import Finding
from exports.admin.tables import main_document, postings_table, receipts_tables
from exports.models import ExportJob, Record, Report, ReportOutcome, Submission
from incidents.admin import IncidentAdmin
from incidents.models import Incident

LISTED = 50


class OutcomeFilter(RadioFilter):  # type: ignore[misc]
    title = "outcome"
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "Waiting"), *ReportOutcome.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Record]) -> QuerySet[Record]:
        if self.value() == "waiting":
            return queryset.filter(report=None)
        return queryset.filter(report__outcome=self.value()) if self.value() in ReportOutcome.values else queryset


@admin.register(Record)
class RecordAdmin(LongList, Finding, SheetPage):
    views = [("All", ""), ("Waiting", "outcome=waiting"), *((o.label, f"outcome={o}") for o in ReportOutcome)]
    list_display = ["entry_shown", "customer", "how", "amount_shown", "document", "reason"]
    list_filter = [
        OutcomeFilter,
        ("tenant", AutocompleteSelectFilter),
        JobNoticedFilter,
        ("report__failure", ChoicesDropdownFilter),
    ]
    list_filter_submit = True
    related = ["tenant", "job__installation__source__application", "job__installation__target", "report"]
    search_fields = ["entry"]  # offers the search; `found` is what finds
    search_help_text = "Entry, its number, document number or id, our reference, or the job's id; words within a job"
    ordering = ["-job__created_at", "position"]
    actions = ["retry_jobs"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Record]:
        return super().get_queryset(request).prefetch_related("postings")

    def found(self, request: HttpRequest, term: str) -> Q:
        """Words only within a job: of the whole ledger they would be looked for record by record."""
        known = finding.records(term) | finding.records_of_jobs(term)
        return known | Q(summary__icontains=term) if "job__id__exact" in request.GET else known

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        mine = {"job__id__exact", "job__ended_at__isnull", "report__failure__exact", "report__subject__exact"}
        return lookup in mine or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    @column("Record")
    def entry_shown(self, record: Record) -> Cell:
        return cut(str(record), 60)

    @column("Customer", ordering="tenant__name")
    def customer(self, record: Record) -> str:
        return record.tenant.name

    @state_column("report__outcome")
    def how(self, record: Record) -> State:
        return states.of_record(record)

    @column("Amount", ordering="amount")
    def amount_shown(self, record: Record) -> Cell:
        return money(record.amount, record.currency)

    @column("Document")
    def document(self, record: Record) -> Cell:
        return main_document(record)

    @column("Why")
    def reason(self, record: Record) -> Cell:
        report = getattr(record, "report", None)
        return cut(report.reason, 50) if report else NOTHING

    @admin.action(description="Retry", permissions=["act"])
    def retry_jobs(self, request: HttpRequest, queryset: QuerySet[Record]) -> None:
        """A record goes its way with its job: the jobs are what is retried."""
        chosen = queryset.order_by().values("job")
        for job in ExportJob.objects.filter(pk__in=chosen).select_related("installation__source__application"):
            self.message_user(request, retrying.retry(job, actor=actor(request)))

    def sheet(self, request: HttpRequest, row: Record) -> Sheet:
        postings = list(row.postings.all())
        sent = Submission.objects.filter(elements__posting__in=postings).values("pk")
        return Sheet(
            state=states.of_record(row),
            line=format_html("{} · {}", row, money(row.amount, row.currency)) if row.currency else str(row),
            todos=todos.of_record(row),
            facts=[
                ("Document", main_document(row)),
                ("Amount", money(row.amount, row.currency)),
                ("Dated", day(row.dated)),
                ("Kind", row.kind.replace("_", " ").capitalize()),
                ("Job", to(row.job)),
                ("Customer", to(row.tenant)),
                ("Entry", whole(row.entry)),
                *([("Number at the source", whole(row.book_id))] if row.book_id else []),
                *_report(row),
            ],
            moments=_moments(row),
            tables=[
                postings_table(postings),
                *receipts_tables(row),
                exchange_table(Exchange.objects.filter(submission_id__in=sent), row, by="submission_id"),
            ],
            folds=[Fold(f"As it was fetched (SHA-256 {row.digest})", pretty(row.payload))],
        )


def _report(record: Record) -> list[Fact]:
    report = getattr(record, "report", None)
    if report is None:
        return [("Report", "Not decided yet")]
    told = f"The source was told on {exact(report.told_at)}" if report.told_at else "The source was not told yet"
    refused: list[Fact] = [("The source refused it", report.refusal)] if report.refusal else []
    about: list[Fact] = [("About", report.subject)] if report.subject else []
    return [("Report", f"{report}. {told}."), *about, *_cause(report), *refused]


def _cause(report: Report) -> list[Fact]:
    incident: Incident | None = report.incident
    return [("Incident", to(incident, "Open" if incident.is_open else "Mended"))] if incident else []


def failed_by(incident: Incident) -> Table:
    """Also those that were never planned, and have no posting that hangs on it."""
    rows = Record.objects.filter(report__incident=incident).select_related("job", "report")[:LISTED]
    return Table(
        "Records failed",
        ["Record", "Amount", "Why", "Job"],
        [[to(row), money(row.amount, row.currency), cut(row.report.reason, 70), to(row.job)] for row in rows],
        empty="No record has failed by it.",
        of="exports.record",
    )


def _moments(record: Record) -> list[Moment]:
    report = getattr(record, "report", None)
    made = [Moment(p.created_at, f"{p.part.capitalize()} planned") for p in record.postings.all()]
    made += [Moment(p.posted_at, f"{p.part.capitalize()} posted") for p in record.postings.all()]
    made += [Moment(r.attached_at, f"{r} attached") for r in record.receipts.all()]
    if report:
        made += [Moment(report.decided_at, f"Decided: {report}"), Moment(report.told_at, "Told to the source")]
    return [Moment(record.job.fetched_at, "Everything of the job fetched"), *made]


IncidentAdmin.parts += [failed_by]
