"""Makes the source tell us of new jobs: an endpoint of our own, a subscription of theirs, and polling besides."""

import secrets
from datetime import timedelta

from django.conf import settings

from connections import vault
from connections.links import hashed
from connections.models import Authorisation, Connection, ConnectionState
from connectors import registry
from connectors.kit.errors import ConnectorError
from database.acting import acting_for
from exports import polling
from installations.models import Installation
from jobs import services as jobs
from jobs.calls import open_line
from jobs.handlers import Again, Ended, Next
from jobs.models import TriggerKind
from jobs.slices import Slice
from webhooks.door import PREFIX
from webhooks.models import Endpoint

KIND = "subscribe"
SOON = timedelta(minutes=1)


def listen(installation: Installation) -> None:
    """Everything that an active installation needs to notice jobs; safe to repeat. Inside `acting_for`.

    A source that must be connected again cannot be subscribed to: it is when it is usable again.
    """
    if installation.source.is_usable:
        endpoint = _endpoint(installation.source)
        jobs.open_run(
            installation.tenant_id,
            KIND,
            endpoint.pk,
            lane=endpoint.pk,
            keys=[installation.source.application_id],
            trigger=TriggerKind.MANUAL,
        )
    jobs.schedule(
        installation.tenant_id,
        polling.KIND,
        installation.pk,
        timedelta(seconds=settings.POLL_SECONDS),
        keys=installation.keys,
    )
    jobs.wake_waiting(installation.tenant_id)


def subscribe(current: Slice) -> Next:
    """The handler of subscribe runs: the vendor makes the subscription, then its secret is sealed.

    A subscription belongs to the token, so one serves every company that stands on the authorisation.
    """
    with acting_for(current.held.tenant_id):
        endpoint = Endpoint.objects.get(pk=current.held.subject_id)
        usable = Connection.objects.filter(authorisation=endpoint.authorisation_id, state=ConnectionState.USABLE)
        connection = usable.select_related("application").order_by("created_at").first()
    if connection is None:
        return Ended("None of its connections is usable. Connecting one again subscribes again.")
    try:
        with open_line(
            connection, registry.source(connection.application.connector), run_id=current.held.run_id
        ) as line:
            made = line.connector.subscribe(address(endpoint))
    except ConnectorError as error:  # polling finds the jobs meanwhile
        return Again(SOON, remark=error.sentence)
    with acting_for(current.held.tenant_id):
        current.hold()
        endpoint.subscription_id = made.id
        endpoint.sealed_secret = vault.seal(made.secret.encode(), endpoint.place("secret"))
        endpoint.save(update_fields=["subscription_id", "sealed_secret"])
    return Ended("Subscribed.")


def address(endpoint: Endpoint) -> str:
    token = vault.unseal(endpoint.sealed_token, endpoint.place("token")).decode()
    return f"{settings.BASE_URL}{PREFIX}{token}"


def _endpoint(source: Connection) -> Endpoint:
    """The authorisation's own, also if two begin to listen at once; with another address if the old one's token
    cannot be opened any more (a lost key).
    """
    held = Authorisation.objects.select_for_update(no_key=True).get(connections=source.pk)
    endpoint = Endpoint.objects.filter(authorisation=held).first()
    if endpoint is None:
        endpoint = Endpoint(tenant_id=source.tenant_id, authorisation=held)
    try:
        vault.unseal(endpoint.sealed_token, endpoint.place("token"))
    except vault.CannotOpen:
        token = secrets.token_urlsafe(32)
        endpoint.token_hash = hashed(token)
        endpoint.sealed_token, endpoint.sealed_secret = vault.seal(token.encode(), endpoint.place("token")), b""
        endpoint.save()
    return endpoint
