"""Tells of a customer's connection what it can do and what stands in its way, with what to do about it."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.core.management.base import OutputWrapper

from connections.models import Connection, ConnectionState
from connectors import registry
from connectors.kit.connector import Connector
from connectors.kit.doctor import Step
from connectors.kit.settings import Settings
from database.acting import across_tenants
from installations import services as installations
from installations.models import Installation
from jobs.calls import open_line

WHY = "staff look after a connection from the command line"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("key", help="the connector's key")
    parser.add_argument("--connection", type=UUID, metavar="ID", help="which one, where there are several")


def handle(options: dict[str, Any], stdout: OutputWrapper) -> int:
    connection = chosen(options, stdout)
    return tell(connection, stdout, lambda connector: connector.doctor()) if connection else 1


def chosen(options: dict[str, Any], stdout: OutputWrapper) -> Connection | None:
    """The one connection that is meant; None if that is not clear, which was said then."""
    try:
        vendor = registry.get(options["key"])
    except registry.UnknownConnector as unknown:
        stdout.write(str(unknown))
        return None
    found = _connections(vendor.key, options["connection"])
    if len(found) == 1:
        return found[0]
    _say_which(found, vendor.name, stdout)
    return None


def tell(connection: Connection, stdout: OutputWrapper, work: Callable[[Connector], Iterable[Step]]) -> int:
    """The steps of `work`; 0 if all are well."""
    vendor = connection.application.vendor
    with open_line(connection, vendor, settings=_settings(connection)) as line:
        steps = [_told(step, stdout) for step in work(line.connector)]
    return int(not all(step.ok for step in steps))


def _connections(key: str, wanted: UUID | None) -> list[Connection]:
    with across_tenants(WHY):
        every = Connection.objects.filter(application__connector=key).exclude(state=ConnectionState.DISCONNECTED)
        chosen = every.filter(pk=wanted) if wanted else every
        return list(chosen.select_related("application", "tenant"))


def _settings(connection: Connection) -> Settings | None:
    """Those of an installation that posts to it; None where there is none yet."""
    with across_tenants(WHY):
        installation = Installation.objects.filter(target=connection).order_by("-created_at").first()
        return installations.current(installation).read() if installation else None


def _say_which(found: list[Connection], name: str, stdout: OutputWrapper) -> None:
    if not found:
        stdout.write(f"No customer is connected to {name}, or not by that id.")
        return
    stdout.write(f"Several are connected to {name}. Say which one with --connection:")
    for one in found:
        stdout.write(f"  {one.pk}  {one.tenant}  {one.company_name}")


def _told(step: Step, stdout: OutputWrapper) -> Step:
    stdout.write(f"{'ok  ' if step.ok else 'FAIL'}  {step.name}: {step.sentence}")
    if not step.ok and step.remedy:
        stdout.write(f"      Do: {step.remedy}")
    return step
