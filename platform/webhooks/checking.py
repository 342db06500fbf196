"""The vendor's subscription is looked at every day, and what is not as it should be is mended: it was taken away or
switched off there, our address has changed, its secret is lost here. A rotation goes the same way.

The vendor makes the new secret before we keep it. Killed in between, the old one is still good, the rotation is still
asked for, and the next look takes away what it finds at our address and does not know.
"""

from datetime import timedelta
from typing import TypedDict

from django.conf import settings
from django.utils import timezone

from audit import services as audit
from connections import vault
from connections.models import Connection, ConnectionState
from connectors import registry
from connectors.kit.errors import ConnectorError, OutcomeUnknown, Reconnect, TryLater
from connectors.kit.records import Subscription
from database.acting import acting_for
from incidents import services as incidents
from installations.models import Installation, InstallationState
from jobs.calls import open_line
from jobs.handlers import Again, Ended, Next
from jobs.slices import Slice
from webhooks.models import Endpoint
from webhooks.subscriptions import address, ensure_address

SOON, LATER = timedelta(minutes=1), timedelta(hours=1)
ATTEMPTS = 5  # a minute apart; then it is an incident, and tried every hour
FORMER = ["sealed_former_secret", "former_subscription_id", "former_until"]
KEPT = ["sealed_secret", "secret_since", "subscription_id", *FORMER, "checked_at", "mended_at", "mended"]


def subscribe(current: Slice) -> Next:
    """The handler of subscribe runs: the vendor makes or mends the subscription, then its secret is sealed.

    A subscription belongs to the token, so one serves every company that stands on the authorisation.
    """
    with acting_for(current.held.tenant_id):
        current.hold()
        endpoint = Endpoint.objects.get(pk=current.held.subject_id)
        ensure_address(endpoint)
        connection = _usable(endpoint)
    if connection is None:
        return Ended("No active installation has a usable connection there. It is looked at again when one has.")
    try:
        with open_line(
            connection, registry.source_of(connection.application.connector), run_id=current.held.run_id
        ) as line:
            made = line.connector.subscribe(address(endpoint), **_wanted(endpoint))
    except ConnectorError as error:
        return _failed(current, endpoint, connection, error)
    with acting_for(current.held.tenant_id):
        current.hold()
        remark = _keep(endpoint, made)
        incidents.mend_about(endpoint.tenant_id, _about(endpoint), actor=audit.PLATFORM)
    return Ended(remark or "As it should be.")


def _usable(endpoint: Endpoint) -> Connection | None:
    """Of an installation that wants to be told."""
    active = Installation.objects.filter(state=InstallationState.ACTIVE).values("source")
    usable = Connection.objects.filter(authorisation=endpoint.authorisation_id, state=ConnectionState.USABLE)
    return usable.filter(pk__in=active).select_related("application").order_by("created_at").first()


class _Wanted(TypedDict):
    known: list[str]
    over: list[str]
    renew: bool


def _wanted(endpoint: Endpoint) -> _Wanted:
    """While the former secret is accepted its subscription stays: the vendor still sends what it signed with it."""
    present, former = ([one] if one else [] for one in (endpoint.subscription_id, endpoint.former_subscription_id))
    renew = bool(endpoint.rotation_asked_at and present)
    if endpoint.overlaps and not renew:
        return {"known": present + former, "over": [], "renew": False}
    return {"known": present, "over": former, "renew": renew}


def _keep(endpoint: Endpoint, made: Subscription) -> str:
    """What was done, if anything. `endpoint` as it was before the call: whoever asked meanwhile is not forgotten."""
    remarks = [made.mended] if made.mended else []
    at, before, rotated = timezone.now(), opened_secret(endpoint), endpoint.rotation_asked_at is not None
    if not endpoint.overlaps:
        endpoint.sealed_former_secret, endpoint.former_subscription_id, endpoint.former_until = b"", "", None
    if before != made.secret:
        if before is not None:
            _keep_former(endpoint, before, made)
        if endpoint.secret_since and made.id == endpoint.subscription_id:
            remarks.append("Its secret could not be opened here." if before is None else "Its secret had changed.")
        endpoint.sealed_secret, endpoint.secret_since = vault.seal(made.secret.encode(), endpoint.place("secret")), at
    endpoint.subscription_id, endpoint.checked_at = made.id, at
    if remarks:
        endpoint.mended_at, endpoint.mended = at, " ".join(remarks)[:200]
        audit.record("endpoint.mended", endpoint, actor=audit.PLATFORM, tenant_id=endpoint.tenant_id)
    endpoint.save(update_fields=KEPT)
    if rotated:
        asked = Endpoint.objects.filter(pk=endpoint.pk, rotation_asked_at=endpoint.rotation_asked_at)
        asked.update(rotation_asked_at=None)
        audit.record("endpoint.rotated", endpoint, actor=audit.PLATFORM, tenant_id=endpoint.tenant_id)
        remarks.append("Its secret was rotated.")
    return " ".join(remarks)


def _keep_former(endpoint: Endpoint, secret: str, made: Subscription) -> None:
    endpoint.sealed_former_secret = vault.seal(secret.encode(), endpoint.place("former_secret"))
    endpoint.former_subscription_id = endpoint.subscription_id if endpoint.subscription_id != made.id else ""
    endpoint.former_until = timezone.now() + timedelta(hours=settings.HOOK_OVERLAP_HOURS)


def _failed(current: Slice, endpoint: Endpoint, connection: Connection, error: ConnectorError) -> Next:
    """Polling finds the jobs meanwhile. What passes by itself gets some time before anybody hears of it."""
    if isinstance(error, Reconnect):
        return Ended(error.sentence)  # an incident of its own; it is looked at again when it is connected again
    if isinstance(error, TryLater | OutcomeUnknown) and current.held.attempts < ATTEMPTS:
        return Again(SOON, remark=error.sentence)
    with acting_for(current.held.tenant_id):
        current.hold()
        incidents.open_incident(
            endpoint.tenant_id,
            error.failure,
            about=_about(endpoint),
            sentence=f"{error.sentence} So no webhook tells of new jobs; they are found by polling.",
            words=error.words,
            connection_id=connection.pk,
        )
    return Again(LATER, progress=True, remark=error.sentence)


def _about(endpoint: Endpoint) -> str:
    return f"subscription:{endpoint.pk}"


def opened_secret(endpoint: Endpoint) -> str | None:
    try:
        return vault.unseal(endpoint.sealed_secret, endpoint.place("secret")).decode()
    except vault.CannotOpen:
        return None
