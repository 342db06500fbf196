"""Where an account's vendor is: at the application's addresses, or on the customer's own server as it is listed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from connections.models import Access, PrivateHost
from connectors.kit.egress import Reach
from connectors.kit.errors import MendSettings, TryLater
from connectors.kit.private import PrivateHost as Listed
from database.acting import one_statement_for, refuse_inside_transaction

NOT_LISTED = (
    "The customer's own server is not listed, or its listing is closed, so nothing is sent to it. List it under"
    " Private hosts, or open its listing again."
)
CHANGED = "The listing of the customer's server was changed a moment ago; the next call goes by it."


@dataclass(frozen=True)
class Place:
    """What a client is made with. `before_call` is the port of that name: it refuses what may not be called now, each
    time anew.
    """

    hosts: Mapping[str, str]
    network: Reach
    before_call: Callable[[], None]


def of(access: Access) -> Place:
    """A connection's, or an authorisation's, with its application loaded. Raises MendSettings."""
    application = access.application
    if not application.is_private:
        return Place(access.hosts, application.network, refuse_inside_transaction)
    listed = _listed(access)
    return Place(listed.hosts(access.hosts), listed, partial(_refuse_another, access, listed))


def _refuse_another(access: Access, listed: Listed) -> None:
    """A listing that is closed or changed holds for the next call, not only for the next run."""
    refuse_inside_transaction()
    if _listed(access) != listed:
        raise TryLater(CHANGED)


def _listed(access: Access) -> Listed:
    access.application.refuse_closed_sandbox()
    chosen = type(access)._default_manager.filter(pk=access.pk).values("private_host")
    with one_statement_for(access.tenant_id):
        environment = access.application.environment
        found = PrivateHost.objects.filter(pk__in=chosen, environment=environment, closed_at=None).first()
    if found is None:
        raise MendSettings(NOT_LISTED)
    return found.listed
