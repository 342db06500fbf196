"""Customers' own servers: chosen for a connection, their certificates confirmed, listings closed and opened again."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from audit import services as audit
from connections.environments import CLOSED
from connections.models import Connection, ConnectionState, PrivateHost
from connectors.kit import certificates, looking
from connectors.kit.connector import Environment
from connectors.kit.errors import MendSettings
from connectors.kit.failures import FailureClass
from connectors.kit.private import Trust
from incidents import services as incidents

ALIVE = {ConnectionState.AUTHORISED, ConnectionState.USABLE}


class NotListed(Exception):
    """It is none of this customer's listings of this environment that are open."""


def offered(connection: Connection) -> QuerySet[PrivateHost]:
    """Where the connection's server may be. Call inside `acting_for`."""
    environment = connection.application.environment
    return PrivateHost.objects.filter(tenant=connection.tenant_id, environment=environment, closed_at=None)


def choose(connection: Connection, pk: UUID, *, actor: str) -> PrivateHost:
    """Where the customer is to sign in. While tokens are in use they go to no other server than theirs: what is
    connected stays where it is. Call inside `acting_for`. Raises NotListed.
    """
    found = offered(connection).filter(pk=pk).first()
    if found is None or (connection.state in ALIVE and found.pk != connection.private_host_id):
        raise NotListed
    if connection.private_host_id != found.pk:
        detail = {"before": str(connection.private_host_id or ""), "after": str(found.pk)}
        connection.private_host = found
        connection.save(update_fields=["private_host"])
        audit.record("connection.host_chosen", connection, actor=actor, tenant_id=connection.tenant_id, detail=detail)
    return found


def presented(host: PrivateHost) -> bytes:
    """The certificate that it shows now, in DER: nothing else is asked of it. Call outside any block. Raises TryLater
    or MendSettings.
    """
    if host.environment == Environment.SANDBOX and not settings.ALLOW_SANDBOX:
        raise MendSettings(CLOSED)
    return looking.presented(host.listed)


def confirm(host: PrivateHost, certificate: bytes, *, actor: str) -> None:
    """Somebody has compared it: from now on it is the only one that is believed. Call inside a block."""
    before = host.certificate
    host.trust, host.pinned = Trust.PIN, certificates.pem(certificate)
    host.confirmed_at, host.confirmed_by, host.expires_at = timezone.now(), actor, host.ends()
    host.save(update_fields=["trust", "pinned", "confirmed_at", "confirmed_by", "expires_at"])
    detail = {"before": before.fingerprint if before else "", "after": certificates.read(certificate).fingerprint}
    audit.record("privatehost.confirmed", host, actor=actor, tenant_id=host.tenant_id, detail=detail)
    mend(host, actor=actor)


def close(host: PrivateHost, *, actor: str) -> None:
    """From the next call on nothing reaches it. Call inside a block."""
    _set_closed(host, timezone.now(), "privatehost.closed", actor)


def open_again(host: PrivateHost, *, actor: str) -> None:
    _set_closed(host, None, "privatehost.opened", actor)
    mend(host, actor=actor)


def mend(host: PrivateHost, *, actor: str) -> None:
    """What waited because of it is tried again; what is still wrong is told again."""
    for connection in Connection.objects.filter(private_host=host):
        incidents.mend_all(host.tenant_id, connection.pk, {FailureClass.CONFIG_INVALID}, actor=actor)


def expiring(before: datetime) -> QuerySet[PrivateHost]:
    """Open listings whose certificate, or authority, ends by then or has ended. Call inside a block."""
    return PrivateHost.objects.filter(closed_at=None, expires_at__lt=before).order_by("expires_at")


def _set_closed(host: PrivateHost, at: datetime | None, action: str, actor: str) -> None:
    before = {"closed_at": host.closed_at}
    host.closed_at = at
    host.save(update_fields=["closed_at"])
    audit.record(action, host, actor=actor, tenant_id=host.tenant_id, before=before, after={"closed_at": at})
