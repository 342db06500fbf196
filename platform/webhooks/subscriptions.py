"""Makes the source tell us of new jobs: an endpoint of our own, a subscription of theirs, and polling besides."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from audit import services as audit
from connections import vault
from connections.links import hashed
from connections.models import Authorisation, Connection
from exports import polling
from installations.models import Installation
from jobs import services as jobs
from jobs.models import TriggerKind
from webhooks.door import PREFIX
from webhooks.models import Endpoint

KIND = "subscribe"
EVERY = timedelta(days=1)
ADDRESS = ["token_hash", "sealed_token", "sealed_secret"]


def listen(installation: Installation) -> None:
    """Everything that an active installation needs to notice jobs; safe to repeat. Inside `acting_for`.

    A source that must be connected again cannot be subscribed to: it is when it is usable again.
    """
    if installation.source.is_usable:
        endpoint = _endpoint(installation.source)
        check(endpoint)
        jobs.schedule(installation.tenant_id, KIND, endpoint.pk, EVERY, keys=_keys(endpoint))
    jobs.schedule(
        installation.tenant_id,
        polling.KIND,
        installation.pk,
        timedelta(seconds=settings.POLL_SECONDS),
        keys=installation.keys,
    )
    jobs.wake_waiting(installation.tenant_id)


def ask_check(endpoint: Endpoint, *, actor: str) -> None:
    """A person wants it looked at. Inside `acting_for`."""
    audit.record("endpoint.check_asked", endpoint, actor=actor, tenant_id=endpoint.tenant_id)
    check(endpoint)


def check(endpoint: Endpoint) -> None:
    """Looks at its subscription now, not only when the day is over. Inside `acting_for`."""
    jobs.open_run(
        endpoint.tenant_id,
        KIND,
        endpoint.pk,
        lane=endpoint.pk,
        keys=_keys(endpoint),
        trigger=TriggerKind.MANUAL,
    )


def _keys(endpoint: Endpoint) -> list[UUID]:
    return [endpoint.authorisation.application_id]


def address(endpoint: Endpoint) -> str:
    token = vault.unseal(endpoint.sealed_token, endpoint.place("token")).decode()
    return f"{settings.BASE_URL}{PREFIX}{token}"


def _endpoint(source: Connection) -> Endpoint:
    """The authorisation's own, also if two begin to listen at once."""
    held = Authorisation.objects.select_for_update(no_key=True).get(connections=source.pk)
    endpoint = Endpoint.objects.filter(authorisation=held).first()
    if endpoint is None:
        endpoint = Endpoint(tenant_id=source.tenant_id, authorisation=held)
    ensure_address(endpoint)
    return endpoint


def ensure_address(endpoint: Endpoint) -> None:
    """Another one, if the token of the old one cannot be opened any more (a lost key)."""
    try:
        vault.unseal(endpoint.sealed_token, endpoint.place("token"))
    except vault.CannotOpen:
        token = secrets.token_urlsafe(32)
        endpoint.token_hash = hashed(token)
        endpoint.sealed_token, endpoint.sealed_secret = vault.seal(token.encode(), endpoint.place("token")), b""
        endpoint.save(
            update_fields=None if endpoint._state.adding else ["token_hash", "sealed_token", "sealed_secret"]
        )
