"""The connectors of this deployment in the admin: which there are, what each asks for, what was left out and why.

All of it is the connector's own: its facts, its settings' titles and help, its README.
"""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from connections.models import Application
from connectors import registry
from connectors.kit import VERSION
from connectors.kit.connector import Connector, Environment, Source, Target
from connectors.registry import Loaded
from desk.formats import NOTHING, logo
from desk.sheets import Cell, Fact, Fold, Table, Todo
from desk.tones import Tone

PERMISSION = "connections.view_application"
WAITS = "Its customers' work waits, and nothing of it is lost."


def every(request: HttpRequest, site: AdminSite) -> HttpResponse:
    _refuse_others(request)
    return _page(request, site, "Connectors", todos=todos(), tables=[_installed()])


def one(request: HttpRequest, site: AdminSite, key: str) -> HttpResponse:
    _refuse_others(request)
    if (found := registry.found().loaded.get(key)) is None:
        raise Http404
    told = {"facts": _facts(found), "tables": [_settings(found.connector)], "folds": _readme(found.connector)}
    return _page(request, site, found.connector.name, **told)


def todos() -> list[Todo]:
    """What was left out, and what rows name that is not here at all."""
    out = [
        Todo(
            f"The connector {one.key} was left out",
            f"{one.reason} {WAITS}",
            "operations",
            one.remedy,
            tone=Tone.FAILED,
        )
        for one in registry.left_out()
    ]
    known = {*registry.installed(), *(one.key for one in registry.left_out())}
    gone = sorted(set(Application.objects.exclude(connector__in=known).values_list("connector", flat=True)))
    remedy = "Install it and start again, or disconnect its customers."
    return out + [
        Todo(
            f"The connector {key} is missing", f"It is not installed. {WAITS}", "operations", remedy, tone=Tone.FAILED
        )
        for key in gone
    ]


def _refuse_others(request: HttpRequest) -> None:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied


def _page(request: HttpRequest, site: AdminSite, title: str, **more: Any) -> HttpResponse:
    context = {**site.each_context(request), "title": title, **more}
    return TemplateResponse(request, "admin/connectors.html", context)


def _installed() -> Table:
    rows = [
        [
            format_html(
                '{}<a href="{}">{}</a>', logo(key), reverse("admin:connector", args=[key]), found.connector.name
            ),
            _role(found.connector),
            found.version or NOTHING,
            found.origin,
            found.connector.requires_kit or VERSION,
        ]
        for key, found in registry.found().loaded.items()
    ]
    headers = ["Connector", "What it is", "Version", "Comes from", "Made for kit"]
    return Table("Installed", headers, rows, empty="No connector is installed.", of="connections.application")


def _role(connector: type[Connector]) -> str:
    return "Source of exports" if issubclass(connector, Source) else "Target for documents"


def _facts(found: Loaded) -> Iterator[Fact]:
    connector = found.connector
    yield "Key", format_html("{}{}", logo(connector.key), connector.key)
    yield "What it is", _role(connector)
    if issubclass(connector, Target):
        yield "Documents that it makes", ", ".join(connector.kinds)
    yield "Version", f"{found.version or NOTHING}, from {found.origin}"
    yield "Made for kit", f"{connector.requires_kit or VERSION}; this is {VERSION}"
    for environment in Environment:
        if hosts := connector.hosts.get(environment):
            yield f"Addresses, {environment}", ", ".join(dict.fromkeys(hosts.values()))
    for flow in connector.flows:
        yield f"Connected by {flow.title or flow.kind.replace('_', ' ')}", ", ".join(flow.scopes)
    limits = connector.limits
    burst = f", {limits.burst.calls} in {limits.burst.seconds:g} seconds" if limits.burst else ""
    yield "Calls", f"{limits.per_minute} a minute{burst} and {limits.concurrent} at once, for one account"
    yield "How customers stop it", connector.terms.stop.replace("{partner}", "us")


def _settings(connector: type[Connector]) -> Table:
    rows: list[list[Cell]] = [
        [field.title or name, field.description or NOTHING, "" if field.is_required() else str(field.default)]
        for name, field in connector.settings_model.model_fields.items()
    ]
    headers = ["Setting", "What it does", "Without it"]
    return Table("Settings", headers, rows, empty="It has no settings.", of="connections.application")


def _readme(connector: type[Connector]) -> list[Fold]:
    path = files(registry.package_of(connector)) / "README.md"
    return [Fold("What its developer says", path.read_text(encoding="utf-8"), is_open=True)] if path.is_file() else []
