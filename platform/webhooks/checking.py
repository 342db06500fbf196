"""The vendor's subscription is looked at every day, and what is not as it should be is mended: it was taken away or
switched off there, our address has changed, its secret is lost here.
"""

from datetime import timedelta

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
KEPT = ["sealed_secret", "secret_since", "subscription_id", "checked_at", "mended_at", "mended"]


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
            connection, registry.source(connection.application.connector), run_id=current.held.run_id
        ) as line:
            made = line.connector.subscribe(address(endpoint), known=_known(endpoint))
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


def _known(endpoint: Endpoint) -> list[str]:
    return [endpoint.subscription_id] if endpoint.subscription_id else []


def _keep(endpoint: Endpoint, made: Subscription) -> str:
    """What was mended, if anything."""
    remarks = [made.mended] if made.mended else []
    at = timezone.now()
    before = opened_secret(endpoint)
    if before != made.secret:
        if endpoint.secret_since and made.id == endpoint.subscription_id:
            remarks.append("Its secret could not be opened here." if before is None else "Its secret had changed.")
        endpoint.sealed_secret, endpoint.secret_since = vault.seal(made.secret.encode(), endpoint.place("secret")), at
    endpoint.subscription_id, endpoint.checked_at = made.id, at
    if remarks:
        endpoint.mended_at, endpoint.mended = at, " ".join(remarks)[:200]
        audit.record("endpoint.mended", endpoint, actor=audit.PLATFORM, tenant_id=endpoint.tenant_id)
    endpoint.save(update_fields=KEPT)
    return endpoint.mended if remarks else ""


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
