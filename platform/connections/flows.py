"""The authorisation-code flow: out to the vendor's consent page and back, bound to one browser.

`begin`, `come_back` and `exchange` open their own short blocks: vendors are called outside any transaction.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from connections import consents, disconnecting, links, oauth, vault
from connections.links import hashed
from connections.models import AuthorisationAttempt, Connection, ConnectLink
from connectors.kit.errors import AskForPermission
from database.acting import across_tenants, acting_for

LIFE = timedelta(minutes=10)
CALLBACK = "oauth/callback/"


class AttemptNotUsable(Exception):
    """The way back is unknown, used, too late, or from another browser: begin again."""


class GrantedLess(AskForPermission):
    """The customer, or the vendor, left out permissions that were asked for: `missing`."""

    def __init__(self, vendor: str, missing: list[str]) -> None:
        super().__init__(f"{vendor} did not grant {', '.join(missing)}.", words=" ".join(missing))
        self.missing = missing


def redirect_uri(connector: str) -> str:
    """One fixed path a vendor, from configuration and never from the Host header."""
    return f"{settings.BASE_URL}/{CALLBACK}{connector}/"


def begin(connection: Connection, *, browser: str, return_to: str) -> str:
    """The address of the vendor's consent page. `browser`: a secret that only this browser holds."""
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    with acting_for(connection.tenant_id):
        attempt = AuthorisationAttempt(
            tenant_id=connection.tenant_id,
            connection=connection,
            state_hash=hashed(state),
            browser_hash=hashed(browser),
            expires_at=timezone.now() + LIFE,
        )
        attempt.sealed_verifier = vault.seal(verifier.encode(), attempt.place("verifier"))
        attempt.sealed_return_to = vault.seal(return_to.encode(), attempt.place("return"))
        attempt.save()
    return oauth.authorise_address(connection, redirect_uri(connection.application.connector), state, verifier)


def come_back(connector: str, *, state: str, browser: str, issuer: str = "") -> AuthorisationAttempt:
    """Spends the attempt before any token call is made, so a replay finds nothing. Raises AttemptNotUsable.

    `issuer`: who says to have answered, if anybody does.
    """
    with across_tenants("an authorisation comes back with its state only"):
        attempt = (
            AuthorisationAttempt.objects.select_for_update(of=("self",))
            .select_related("connection__application")
            .filter(
                state_hash=hashed(state),
                used_at=None,
                expires_at__gt=timezone.now(),
                connection__application__connector=connector,
            )
            .first()
        )
        if attempt is None or not secrets.compare_digest(attempt.browser_hash, hashed(browser)):
            raise AttemptNotUsable
        if not oauth.is_of(attempt.connection, issuer):
            raise AttemptNotUsable
        attempt.used_at = timezone.now()
        attempt.save(update_fields=["used_at"])
    return attempt


def return_to(attempt: AuthorisationAttempt) -> str:
    return vault.unseal(attempt.sealed_return_to, attempt.place("return")).decode()


def exchange(attempt: AuthorisationAttempt, code: str, *, through: ConnectLink | None = None) -> None:
    """The vendor's code becomes tokens, the connection authorised; the link it came `through` is this browser's now.

    Raises AttemptNotUsable (it was disconnected meanwhile), GrantedLess or LinkClaimed (nothing is kept), Reconnect
    or TryLater.
    """
    connection: Connection = attempt.connection
    application = connection.application
    verifier = vault.unseal(attempt.sealed_verifier, attempt.place("verifier")).decode()
    gained = oauth.exchange_code(connection, redirect_uri(application.connector), code, verifier)
    if missing := oauth.missing(connection, gained):
        raise GrantedLess(application.vendor.name, missing)
    with acting_for(attempt.tenant_id):
        consents.locked(attempt.connection_id)
        if disconnecting.was_disconnected(attempt.connection_id, since=attempt.expires_at - LIFE):
            raise AttemptNotUsable
        consents.take(attempt.connection_id, gained, actor="customer")
        if through is not None:
            links.claim(through, attempt.browser_hash)
