"""What the customer may choose from: every company that an authorisation sees, and which are connected already."""

from collections.abc import Sequence
from dataclasses import dataclass

from connections.models import Connection, ConnectionState
from connectors.kit.records import Company
from database.acting import acting_for
from installations.models import Installation, InstallationState
from jobs.calls import open_line
from portal.setups import SetUp, Side, SideName


@dataclass(frozen=True)
class Choice:
    """A source's company is exported once; several may be exported to one company of the target."""

    id: str
    name: str
    is_connected: bool = False
    is_taken: bool = False


def companies(connection: Connection) -> Sequence[Company]:
    """Raises ConnectorError."""
    with open_line(connection, connection.application.vendor) as line:
        return line.connector.companies()


def offered(setup: SetUp, side: Side) -> list[Choice]:
    """One that was connected before is connected again with its own company only. Raises ConnectorError."""
    assert side.connection is not None  # noqa: S101  the view asks for authorised connections only
    if side.was_connected:
        return [Choice(side.connection.company_id, side.connection.company_name)]
    found = companies(side.connection)
    shut, connected = taken(setup, side), _connected(setup, side)
    return [Choice(one.id, one.name, one.id in shut | connected, one.id in shut) for one in found]


def taken(setup: SetUp, side: Side) -> set[str]:
    """Companies that this customer exports already; of another customer's nothing is said here."""
    if side.name != SideName.SOURCE:
        return set()
    with acting_for(setup.link.tenant_id):
        installed = Installation.objects.filter(source__application=side.application)
        return set(installed.exclude(state=InstallationState.ENDED).values_list("source__company_id", flat=True))


def _connected(setup: SetUp, side: Side) -> set[str]:
    with acting_for(setup.link.tenant_id):
        usable = Connection.objects.filter(application=side.application, state=ConnectionState.USABLE)
        return set(usable.exclude(company_id="").values_list("company_id", flat=True))
