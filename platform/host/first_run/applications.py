"""Our registrations at vendors: which there are, and what to set for those that are missing."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html

from connections.models import Application
from connectors import registry
from connectors.kit.connector import Connector, Environment, Source
from desk.formats import NOTHING, to
from desk.sheets import Cell, Table
from desk.tones import Tone, badge
from host.first_run.findings import GOOD, MISSING, Finding
from host.seeding import prefix_of, seeded_by

TITLE = "Applications at vendors"
HEADERS = ["Vendor", "Environment", "State", "Settings that seed it"]


def look() -> Finding:
    """Good with a source and a target in one environment; the others are offered, not asked for."""
    rows = list(Application.objects.all())
    ready = {(row.connector, row.environment) for row in rows if not row.lacks}
    table = Table(TITLE, HEADERS, list(_lines(rows, ready)), of="connections.application")
    links = [("Add an application", reverse("admin:connections_application_add"))]
    usable = [one.value for one in Environment if _has_both_sides(one, ready)]
    if usable:
        sentence = f"Customers can connect a source and a target in {' and '.join(usable)}."
        return Finding(TITLE, GOOD, sentence, links=links, table=table)
    sentence = "No environment has both a source and a target yet, so no customer can connect."
    remedy = "Register at the vendors, then add what they issued, here or as settings."
    return Finding(TITLE, MISSING, sentence, remedy, links, table)


def _has_both_sides(environment: Environment, ready: set[tuple[str, str]]) -> bool:
    sides = {issubclass(vendor, Source) for key, vendor in _installed() if (key, environment.value) in ready}
    return sides == {True, False}


def _installed() -> Iterator[tuple[str, type[Connector]]]:
    yield from registry.installed().items()


def _lines(rows: list[Application], ready: set[tuple[str, str]]) -> Iterator[list[Cell]]:
    made = {(row.connector, row.environment): row for row in rows}
    for key, vendor in _installed():
        for environment in Environment:
            row = made.get((key, environment.value))
            if row or (vendor.hosts.get(environment) and _is_allowed(environment)):
                name: Cell = to(row, vendor.name) if row else vendor.name
                yield [name, environment.value, *(_standing(row) if row else _seeding(key, vendor, environment))]


def _is_allowed(environment: Environment) -> bool:
    return environment != Environment.SANDBOX or settings.ALLOW_SANDBOX


def _standing(row: Application) -> list[Cell]:
    if not row.lacks:
        return [badge((Tone.DONE, "Set up")), NOTHING]
    lacking = " and ".join(name.replace("_", " ") for name in row.lacks)
    return [badge((Tone.NEEDS_SOMEBODY, "Incomplete")), f"Open it: it lacks the {lacking}."]


def _seeding(key: str, vendor: type[Connector], environment: Environment) -> list[Cell]:
    names, choice = seeded_by(key, vendor, environment), f"{prefix_of(key)}_ENVIRONMENT"
    if names == [choice]:
        names = [f"{choice}={environment.value}"]
    return [badge((Tone.WAITING, "Not set up")), format_html('<span class="code">{}</span>', " ".join(names))]
