"""Connections: made, given a company, disconnected. Call inside `acting_for` unless said otherwise."""

from uuid import UUID

from audit import services as audit
from connections import steps, vault
from connections.models import Application, Connection, ConnectionState
from connectors.kit.failures import FailureClass
from connectors.kit.records import Company, Probe
from incidents import services as incidents

AUTHORISATION_FAILURES = {
    FailureClass.AUTH_EXPIRED,
    FailureClass.AUTH_REVOKED,
    FailureClass.AUTH_NOT_USABLE_YET,
    FailureClass.AUTH_PERMISSION,
    FailureClass.VAULT_MOVED,  # other tokens stand in the place of those that were moved
}


class DifferentCompany(Exception):
    """A reconnect must lead to the same company as before; another one needs a new installation."""


def save_application(
    connector: str, environment: str, *, client_id: str, secret: str, hosts: dict[str, str], scopes: str = ""
) -> Application:
    """Ours to the whole deployment; no tenant's."""
    row, _ = Application.objects.get_or_create(connector=connector, environment=environment)
    row.client_id, row.hosts, row.scopes = client_id, hosts, scopes
    seal_secret(row, secret)
    row.save()
    return row


def seed_application(
    connector: str, environment: str, *, client_id: str, secret: str, hosts: dict[str, str], scopes: str = ""
) -> None:
    """Only where there is none yet: what staff changed is never taken back. Several programs may start at once."""
    values = {"client_id": client_id, "hosts": hosts, "scopes": scopes}
    row, is_new = Application.objects.get_or_create(connector=connector, environment=environment, defaults=values)
    if is_new:
        if secret:
            seal_secret(row, secret)
            row.save(update_fields=["sealed_secret"])
        audit.record("application.seeded", row, actor=audit.PLATFORM, tenant_id=None)


def seal_secret(application: Application, secret: str) -> None:
    application.sealed_secret = vault.seal(secret.encode(), application.place)


def choose_company(connection: Connection, company: Company, *, actor: str) -> None:
    """Makes an authorised connection usable, and mends what waited for it. Raises DifferentCompany."""
    if connection.company_id and connection.company_id != company.id:
        raise DifferentCompany
    connection.company_id, connection.company_name = company.id, company.name
    connection.save(update_fields=["company_id", "company_name"])
    steps.take(connection, ConnectionState.USABLE, why="Its company was chosen, and answered.", actor=actor)
    audit.record("connection.usable", connection, actor=actor, tenant_id=connection.tenant_id)
    incidents.mend_all(connection.tenant_id, connection.pk, AUTHORISATION_FAILURES, actor=actor)


def keep_remarks(connection: Connection, probe: Probe) -> None:
    """In place of those of the probe before; mostly they are the same, and nothing is written."""
    remarks = "\n".join(probe.remarks)
    if connection.remarks != remarks:
        Connection.objects.filter(pk=connection.pk).update(remarks=remarks)


def new_connection(tenant_id: UUID, application: Application, *, beside: Connection | None = None) -> Connection:
    """`beside`: for another company that the authorisation of this one sees; it waits to be chosen."""
    if beside is None:
        usual = application.vendor.flows[0].kind
        return Connection.objects.create(tenant_id=tenant_id, application=application, flow=usual)
    row = Connection.objects.create(
        tenant_id=tenant_id,
        application=application,
        flow=beside.flow,
        account=beside.account,
        private_host_id=beside.private_host_id,
        authorisation_id=beside.authorisation_id,
        authorised_at=beside.authorised_at,
    )
    steps.take(
        row, ConnectionState.AUTHORISED, why="A sign-in that there is sees more companies.", actor=audit.PLATFORM
    )
    return row
