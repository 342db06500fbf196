"""What a customer does with a connect link. Vendors are called between the blocks, never inside one."""

from collections.abc import Sequence
from copy import copy

from connections import consents, disconnecting
from connections import services as connections
from connections.models import Connection, ConnectionState, ConnectLink
from connections.services import DifferentCompany
from connectors.kit.connector import Connector
from connectors.kit.errors import Reconnect
from connectors.kit.records import Company, Probe
from database.acting import acting_for
from installations import activation
from installations import services as installations
from installations.models import Installation, InstallationState
from jobs.calls import open_line
from portal import choices, letting_in, newcomers
from portal.newcomers import ConnectedElsewhere
from portal.setups import SetUp, Side, SideName, read
from webhooks.subscriptions import listen


class CompanyNotOffered(Exception):
    """What was chosen is none of the companies that this authorisation may see, or is exported already."""


def begin(setup: SetUp, side: Side, *, browser: str, way: str = "") -> str:
    """The address of what comes next, at the vendor or here; the connection is made on the first time.

    `way`: the kind of the flow that was chosen. Raises MendSettings.
    """
    connection = side.connection or _connect(setup, side)
    letting_in.choose_way(connection, way)
    return letting_in.onwards(setup, side, connection, browser=browser)


def another(setup: SetUp) -> None:
    """A further pair for the link to be at, on authorisations that see other companies, else by a new consent; by a
    new one always while the link is nobody's yet: whoever holds it has shown nothing.

    A pair that is still being set up is gone on with.
    """
    if not (setup.is_claimed or setup.may_add):  # what presses every button comes by, too
        return
    with acting_for(setup.link.tenant_id):
        link = ConnectLink.objects.select_for_update().get(pk=setup.link.pk)
        kept = {"source": link.source_connection_id, "target": link.target_connection_id}
        if any(kept.values()) and not Installation.objects.filter(**kept).exists():
            return
        link.source_connection, link.target_connection = _beside(setup, setup.source), _beside(setup, setup.target)
        link.save(update_fields=["source_connection", "target_connection"])


def choose(setup: SetUp, side: Side, company_id: str) -> None:
    """Lists, probes, chooses, and switches on once both sides are there. A connection that had a company
    keeps it, whatever was asked. Raises ConnectorError, CompanyNotOffered, ConnectedElsewhere, DifferentCompany or
    NotReady.
    """
    assert side.connection is not None  # noqa: S101  the views ask for authorised connections only
    wanted = side.connection.company_id or company_id
    offered = choices.companies(side.connection)
    company = next((one for one in offered if one.id == wanted), None)
    if company is None and side.was_connected:
        with acting_for(setup.link.tenant_id):
            consents.settle(side.connection.pk, offered, actor=setup.actor)
        raise DifferentCompany
    if company is None or (not side.was_connected and company.id in choices.taken(setup, side)):
        raise CompanyNotOffered
    probe = _probe(side.connection, company)
    try:
        _choose(setup, side, company, offered, probe)
    except ConnectedElsewhere:
        newcomers.forget(setup, side.connection)
        raise
    switch_on(read(setup.token, setup.pair))


def disconnect(setup: SetUp, side: Side) -> None:
    """Twice is as good as once."""
    if side.connection is not None:
        with acting_for(setup.link.tenant_id):
            disconnecting.disconnect(side.connection, actor=setup.actor)


def switch_on(setup: SetUp) -> None:
    """Installs and activates once both sides are usable; what staff have paused stays so. Raises NotReady."""
    source, target = setup.source.connection, setup.target.connection
    if source is None or target is None or not setup.is_connected:
        return
    with acting_for(setup.link.tenant_id):
        installation = installations.install(source, target, actor=setup.actor)
        if installation.state == InstallationState.SETTING_UP:
            installations.activate(installation, actor=setup.actor)
        if installation.is_active:
            listen(installation)
            activation.tell(installation)


def _connect(setup: SetUp, side: Side) -> Connection:
    """The link is locked, so that two clicks make one connection."""
    field = "source_connection" if side.name == SideName.SOURCE else "target_connection"
    with acting_for(setup.link.tenant_id):
        link = ConnectLink.objects.select_for_update().get(pk=setup.link.pk)
        made: Connection | None = getattr(link, field)
        if made is None:
            made = connections.new_connection(link.tenant_id, side.application)
            setattr(link, field, made)
            link.save(update_fields=[field])
        made.application = side.application
        return made


def _beside(setup: SetUp, side: Side) -> Connection | None:
    if not setup.is_claimed:
        return connections.new_connection(setup.link.tenant_id, side.application)
    if side.connection is None or not side.is_usable or not side.sees_more:
        return None
    return connections.new_connection(side.connection.tenant_id, side.application, beside=side.connection)


def _probe(connection: Connection, company: Company) -> Probe:
    """Tried as if the company were chosen already."""
    trial = copy(connection)
    trial.company_id = company.id
    vendor: type[Connector] = connection.application.vendor
    with open_line(trial, vendor) as line:
        return line.connector.probe()


def _choose(setup: SetUp, side: Side, company: Company, offered: Sequence[Company], probe: Probe) -> None:
    """Twice is as good as once. Raises ConnectedElsewhere, or Reconnect if the connection is not the one that was
    probed any more.
    """
    seen = side.connection
    assert seen is not None  # noqa: S101  it was probed
    with acting_for(setup.link.tenant_id):
        newcomers.refuse_connected_elsewhere(setup, side, company)
        row = consents.locked(seen.pk)
        alive = row.state in {ConnectionState.AUTHORISED, ConnectionState.USABLE}
        if not alive or row.authorised_at != seen.authorised_at:
            raise Reconnect("The connection has changed meanwhile.")
        used, row = row.authorisation_id, consents.join(row, company, actor=setup.actor)
        connections.choose_company(row, company, actor=setup.actor)
        connections.keep_remarks(row, probe)
        if row.authorisation_id == used:
            consents.settle(row.pk, offered, actor=setup.actor)
        newcomers.settle(setup, side, company)
