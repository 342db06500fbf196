"""Today: what is under way, what waits, for whom, and since when. Each number leads to its list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst

from connections.admin.connections import state_of as connection_state
from connections.models import Connection, ConnectionState
from desk.formats import ago, cut, list_address, to
from desk.sheets import Table
from desk.tones import Tone, badge
from exports.admin import states
from exports.models import ExportJob, Record, Report, ReportOutcome
from exports.selectors import with_progress
from incidents.admin import kind_of
from incidents.models import Incident
from jobs.admin import name_of, state_of
from jobs.models import Run, RunState
from webhooks.models import Delivery, DeliveryState

SHOWN = 8
TROUBLE = [ConnectionState.NEEDS_RECONNECT, ConnectionState.AUTHORISED]


@dataclass(frozen=True)
class Number:
    """Coloured only while there is something to see."""

    name: str
    value: int
    link: str
    tone: Tone
    note: str = ""

    @property
    def css(self) -> str:
        return self.tone.replace(" ", "-") if self.value else ""


def today(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's dashboard callback. Everybody sees the parts whose lists they may open."""
    may = request.user.has_perm
    context["numbers"] = [n for permission, part in NUMBERS if may(permission) for n in part()]
    context["tables"] = [part() for permission, part in TABLES if may(permission)]
    return context


def jobs_now() -> list[Number]:
    numbers = ExportJob.objects.filter(ended_at=None).aggregate(
        n=Count("pk"), held=Count("pk", filter=~Q(held_since=None))
    )
    address = list_address("exports.exportjob", ended_at__isnull=True)
    held = f"{numbers['held']} held up" if numbers["held"] else ""
    return [Number("Open jobs", numbers["n"], address, Tone.WORKING, held)]


def records_now() -> list[Number]:
    """Of open jobs, and of those noticed since yesterday: never of the whole ledger."""
    waiting = Record.objects.filter(job__ended_at=None, report=None).count()
    since = timezone.now() - timedelta(hours=24)
    lately = dict(
        Report.objects.filter(job__noticed_at__gt=since).order_by().values_list("outcome").annotate(Count("pk"))
    )

    def number(name: str, value: int, outcome: str, tone: Tone, note: str = "Last 24 hours") -> Number:
        return Number(name, value, list_address("exports.record", outcome=outcome), tone, note)

    return [
        number("Records waiting", waiting, "waiting", Tone.WAITING, "In open jobs"),
        number("Records posted", lately.get(ReportOutcome.POSTED, 0), ReportOutcome.POSTED, Tone.DONE),
        number("Records failed", lately.get(ReportOutcome.FAILED, 0), ReportOutcome.FAILED, Tone.FAILED),
    ]


def incidents_now() -> list[Number]:
    address = list_address("incidents.incident", state="open")
    return [Number("Open incidents", Incident.objects.filter(mended_at=None).count(), address, Tone.NEEDS_SOMEBODY)]


def connections_now() -> list[Number]:
    broken = Connection.objects.filter(state=ConnectionState.NEEDS_RECONNECT).count()
    address = list_address("connections.connection", state__exact=ConnectionState.NEEDS_RECONNECT)
    return [Number("Connections to renew", broken, address, Tone.NEEDS_SOMEBODY)]


def deliveries_now() -> list[Number]:
    count = Delivery.objects.filter(state=DeliveryState.QUARANTINED).count()
    address = list_address("webhooks.delivery", state__exact=DeliveryState.QUARANTINED)
    return [Number("Quarantined deliveries", count, address, Tone.NEEDS_SOMEBODY)]


def open_jobs() -> Table:
    jobs = ExportJob.objects.filter(ended_at=None).select_related(
        "tenant", "installation__source", "installation__target"
    )
    return Table(
        "Open jobs, the oldest first",
        ["Job", "Customer", "State", "Progress", "Noticed"],
        [
            [
                to(job),
                job.tenant.name,
                badge(states.of_job(job)),
                render_to_string("admin/exports/bar.html", {"job": job}),
                ago(job.noticed_at),
            ]
            for job in with_progress(jobs.order_by("created_at"))[:SHOWN]
        ],
        empty="Nothing is under way.",
        more=list_address("exports.exportjob", ended_at__isnull=True),
        of="exports.exportjob",
    )


def incidents_by_class() -> Table:
    rows = (
        Incident.objects.filter(mended_at=None)
        .order_by()
        .values("failure")
        .annotate(n=Count("pk"), oldest=Min("opened_at"), customers=Count("tenant", distinct=True))
        .order_by("-n")
    )
    return Table(
        "Open incidents by class",
        ["Class", "Open", "Customers", "Who must act", "Oldest"],
        [
            [
                format_html(
                    '<a href="{}">{}</a>',
                    list_address("incidents.incident", state="open", failure__exact=row["failure"]),
                    kind_of(row["failure"]).title,
                ),
                row["n"],
                row["customers"],
                capfirst(kind_of(row["failure"]).who),
                ago(row["oldest"]),
            ]
            for row in rows
        ],
        empty="No incident is open.",
        of="incidents.incident",
    )


def connections_in_trouble() -> Table:
    rows = Connection.objects.filter(state__in=TROUBLE).select_related("application", "tenant")
    return Table(
        "Connections in trouble",
        ["Connection", "Customer", "State", "Authorised"],
        [
            [to(row), row.tenant.name, badge(connection_state(row)), ago(row.authorised_at)]
            for row in rows.order_by("authorised_at")[:SHOWN]
        ],
        empty="Every connection is usable.",
        of="connections.connection",
    )


def oldest_work() -> Table:
    runs = Run.objects.filter(state__in=[RunState.WAITING, RunState.READY, RunState.PAUSED]).select_related("tenant")
    return Table(
        "Oldest waiting work",
        ["Run", "Customer", "State", "Remark", "Opened"],
        [
            [
                to(run, name_of(run)),
                run.tenant.name,
                badge(state_of(run)),
                cut(run.remark, 50),
                ago(run.created_at),
            ]
            for run in runs.order_by("created_at")[:SHOWN]
        ],
        empty="Nobody waits.",
        of="jobs.run",
    )


NUMBERS: Sequence[tuple[str, Callable[[], list[Number]]]] = [
    ("exports.view_exportjob", jobs_now),
    ("exports.view_record", records_now),
    ("incidents.view_incident", incidents_now),
    ("connections.view_connection", connections_now),
    ("webhooks.view_delivery", deliveries_now),
]
TABLES: Sequence[tuple[str, Callable[[], Table]]] = [
    ("exports.view_exportjob", open_jobs),
    ("incidents.view_incident", incidents_by_class),
    ("connections.view_connection", connections_in_trouble),
    ("jobs.view_run", oldest_work),
]
