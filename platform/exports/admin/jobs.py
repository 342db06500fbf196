"""Export jobs: live progress and balance, what must be done, and everything the job led to."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from connections.admin.exchanges import exchange_table
from connections.models import Exchange
from desk.formats import ago, to, whole
from desk.pages import SheetPage, actor, asked, column, state_column
from desk.sheets import Cell, Sheet, Table, Todo
from desk.tones import State, badge
from exports import attaching_later, retrying
from exports.admin import finding, states
from exports.admin.endings import HowFilter, NoticedFilter
from exports.admin.finding import Finding
from exports.admin.previews import Previewing
from exports.admin.progress import health
from exports.admin.tables import records_of, submissions_table
from exports.admin.timeline import moments_of
from exports.admin.todos import todos_of
from exports.models import ExportJob
from exports.noticing import KIND
from exports.polling import KIND as POLL
from exports.selectors import balance, with_progress
from installations.admin import InstallationAdmin
from installations.models import Installation
from jobs.admin import RunAdmin, runs_of
from jobs.admin import todos_of as halted
from jobs.models import Run
from jobs.selectors import halts_over
from tenants.admin import TenantAdmin
from tenants.models import Tenant

RETRYING = (
    "An open job goes on now. Of one that has ended nothing is posted from the old copy: the source is asked for a"
    " new job of what was left undone."
)
RETRYING_RECEIPTS = "Receipts that failed are attached again while their files are kept. Documents are not touched."


@admin.register(ExportJob)
class ExportJobAdmin(Previewing, Finding, SheetPage):
    views = [
        ("All", ""),
        ("Open", "how=open"),
        ("Held up", "how=held"),
        ("With errors", "how=errors"),
        ("Failed", "how=failed"),
        ("Do not balance", "how=unbalanced"),
    ]
    list_display = ["job", "customer", "how", "progress", "noticed"]
    list_filter = [HowFilter, ("tenant", AutocompleteSelectFilter), NoticedFilter]
    list_filter_submit = True
    related = ["tenant", "installation__source__application", "installation__target__application", "configuration"]
    related += ["reference_data"]
    search_fields = ["external_id"]  # offers the search; `found` is what finds
    search_help_text = "The job's id at the source, customer or company. Entries and document numbers: under Records"
    actions = ["retry_all"]
    actions_detail = ["retry", "retry_receipts", "preview"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExportJob]:
        return with_progress(super().get_queryset(request))

    def found(self, request: HttpRequest, term: str) -> Q:
        return finding.jobs(term) | finding.jobs_of_customers(term)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup == "installation__id__exact" or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    @column("Job", ordering="created_at")
    def job(self, job: ExportJob) -> SafeString:
        return format_html("{} <small>{}</small>", job, job.installation)

    @column("Customer", ordering="tenant__name")
    def customer(self, job: ExportJob) -> str:
        return job.tenant.name

    @state_column("state")
    def how(self, job: ExportJob) -> State:
        return states.of_job(job)

    @column("Progress")
    def progress(self, job: Any) -> Cell:
        return render_to_string("admin/exports/bar.html", {"job": job})

    @column("Noticed", ordering="noticed_at")
    def noticed(self, job: ExportJob) -> Cell:
        return ago(job.noticed_at)

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_progress"
        return [
            path("<uuid:pk>/progress/", self.admin_site.admin_view(self.progress_view), name=name),
            *super().get_urls(),
        ]

    def progress_view(self, request: HttpRequest, pk: object) -> HttpResponse:
        """The page's own part, anew. Once the job has ended, the whole page is."""
        job = self.row(request, str(pk))
        if not self.has_view_permission(request, job):
            raise PermissionDenied
        return HttpResponse(health(job, balance(job)), headers={} if job.is_open else {"HX-Refresh": "true"})

    @asked("Retry", RETRYING, button="Retry", icon="replay")
    def retry(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        job = self.row(request, object_id)
        return self.done(request, job, retrying.retry(job, actor=actor(request)), fine=job.is_open)

    @asked("Retry receipts", RETRYING_RECEIPTS, button="Retry receipts", icon="attach_file")
    def retry_receipts(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        job = self.row(request, object_id)
        return self.done(request, job, attaching_later.retry(job, actor=actor(request)))

    @admin.action(description="Retry", permissions=["act"])
    def retry_all(self, request: HttpRequest, queryset: QuerySet[ExportJob]) -> None:
        for job in queryset:
            self.message_user(request, retrying.retry(job, actor=actor(request)))

    def sheet(self, request: HttpRequest, row: ExportJob) -> Sheet:
        struck = balance(row)
        runs = list(Run.objects.filter(subject_id=row.pk).values_list("pk", flat=True)[:20])
        return Sheet(
            state=states.of_job(row),
            line=row.reason or f"{row.tenant}: {row.installation}",
            todos=[*_halted(row), *todos_of(row, runs, act=self._retry_address(request, row))],
            health=health(row, struck),
            facts=[
                ("Customer", to(row.tenant)),
                ("Installation", to(row.installation)),
                ("Configuration", _version(row)),
                ("Id at the source", whole(row.external_id)),
                ("Id", whole(row.pk)),
            ],
            moments=moments_of(row, runs),
            tables=[
                records_of(row, struck.fetched),
                runs_of(row.pk),
                submissions_table(row.submissions.all()),
                exchange_table(Exchange.objects.filter(run_id__in=runs), row, by="run_id"),
            ],
        )

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[object]:
        """Of a job that has ended there is nothing to preview; most jobs have no receipts that failed."""
        job = self.get_object(request, object_id)
        offered = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        useless = {
            "preview": job is None or not job.is_open,
            "retry_receipts": job is None or not attaching_later.failed_of(job).exists(),
        }
        return [one for one in offered if not useless.get(one.path)]

    def _retry_address(self, request: HttpRequest, job: ExportJob) -> str:
        return self.act_address("retry", job) if job.is_open and self.has_act_permission(request) else ""


def _halted(job: ExportJob) -> list[Todo]:
    return halted(halts_over(job.tenant_id, job.keys)) if job.is_open else []


def _version(job: ExportJob) -> Cell:
    return to(job.installation, job.configuration) if job.configuration else "Not fixed yet: work has not begun"


def _jobs_table(jobs: QuerySet[ExportJob]) -> Table:
    rows = with_progress(jobs.select_related("installation__source", "installation__target"))[:20]
    return Table(
        "Export jobs",
        ["Job", "State", "Progress", "Noticed"],
        [
            [
                to(job),
                badge(states.of_job(job)),
                render_to_string("admin/exports/bar.html", {"job": job}),
                ago(job.noticed_at),
            ]
            for job in rows
        ],
        empty="None yet.",
        of="exports.exportjob",
    )


def of_tenant(tenant: Tenant) -> Table:
    return _jobs_table(ExportJob.objects.filter(tenant=tenant))


def of_installation(installation: Installation) -> Table:
    return _jobs_table(ExportJob.objects.filter(installation=installation))


TenantAdmin.parts += [of_tenant]
InstallationAdmin.parts += [of_installation]


def settings_of(run: Run) -> Table:
    """The version that a run of exports worked by: its job's, fixed when work on the job began."""
    jobs = ExportJob.objects.select_related("installation__source", "installation__target", "configuration")
    found = jobs.filter(pk=run.subject_id) if run.kind == KIND else jobs.none()
    return Table(
        "Settings",
        ["Job", "Installation", "Version", "Saved"],
        [
            [to(job), to(job.installation), str(job.configuration), ago(job.configuration.created_at)]
            for job in found
            if job.configuration
        ],
        empty="None yet: work on its job has not begun." if run.kind == KIND else "It works by no settings.",
        of="exports.exportjob",
    )


RunAdmin.parts += [settings_of]
RunAdmin.subjects[KIND] = "exports.exportjob"
RunAdmin.subjects[POLL] = "installations.installation"
