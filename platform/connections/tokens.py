"""Keeps an authorisation's tokens: one refresh at a time, the new pair committed before it is used.

The refresh is the one vendor call made under a row lock, on purpose: the lock is what makes 20 workers send
one refresh, the database frees it when its holder dies, and it is held for one call of at most 40 s (for two only
after a refusal, which vendors answer at once). Meanwhile it keeps one of the process's database connections, so
only a few of those are for refreshes: a vendor that does not answer leaves the others to everybody else.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import BoundedSemaphore
from uuid import UUID

from django.db import connection as database

from audit import services as audit
from connections import assertions, oauth, sessions, steps, vault
from connections.models import Authorisation, Connection, ConnectionState
from connectors.kit.errors import ConnectorError, MendSettings, Reconnect, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.flows import AuthorisationCode, ClientCredentials, SessionLogin, TokenSet
from database.acting import acting_for, hand_back, refuse_inside_transaction
from incidents import services as incidents
from incidents.models import Incident

REFRESH_BEFORE = timedelta(seconds=120)
PROLONGED_EVERY = timedelta(minutes=1)
PATIENCE = 45  # seconds; longer than the longest refresh: 5 to connect, 30 for the answer, 5 for its body
AT_ONCE = 4  # refreshes of one process, and so the most database connections that they take

_turns = BoundedSemaphore(AT_ONCE)


class _Tokens:
    """The kit's token port, but for what may use it."""

    tenant_id: UUID

    def access_token(self) -> str:
        with acting_for(self.tenant_id):
            held = self._authorisation()
            if not _expires_soon(held):
                _prolong(held)
                return stored(held).access_token
        return self._refreshed(held)

    def renewed(self, refused: str) -> str:
        with acting_for(self.tenant_id):
            held = self._authorisation()
            kept = stored(held).access_token
            if kept != refused:
                return kept
        return self._refreshed(held)

    def _refreshed(self, seen: Authorisation) -> str:
        refuse_inside_transaction()  # a rollback out there would lose the only new refresh token
        with _few_at_once(), acting_for(self.tenant_id):
            with database.cursor() as cursor:
                cursor.execute("select set_config('lock_timeout', %s, true)", [f"{PATIENCE}s"])
            row = (
                Authorisation.objects.select_for_update(of=("self",), no_key=True)
                .select_related("application")
                .filter(pk=seen.pk)
                .first()
            )
            if row is None or self._authorisation().pk != row.pk:
                raise TryLater("The connection was authorised anew meanwhile. It goes on with the new authorisation.")
            if row.tokens_version != seen.tokens_version:  # somebody else was first
                return stored(row).access_token
            outcome = _refresh(row)
            if isinstance(outcome, Reconnect):
                outcome = self._told(outcome)
        if isinstance(outcome, ConnectorError):
            raise outcome
        return outcome.access_token

    def _authorisation(self) -> Authorisation:
        """Raises Reconnect or TryLater."""
        raise NotImplementedError

    def _told(self, refusal: Reconnect) -> Reconnect:
        return refusal


@dataclass(frozen=True)
class ConnectionTokens(_Tokens):
    """For one connection; those that stand on the same authorisation share its tokens.

    `bound_to`: work was begun under the authorisation of that moment. A newer one may lead to another company
    until the portal has checked it, so such work stops and looks again.
    """

    tenant_id: UUID
    connection_id: UUID
    bound_to: datetime | None = None

    def _authorisation(self) -> Authorisation:
        row = Connection.objects.select_related("authorisation__application").get(pk=self.connection_id)
        if row.authorisation is None or row.state in {ConnectionState.NEEDS_RECONNECT, ConnectionState.DISCONNECTED}:
            raise Reconnect(f"{row} is not connected. Connect it again.")
        if self.bound_to and (row.authorised_at != self.bound_to or not row.is_usable):
            raise TryLater(f"{row} was authorised anew meanwhile. It goes on with the new authorisation.")
        held: Authorisation = row.authorisation
        return held

    def _told(self, refusal: Reconnect) -> Reconnect:
        """Of this connection: others may stand on the same authorisation."""
        row = Connection.objects.select_related("application").get(pk=self.connection_id)
        return Reconnect(_must_reconnect(row, refusal), words=refusal.words)


@dataclass(frozen=True)
class LeftOverTokens(_Tokens):
    """For what is said to the vendor once a connection stands on the authorisation no more."""

    tenant_id: UUID
    authorisation_id: UUID

    def _authorisation(self) -> Authorisation:
        row = Authorisation.objects.select_related("application").get(pk=self.authorisation_id)
        if not row.sealed_tokens:
            raise Reconnect("The authorisation is over already.")
        return row


@contextmanager
def _few_at_once() -> Iterator[None]:
    """Whoever waits for a turn keeps no database connection. Raises TryLater."""
    hand_back()
    if not _turns.acquire(timeout=PATIENCE):
        raise TryLater("Many connections are renewed at this moment, and a vendor is slow to answer.")
    try:
        yield
    finally:
        _turns.release()


def store(row: Authorisation, tokens: TokenSet, *, previous: str = "") -> None:
    """Inside `acting_for`, with the row locked or new. `previous`: the refresh token that these were given for."""
    plain = {"access": tokens.access_token, "refresh": tokens.refresh_token, "scope": tokens.scope}
    if previous and previous != tokens.refresh_token:
        plain |= {"previous": previous, "replaced_at": datetime.now(UTC).isoformat()}
    row.sealed_tokens = vault.seal(json.dumps(plain).encode(), row.place)
    row.tokens_version += 1
    row.tokens_expire_at = tokens.expires_at
    row.save(update_fields=["sealed_tokens", "tokens_version", "tokens_expire_at"])


def stored(row: Authorisation) -> TokenSet:
    """Raises MendSettings: tokens that were moved here are nobody's to use."""
    try:
        plain = json.loads(vault.unseal(row.sealed_tokens, row.place))
    except vault.NotSealedHere as moved:
        raise MendSettings(str(moved), failure=FailureClass.VAULT_MOVED) from moved
    return TokenSet(plain["access"], plain["refresh"], row.tokens_expire_at or datetime.now(UTC), plain["scope"])


def drop(row: Authorisation) -> None:
    """What nobody can use any more is not kept."""
    row.sealed_tokens = b""
    row.save(update_fields=["sealed_tokens"])


def _refresh(row: Authorisation) -> TokenSet | ConnectorError:
    """Returns rather than raises: a refusal must be committed."""
    old = stored(row)
    try:
        new = _asked(row, old.refresh_token)
    except Reconnect as refusal:
        _refused(row, refusal)
        return refusal
    except ConnectorError as error:
        return error
    if not new.refresh_token:  # a vendor that does not rotate
        new = TokenSet(new.access_token, old.refresh_token, new.expires_at, new.scope)
    store(row, new, previous=old.refresh_token)
    return new


def _asked(row: Authorisation, refresh_token: str) -> TokenSet:
    """Two refreshes may cross at the vendor, when the first one's lock fell with its database connection; then the
    token that we kept may be the one that lost. Within its grace the vendor still takes the one before.
    """
    match row.way:
        case ClientCredentials():
            return assertions.token(row, refresh_token)
        case SessionLogin():
            return sessions.log_in(row, refresh_token)
    try:
        return oauth.refresh(row, refresh_token)
    except Reconnect:
        previous = _previous(row)
        if not previous:
            raise
        return oauth.refresh(row, previous)


def _previous(row: Authorisation) -> str:
    """The refresh token before, while the vendor may still take it; else ""."""
    plain = json.loads(vault.unseal(row.sealed_tokens, row.place))
    grace = row.application.vendor.flow(AuthorisationCode).grace
    if "previous" not in plain or datetime.fromisoformat(plain["replaced_at"]) + grace <= datetime.now(UTC):
        return ""
    return str(plain["previous"])


def _refused(row: Authorisation, why: ConnectorError) -> None:
    """The refresh token itself: that is final for every connection that stands on it, and a password that was refused
    is never tried again. A certificate's key is kept: an administrator may make the vendor take it again, and our own
    client id may be what is wrong.
    """
    if row.flow != ClientCredentials.kind:
        drop(row)
    alive = [ConnectionState.AUTHORISED, ConnectionState.USABLE]
    for connection in row.connections.filter(state__in=alive).select_related("application").order_by("pk"):
        needs_reconnect(connection, why)


def needs_reconnect(row: Connection, why: ConnectorError) -> Incident:
    """Final for this connection until the customer authorises again; configuration and history stay, and so do the
    tokens: a vendor that refuses one company's calls has said nothing of the others. Inside `acting_for`.
    """
    steps.take(row, ConnectionState.NEEDS_RECONNECT, why=why.sentence, actor=audit.PLATFORM)
    audit.record("connection.refused", row, actor=audit.PLATFORM, tenant_id=row.tenant_id)
    return incidents.open_incident(
        row.tenant_id,
        FailureClass.AUTH_REVOKED,
        about=str(row.pk),
        sentence=_must_reconnect(row, why),
        words=why.words,
        connection_id=row.pk,
    )


def _must_reconnect(row: Connection, why: ConnectorError) -> str:
    return f"{row} must be connected again. {why.sentence}"


def _prolong(row: Authorisation) -> None:
    """A session's time runs anew with each use, which is written down now and then. Nobody waits for it: whoever has
    the row renews the session."""
    way = row.way if row.flow == SessionLogin.kind else None
    until = datetime.now(UTC) + way.life if isinstance(way, SessionLogin) else None
    if until is None or row.tokens_expire_at is None or until - row.tokens_expire_at < PROLONGED_EVERY:
        return
    free = Authorisation.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    same = free.filter(pk=row.pk, tokens_version=row.tokens_version).values("pk")
    Authorisation.objects.filter(pk__in=same).update(tokens_expire_at=until)


def _expires_soon(row: Authorisation) -> bool:
    return row.tokens_expire_at is None or row.tokens_expire_at - datetime.now(UTC) < REFRESH_BEFORE
