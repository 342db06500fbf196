"""Takes a connection off: its work stops at the next call, and the vendor is told by a run of its own.

Configuration, history and the company stay, so that the customer can connect it again. Until the vendor has heard,
or was given up, the tokens are kept for that alone; then they are destroyed. Call inside `acting_for`.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from audit import services as audit
from connections import consents, oauth, sessions, steps, tokens
from connections.models import (
    Authorisation,
    AuthorisationAttempt,
    Certificate,
    Connection,
    ConnectionState,
    ConnectionStep,
    Revocation,
)
from connectors.kit.errors import ConnectorError, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.flows import AuthorisationCode, Endpoint, SessionLogin
from database import clock
from database.acting import across_tenants, acting_for
from incidents import services as incidents

GIVEN_UP_AFTER = timedelta(days=3)
CHOOSING = timedelta(hours=1)
BY_A_PERSON = "It was disconnected by a person."


def disconnect(row: Connection, *, actor: str, why: str = BY_A_PERSON) -> bool:
    """False: it was disconnected. Ways through a consent page that are open are over either way."""
    row = consents.locked(row.pk)
    AuthorisationAttempt.objects.filter(connection=row, used_at=None).update(used_at=clock.now())
    Certificate.objects.filter(connection=row).delete()
    if row.state == ConnectionState.DISCONNECTED:
        return False
    held: Authorisation | None = row.authorisation
    row.authorisation = row.authorised_at = None
    row.save(update_fields=["authorisation", "authorised_at"])
    steps.take(row, ConnectionState.DISCONNECTED, why=why, actor=actor)
    audit.record("connection.disconnected", row, actor=actor, tenant_id=row.tenant_id)
    if held is not None and held.sealed_tokens:
        Revocation.objects.create(tenant_id=row.tenant_id, connection=row, authorisation=held, asked_at=clock.now())
    if held is not None and held.replaces_id and not held.connections.exists():  # it is nobody's new sign-in now
        held.replaces = None
        held.save(update_fields=["replaces"])
    return True


def was_disconnected(connection_id: UUID, *, since: datetime) -> bool:
    steps_since = ConnectionStep.objects.filter(connection_id=connection_id, at__gte=since)
    return steps_since.filter(after=ConnectionState.DISCONNECTED).exists()


def is_last(revocation: Revocation) -> bool:
    """Whether no connection stands on the authorisation, nor would come back to it."""
    held: Authorisation = revocation.authorisation
    return not (held.connections.exists() or Authorisation.objects.filter(replaces=held).exists())


def stands_again(revocation: Revocation) -> bool:
    """Whether the company was connected since, here or by another customer: some vendors would end that as well.

    Outside any block. Raises TryLater while a customer who has just signed in may be about to choose it.
    """
    row = revocation.connection
    if revocation.authorisation.flow == SessionLogin.kind:  # ending a session of ours ends nobody else's
        return False
    with across_tenants("what was disconnected may be connected by another customer by now"):
        alive = Connection.objects.filter(application_id=row.application_id)
        alive = alive.exclude(state=ConnectionState.DISCONNECTED)
        if alive.filter(company_id=row.company_id).exclude(company_id="").exists():
            return True
        just_now = Q(company_id="", authorised_at__gt=clock.now() - CHOOSING)
        if alive.filter(just_now, tenant_id=row.tenant_id).exists():
            raise TryLater("Somebody is about to choose a company. It waits for which one.")
    return False


def revoke_tokens(revocation: Revocation) -> None:
    """Outside any block. Raises TryLater or MendSettings; nothing is done where the vendor has no address for it."""
    with acting_for(revocation.tenant_id):
        held = Authorisation.objects.select_related("application").get(pk=revocation.authorisation_id)
        kept = tokens.stored(held) if held.sealed_tokens else None
    if kept is None:
        return
    match held.way:
        case AuthorisationCode(revoke=Endpoint() as endpoint):
            oauth.revoke(held, endpoint, kept.refresh_token)
        case SessionLogin() if kept.expires_at > clock.now():  # else it has ended by itself
            sessions.log_out(held, kept.access_token)


def done(revocation: Revocation, *, what: str) -> None:
    """The vendor has ended it, or need not. `what`: revoked, kept, given_up."""
    held = Authorisation.objects.select_for_update(of=("self",), no_key=True).get(pk=revocation.authorisation_id)
    row: Connection = revocation.connection
    revocation.delete()
    if is_last(revocation) and not Revocation.objects.filter(authorisation=held).exists():
        tokens.drop(held)
    where = {"connector": row.application.connector, "environment": row.application.environment}
    audit.record(f"revocation.{what}", row, actor=audit.PLATFORM, tenant_id=row.tenant_id, detail=where)


def give_up(revocation: Revocation, why: ConnectorError) -> None:
    row: Connection = revocation.connection
    name = row.application.vendor.name
    incidents.open_incident(
        row.tenant_id,
        FailureClass.CONFIG_INVALID,
        about=str(row.pk),
        sentence=f"{row} is disconnected here, but {name} could not be told for {GIVEN_UP_AFTER.days} days."
        f" Remove the application in {name}'s own settings.",
        words=why.words,
        connection_id=row.pk,
    )
    done(revocation, what="given_up")
