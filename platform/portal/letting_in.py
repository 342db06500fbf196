"""What a customer does before a vendor lets us in: chooses the way, says which account and which server, has a
certificate uploaded, or signs in here.

A way and an account are chosen while no sign-in stands: what stands on one is called at that account, that way.
Vendors are called outside any block.
"""

from connections import certificates, flows
from connections.models import Certificate, Connection
from connectors.kit.flows import ClientCredentials, SessionLogin
from database.acting import acting_for
from portal import servers
from portal.setups import SetUp, Side


def choose_way(connection: Connection, kind: str) -> None:
    """An unknown one, or none, changes nothing."""
    known = {flow.kind for flow in connection.application.vendor.flows}
    if kind in known - {connection.flow} and connection.authorisation_id is None:
        with acting_for(connection.tenant_id):
            connection.flow = kind
            connection.save(update_fields=["flow"])


def onwards(setup: SetUp, side: Side, connection: Connection, *, browser: str) -> str:
    """The address of what comes next: a page of ours, or the vendor's consent page. Raises MendSettings."""
    if connection.application.vendor.account and not connection.account:
        return setup.address("portal-account", side.name)
    if servers.is_asked(connection):
        return setup.address("portal-server", side.name)
    if isinstance(connection.way, ClientCredentials):
        with acting_for(connection.tenant_id):
            certificates.make(connection, actor=setup.actor)
        return setup.address("portal-certificate", side.name)
    if isinstance(connection.way, SessionLogin):
        return setup.address("portal-log-in", side.name)
    return flows.begin(connection, browser=browser, return_to=setup.address("portal-side", side.name))


def say_account(connection: Connection, typed: str) -> None:
    """Raises ValueError for what is no account's id at this vendor."""
    asked = connection.application.vendor.account
    assert asked is not None  # noqa: S101  the view asks for it only where there is one
    connection.account = asked.read(typed)
    with acting_for(connection.tenant_id):
        connection.save(update_fields=["account"])


def waiting(connection: Connection) -> Certificate | None:
    with acting_for(connection.tenant_id):
        found = certificates.waiting(connection)
    if found is not None:
        found.connection = connection
    return found


def steps(connection: Connection) -> list[str]:
    """What to do with the certificate at the vendor's, in the connector's words."""
    facts = connection.application.vendor.flow(ClientCredentials)
    return [one.replace("{client_id}", connection.application.client_id) for one in facts.steps]
