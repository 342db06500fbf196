"""The tables of Today: incidents by class, connections in trouble, open jobs, and the oldest waiting work."""

from datetime import datetime, timedelta
from uuid import UUID

from django.apps import apps
from django.db.models import Count, Min
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst

from connections.admin.connections import state_of as connection_state
from connections.models import Connection, ConnectionState
from desk.formats import NOTHING, ago, cut, list_address, to, to_page
from desk.sheets import Cell, Table
from desk.tones import badge
from desk.viewing import may, may_see
from exports.admin import states
from exports.models import ExportJob
from exports.quiet import quiet_installations
from exports.selectors import with_progress
from incidents.admin import kind_of
from incidents.catalogue import Who
from incidents.models import Incident
from jobs.admin import RunAdmin, name_of, state_of
from jobs.models import Run, RunState
from jobs.selectors import with_halts
from notices.expiring import soon

SHOWN = 8
DAY = timedelta(days=1)
TROUBLE = [ConnectionState.NEEDS_RECONNECT, ConnectionState.AUTHORISED]
WAITING = [RunState.WAITING, RunState.READY, RunState.PAUSED, RunState.ASIDE]


def incidents_by_class() -> Table:
    rows = (
        Incident.objects.filter(mended_at=None)
        .order_by()
        .values("failure")
        .annotate(n=Count("pk"), oldest=Min("opened_at"), customers=Count("tenant", distinct=True))
        .order_by("-n", "failure")
    )
    return Table(
        "Open incidents by class",
        ["Class", "Open", "Customers", "Who must act", "Oldest"],
        [
            [
                _class(row["failure"], kind_of(row["failure"]).title),
                _class(row["failure"], row["n"]),
                row["customers"],
                _who(row["failure"]),
                ago(row["oldest"]),
            ]
            for row in rows
        ],
        empty="No incident is open.",
        of="incidents.incident",
    )


def _who(failure: str) -> str:
    who = kind_of(failure).who
    return "Nobody: it goes on by itself" if who is Who.PLATFORM else capfirst(who)


def _class(failure: str, text: object) -> Cell:
    address = list_address("incidents.incident", state="open", failure__exact=failure)
    return format_html('<a href="{}">{}</a>', address, text)


def connections() -> Table:
    """Those that never had a company chosen stand here too: their set-up was left half way."""
    found = Connection.objects.filter(state__in=TROUBLE).select_related("application", "tenant")
    rows = list(found.order_by("authorised_at")[: SHOWN + 1])
    since = _troubled_since([row.pk for row in rows])
    return Table(
        "Connections in trouble",
        ["Connection", "Customer", "State", "In trouble", "What to do"],
        [
            [
                to(row),
                to(row.tenant),
                badge(connection_state(row)),
                ago(since.get(row.pk, row.authorised_at)),
                _way_out(row),
            ]
            for row in rows[:SHOWN]
        ],
        empty="Every connection is usable.",
        more=list_address("connections.connection") if len(rows) > SHOWN else "",
        of="connections.connection",
    )


def _troubled_since(connections: list[UUID]) -> dict[UUID | None, datetime | None]:
    if not may_see("incidents.incident"):
        return {}
    found = Incident.objects.filter(connection_id__in=connections, mended_at=None).order_by()
    return dict(found.values_list("connection_id").annotate(Min("opened_at")))


def _way_out(connection: Connection) -> Cell:
    if connection.state != ConnectionState.NEEDS_RECONNECT:
        return "The customer chooses a company."
    if not may("connections.add_connectlink"):
        return "The customer connects again."
    address = f"{reverse('admin:connections_connectlink_add')}?tenant={connection.tenant_id}"
    return format_html('<a href="{}">Make a connect link</a>', address)


def expiring() -> Table:
    """Keys, certificates and access of every customer; where nobody is to be mailed, staff alone know."""
    found = [one for one in soon(timezone.now()) if may_see(one.label)]
    return Table(
        "Ends soon",
        ["What", "Customer", "Ends", "What then"],
        [
            [to_page(one.label, one.subject_id, one.name), one.customer or NOTHING, ago(one.ends_at), one.then]
            for one in found[:SHOWN]
        ],
        empty="Nothing ends within 30 days.",
        count=len(found),
        of="connections.connection",
    )


def quiet() -> Table:
    found = quiet_installations(timezone.now())
    return Table(
        "Quiet installations",
        ["From and to", "Customer", "Quiet since", "Usually exports"],
        [
            [
                to(one.installation),
                to(one.installation.tenant),
                ago(one.since),
                f"every {round(one.usual / DAY)} days",
            ]
            for one in found[:SHOWN]
        ],
        empty="Whoever normally exports has done so.",
        count=len(found),
        of="installations.installation",
    )


def open_jobs() -> Table:
    jobs = ExportJob.objects.filter(ended_at=None).select_related(
        "tenant", "installation__source", "installation__target"
    )
    rows = list(with_progress(jobs.order_by("created_at"))[: SHOWN + 1])
    return Table(
        "Open jobs, the oldest first",
        ["Job", "Customer", "State", "Progress", "Noticed"],
        [
            [
                to(job),
                to(job.tenant),
                badge(states.of_job(job)),
                render_to_string("admin/exports/bar.html", {"job": job}),
                ago(job.noticed_at),
            ]
            for job in rows[:SHOWN]
        ],
        empty="Nothing is under way.",
        more=list_address("exports.exportjob", how="open") if len(rows) > SHOWN else "",
        of="exports.exportjob",
    )


def oldest_work() -> Table:
    runs = with_halts(Run.objects.filter(state__in=WAITING)).select_related("tenant").order_by("created_at")
    return Table(
        "Oldest waiting work",
        ["Run", "Works on", "Customer", "State", "Remark", "Waits"],
        [
            [
                to(run, name_of(run)),
                _subject(run),
                to(run.tenant),
                badge(state_of(run)),
                cut(run.remark, 50),
                ago(run.created_at),
            ]
            for run in runs[:SHOWN]
        ],
        empty="Nothing waits.",
        of="jobs.run",
    )


def _subject(run: Run) -> Cell:
    label = RunAdmin.subjects.get(run.kind, "")
    return to_page(label, run.subject_id, capfirst(apps.get_model(label)._meta.verbose_name)) if label else NOTHING
