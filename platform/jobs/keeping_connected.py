"""Refreshes the tokens of connections that nothing calls: at many vendors a refresh token that is not used dies."""

from datetime import timedelta
from itertools import islice
from uuid import UUID

from django.db.models import Exists, OuterRef

from connections.models import Authorisation, Connection, ConnectionState
from connections.tokens import ConnectionTokens
from connectors import registry
from connectors.kit.connector import Connector
from connectors.kit.errors import ConnectorError, Reconnect
from connectors.kit.flows import AuthorisationCode
from database import clock
from database.acting import across_tenants, acting_for
from jobs import services
from jobs.apart import one_by_one
from jobs.handlers import Again, Ended, Next
from jobs.models import Run, RunState, TriggerKind
from jobs.slices import Slice

KIND = "keep-connected"
AT_ONCE = 100
HALF, SPREAD = 0.5, 0.25  # of the token's life: refreshed after a half of it, or up to a quarter more
LATER = timedelta(hours=1)
OPEN_RUN = Run.objects.filter(kind=KIND, subject_id=OuterRef("pk")).exclude(state=RunState.ENDED)


def sweep() -> None:
    """Opens a run for each authorisation that has been idle for long. Opens its own blocks."""
    one_by_one(_idle(), _open_run)


def _open_run(tenant_id: UUID, pk: UUID) -> None:
    """Once for these tokens, however many look, and however long ago: they are its slot, as it were."""
    rows = Authorisation.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    row = rows.select_related("application").exclude(Exists(OPEN_RUN)).filter(pk=pk).first()
    connection = _usable(pk)
    if row is not None and is_due(row) and connection is not None:
        keys = [connection.pk, connection.application_id]
        services.open_run(tenant_id, KIND, pk, lane=pk, keys=keys, trigger=TriggerKind.SCHEDULE)


def _idle() -> list[tuple[UUID, UUID]]:
    lives = lives_of_refresh_tokens()
    if not lives:
        return []
    idle = clock.now() - min(lives.values()) * HALF
    usable = Connection.objects.filter(authorisation=OuterRef("pk"), state=ConnectionState.USABLE)
    with across_tenants("connections of every tenant are kept alive"):
        held = Authorisation.objects.filter(
            Exists(usable), flow=AuthorisationCode.kind, application__connector__in=lives, tokens_expire_at__lt=idle
        )
        rows = held.exclude(Exists(OPEN_RUN)).select_related("application").order_by("tokens_expire_at")
        # Those whose moment is still to come are older than some that are due: they take nobody's place.
        return list(islice(((row.tenant_id, row.pk) for row in rows if is_due(row)), AT_ONCE))


def is_due(row: Authorisation) -> bool:
    """Its access token ended long ago, so nobody has refreshed it since. Each has a moment of its own."""
    life = _life(row.application.vendor)
    if life is None or row.tokens_expire_at is None:
        return False
    return bool(clock.now() > row.tokens_expire_at + life * (HALF + SPREAD * (row.pk.int % 1000) / 1000))


def lives_of_refresh_tokens() -> dict[str, timedelta]:
    """By connector; those whose refresh tokens do not end by themselves are not there."""
    return {key: life for key, vendor in registry.installed().items() if (life := _life(vendor))}


def _life(vendor: type[Connector]) -> timedelta | None:
    """Of a refresh token that is not used; None where there are none, or they do not end by themselves."""
    return next((flow.refresh_life for flow in vendor.flows if isinstance(flow, AuthorisationCode)), None)


def _usable(authorisation_id: UUID) -> Connection | None:
    rows = Connection.objects.filter(authorisation=authorisation_id, state=ConnectionState.USABLE)
    return rows.order_by("created_at").first()


def keep(current: Slice) -> Next:
    """The handler. A refusal is told to the customer by the state of the connection."""
    with acting_for(current.held.tenant_id):
        connection = _usable(current.held.subject_id)
    if connection is None:
        return Ended("Nothing is connected by it any more.")
    current.check()
    try:
        ConnectionTokens(current.held.tenant_id, connection.pk).access_token()
    except Reconnect as refused:
        return Ended(refused.sentence)
    except ConnectorError as error:
        return Again(LATER, remark=error.sentence)
    return Ended("Refreshed.")
