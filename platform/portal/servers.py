"""Which of the customer's own servers it is, where the vendor's product runs there: one that the operator has listed.

Call outside any block: servers are asked for their certificates.
"""

from collections.abc import Sequence
from uuid import UUID

from connections import private_hosts
from connections.models import Connection, PrivateHost
from database.acting import acting_for


def is_asked(connection: Connection) -> bool:
    """Before anything else is: where to sign in, and whether it is the right server that answers."""
    if not connection.application.is_private:
        return False
    host = chosen(connection)
    return host is None or host.awaits_confirmation


def offered(connection: Connection) -> Sequence[PrivateHost]:
    with acting_for(connection.tenant_id):
        return list(private_hosts.offered(connection))


def chosen(connection: Connection) -> PrivateHost | None:
    """None, too, where it is closed meanwhile."""
    with acting_for(connection.tenant_id):
        return private_hosts.offered(connection).filter(connections=connection.pk).first()


def choose(connection: Connection, pk: str, *, actor: str) -> None:
    """Raises NotListed."""
    try:
        wanted = UUID(pk)
    except ValueError:
        raise private_hosts.NotListed from None
    with acting_for(connection.tenant_id):
        private_hosts.choose(connection, wanted, actor=actor)


def confirm(connection: Connection, certificate: bytes, *, actor: str) -> None:
    """The first one only: a certificate that has changed is for staff to judge. Raises NotListed."""
    with acting_for(connection.tenant_id):
        rows = private_hosts.offered(connection).select_for_update(of=("self",))
        host = rows.filter(connections=connection.pk).first()
        if host is None or not host.awaits_confirmation:
            raise private_hosts.NotListed
        private_hosts.confirm(host, certificate, actor=actor)
