"""Refreshes the tokens of connections that nothing calls: at many vendors a refresh token that is not used dies.

Each authorisation whose refresh token dies has a schedule; the sweep makes those that are missing.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, DurationField, Exists, OuterRef, QuerySet, Value, When

from connections.models import Authorisation, Connection, ConnectionState
from connections.tokens import ConnectionTokens
from connectors import registry
from connectors.kit.connector import Connector
from connectors.kit.errors import ConnectorError, Reconnect
from connectors.kit.flows import AuthorisationCode
from database import clock
from database.acting import across_tenants, acting_for
from jobs import services
from jobs.handlers import Again, Ended, Next
from jobs.models import Schedule
from jobs.one_by_one import one_by_one
from jobs.slices import Slice

KIND = "keep-connected"
AT_ONCE = 500
# Of the token's life. IDLE is more than one slot and less than two: what nobody uses is refreshed at every second
# slot, and no token grows older than both together. The rest is for a vendor, or workers, that are away.
EVERY, IDLE = 0.25, 0.4
LATER = timedelta(hours=1)


def sweep() -> None:
    """Makes the schedules that are missing, and ends those that keep nothing alive. Opens its own blocks."""
    with across_tenants("connections of every tenant are kept alive"):
        missing = list(_unscheduled().values_list("tenant_id", "pk")[:AT_ONCE])
        left_over = list(_left_over().values_list("tenant_id", "pk")[:AT_ONCE])
    one_by_one(missing, _schedule)
    one_by_one(left_over, _end)


def _unscheduled() -> QuerySet[Authorisation]:
    """Or scheduled by another life than its connector says today."""
    scheduled = Schedule.objects.filter(
        tenant_id=OuterRef("tenant_id"), kind=KIND, subject_id=OuterRef("pk"), every=OuterRef("every")
    )
    lives = lives_of_refresh_tokens().items()
    every = Case(
        *[When(application__connector=key, then=Value(life * EVERY)) for key, life in lives],
        output_field=DurationField(),
    )
    return _dying().annotate(every=every).exclude(Exists(scheduled)).order_by("tokens_expire_at")


def _left_over() -> QuerySet[Schedule]:
    kept = _dying().filter(tenant_id=OuterRef("tenant_id"), pk=OuterRef("subject_id"))
    return Schedule.objects.filter(kind=KIND).exclude(Exists(kept))


def _dying() -> QuerySet[Authorisation]:
    """Those on which something usable stands, and whose refresh token ends if nobody uses it."""
    usable = Connection.objects.filter(authorisation=OuterRef("pk"), state=ConnectionState.USABLE)
    lives = lives_of_refresh_tokens()
    return Authorisation.objects.filter(Exists(usable), flow=AuthorisationCode.kind, application__connector__in=lives)


def _schedule(tenant_id: UUID, pk: UUID) -> None:
    row = _unscheduled().select_related("application").filter(pk=pk).first()
    life = _life(row.application.vendor) if row else None
    if row is not None and life is not None:
        every, keys = life * EVERY, [row.application_id]
        services.schedule(tenant_id, KIND, pk, every, keys=keys, first=_first_slot(row, every, clock.now()))


def _end(tenant_id: UUID, pk: UUID) -> None:
    _left_over().filter(tenant_id=tenant_id, pk=pk).delete()


def _first_slot(row: Authorisation, every: timedelta, at: datetime) -> datetime:
    """At once for what is idle; else each at a moment of its own: no vendor is asked for all together."""
    return at if is_due(row) else at + timedelta(seconds=row.pk.int % max(1, int(every.total_seconds())))


def is_due(row: Authorisation) -> bool:
    """Its access token ended long ago, so nobody has refreshed it since."""
    life = _life(row.application.vendor)
    if life is None or row.tokens_expire_at is None:
        return False
    return bool(clock.now() > row.tokens_expire_at + life * IDLE)


def lives_of_refresh_tokens() -> dict[str, timedelta]:
    """By connector; those whose refresh tokens do not end by themselves are not there."""
    return {key: life for key, vendor in registry.installed().items() if (life := _life(vendor))}


def _life(vendor: type[Connector]) -> timedelta | None:
    """Of a refresh token that is not used; None where there are none, or they do not end by themselves."""
    return next((flow.refresh_life for flow in vendor.flows if isinstance(flow, AuthorisationCode)), None)


def keep(current: Slice) -> Next:
    """The handler. A refusal is told to the customer by the state of the connection."""
    with acting_for(current.held.tenant_id):
        usable = Connection.objects.filter(authorisation=current.held.subject_id, state=ConnectionState.USABLE)
        connection = usable.select_related("authorisation__application").order_by("created_at").first()
    if connection is None:
        return Ended("Nothing is connected by it any more.")
    if not is_due(connection.authorisation):
        return Ended("It is in use: nothing to do.")
    current.check()
    try:
        ConnectionTokens(current.held.tenant_id, connection.pk).access_token()
    except Reconnect as refused:
        return Ended(refused.sentence)
    except ConnectorError as error:
        return Again(LATER, remark=error.sentence)
    return Ended("Refreshed.")
