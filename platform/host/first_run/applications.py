"""Our registrations at vendors: which there are, and what to set for those that are missing."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html

from connections.models import Application
from connectors import registry
from connectors.kit.connector import Connector, Environment, Source
from connectors.kit.flows import AuthorisationCode, ClientCredentials
from desk.formats import NOTHING, to
from desk.sheets import Cell, Table
from desk.tones import Tone, badge
from host.first_run.findings import GOOD, MISSING, Finding
from host.seeding import prefix_of

TITLE = "Applications at vendors"
HEADERS = ["Vendor", "Environment", "State", "Settings that seed it"]


def look() -> Finding:
    """Good with a source and a target in one environment; the others are offered, not asked for."""
    rows = list(Application.objects.all())
    ready = {(row.connector, row.environment) for row in rows if _is_complete(row)}
    table = Table(TITLE, HEADERS, list(_lines(rows, ready)), of="connections.application")
    links = [("Add an application", reverse("admin:connections_application_add"))]
    usable = [one.value for one in Environment if _has_both_sides(one, ready)]
    if usable:
        sentence = f"Customers can connect a source and a target in {' and '.join(usable)}."
        return Finding(TITLE, GOOD, sentence, links=links, table=table)
    sentence = "No environment has both a source and a target yet, so no customer can connect."
    remedy = "Register at the vendors, then add what they issued, here or as settings."
    return Finding(TITLE, MISSING, sentence, remedy, links, table)


def _is_complete(row: Application) -> bool:
    """Where customers give what logs in, nothing of ours is needed; with a certificate of theirs our id alone."""
    usual = row.vendor.flows[0]
    if isinstance(usual, AuthorisationCode):
        return bool(row.client_id and row.sealed_secret)
    return bool(row.client_id) or not isinstance(usual, ClientCredentials)


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
                yield [name, environment.value, *_standing(key, environment, row, (key, environment.value) in ready)]


def _is_allowed(environment: Environment) -> bool:
    return environment != Environment.SANDBOX or settings.ALLOW_SANDBOX


def _standing(key: str, environment: Environment, row: Application | None, is_ready: bool) -> list[Cell]:
    if is_ready:
        return [badge((Tone.DONE, "Set up")), NOTHING]
    if row:
        return [badge((Tone.NEEDS_SOMEBODY, "Incomplete")), "Open it: its client id or secret is missing."]
    prefix = prefix_of(key)
    names = f"{prefix}_CLIENT_ID {prefix}_CLIENT_SECRET"
    if environment != Environment.PRODUCTION:
        names += f" {prefix}_ENVIRONMENT={environment.value}"
    return [badge((Tone.WAITING, "Not set up")), format_html('<span class="code">{}</span>', names)]
