"""Today: what is under way, what waits, for whom, and since when. Each number leads to its list."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from desk.charts import Chart
from desk.sheets import Table
from host import connector_pages, first_run
from host.dashboard import numbers, over_time, trouble, workers
from host.dashboard.numbers import Number
from jobs.admin import todos_of
from jobs.pulses import liveness
from jobs.selectors import halts
from leaving.admin import leavings

NUMBERS: Sequence[tuple[str, Callable[[], list[Number]]]] = [
    ("exports.view_exportjob", numbers.jobs),
    ("exports.view_record", numbers.records),
    ("incidents.view_incident", numbers.incidents),
    ("connections.view_connection", numbers.connections),
    ("webhooks.view_delivery", numbers.deliveries),
]
CHARTS: Sequence[tuple[str, Callable[[int], Chart]]] = [
    ("exports.view_exportjob", over_time.jobs),
    ("exports.view_record", over_time.records),
]
TABLES: Sequence[tuple[str, Callable[[], Table]]] = [
    ("incidents.view_incident", trouble.incidents_by_class),
    ("connections.view_connection", trouble.connections),
    ("connections.view_connection", trouble.expiring),
    ("installations.view_installation", trouble.quiet),
    ("exports.view_exportjob", trouble.open_jobs),
    ("jobs.view_run", trouble.oldest_work),
]


def today(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's dashboard callback. Everybody sees the parts whose lists they may open."""
    may = request.user.has_perm
    days = over_time.days_asked_for(request)
    context["todos"] = first_run.todos()
    if may(connector_pages.PERMISSION):
        context["todos"] += connector_pages.todos()
    if may("jobs.view_run"):
        alive = liveness()
        context["todos"] += [*workers.todos(alive), *todos_of(halts())]
        context["workers"] = workers.line(alive)
    if may("leaving.view_leaving"):
        context["todos"] += leavings.todos()
    context["numbers"] = [n for permission, part in NUMBERS if may(permission) for n in part()]
    context["charts"] = [part(days) for permission, part in CHARTS if may(permission)]
    context["tables"] = [part() for permission, part in TABLES if may(permission)]
    context["spans"] = [(many, many == days) for many in over_time.SPANS]
    context["zone"] = timezone.get_current_timezone_name()
    return context
