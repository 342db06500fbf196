"""Logs out where nobody works any more: a session that is open keeps a seat at the vendor, or memory, for nothing."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from connections import sessions, tokens
from connections.models import Authorisation
from connectors import registry
from connectors.kit.connector import Connector
from connectors.kit.errors import ConnectorError
from connectors.kit.flows import SessionLogin
from database import clock
from database.acting import across_tenants, acting_for
from jobs import services
from jobs.handlers import Ended, Next
from jobs.models import Run, RunState, TriggerKind
from jobs.one_by_one import one_by_one
from jobs.slices import Slice

KIND = "log-out"
IDLE = timedelta(minutes=10)  # longer than the waits within a job
AT_ONCE = 100


def sweep() -> None:
    """Opens a run for each session that has been idle. Opens its own blocks."""
    open_run = Run.objects.filter(kind=KIND, subject_id=OuterRef("pk")).exclude(state=RunState.ENDED)
    for key, life in lives().items():
        with across_tenants("sessions that nobody uses are looked for"):
            idle = _idle(life).filter(application__connector=key).exclude(Exists(open_run))
            found = list(idle.values_list("tenant_id", "pk")[:AT_ONCE])
        one_by_one(found, _open_run)


def _open_run(tenant_id: UUID, pk: UUID) -> None:
    application = Authorisation.objects.values_list("application", flat=True).get(pk=pk)
    services.open_run(tenant_id, KIND, pk, lane=pk, keys=[application], trigger=TriggerKind.SCHEDULE)


def _idle(life: timedelta) -> QuerySet[Authorisation]:
    """Sessions that live, and that nobody has used for as long as that."""
    now = clock.now()
    held = Authorisation.objects.filter(flow=SessionLogin.kind).exclude(sealed_tokens=b"")
    return held.filter(tokens_expire_at__gt=now, tokens_expire_at__lt=now + life - IDLE)


def lives() -> dict[str, timedelta]:
    """Of sessions that end somewhere, by connector."""
    return {key: life for key, vendor in registry.installed().items() if (life := _life(vendor))}


def _life(vendor: type[Connector]) -> timedelta | None:
    return next((flow.life for flow in vendor.flows if isinstance(flow, SessionLogin) and flow.logout), None)


def log_out(current: Slice) -> Next:
    """The handler. Whoever is about to use the session finds that it has ended, and begins another one."""
    tenant_id, pk = current.held.tenant_id, current.held.subject_id
    current.check()
    ended = _ended_here(tenant_id, pk)
    if ended is None:
        return Ended("It is in use again.")
    row, cookies = ended
    try:
        sessions.log_out(row, cookies)
    except ConnectorError as error:
        return Ended(f"It ends by itself. {error.sentence}")
    return Ended("Logged out.")


def _ended_here(tenant_id: UUID, pk: UUID) -> tuple[Authorisation, str] | None:
    """The session is over for us first, so that a call which begins now does not count on it."""
    with acting_for(tenant_id):
        row = Authorisation.objects.select_related("application").filter(pk=pk).first()
        life = _life(row.application.vendor) if row else None
        if row is None or life is None or not _idle(life).filter(pk=pk).update(tokens_expire_at=clock.now()):
            return None
        return row, tokens.stored(row).access_token
