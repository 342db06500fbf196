"""Deliveries become work. The row in PostgreSQL is what is processed; a hint only says that there is one."""

from uuid import UUID

import structlog
from django.db import OperationalError, connection
from django.db.models import Q
from django.db.models.functions import Now

from audit import services as audit
from connectors import registry
from connectors.kit.failures import FailureClass
from database.acting import across_tenants, acting_for, one_statement_for
from database.troubles import is_of_one_statement
from exports.noticing import note_job
from incidents import services as incidents
from incidents.models import Incident
from jobs.models import TriggerKind
from webhooks import silence
from webhooks.meaning import Meaning, meanings, storable, vendor_of
from webhooks.models import Delivery, DeliveryState

log = structlog.get_logger()

AT_MOST = 500
#: Fewer than a run may have (jobs.slices): none is put aside for having died along with a delivery.
DEATHS_AT_MOST = 5
AGAIN_AFTER = 10  # seconds after a death; doubled after each, for other work dies with the process, too
DIED = "Causeway's process died {times} times in a row while it processed it."
UNREAD = (
    "A message of {vendor} is signed and cannot be processed. It is kept in quarantine, and its job is found by"
    " polling. Update Causeway or the connector, then replay the message."
)

# What kills its process leaves nothing behind but this. One that is being processed is locked, and passed by.
BEGIN = """
update webhooks_delivery
set attempts = attempts + 1, again_at = clock_timestamp() + make_interval(secs => %(again)s * 2 ^ attempts)
where id = (select id from webhooks_delivery
            where id = %(pk)s and state = 'received' and (again_at is null or again_at <= clock_timestamp())
            for update skip locked)
returning attempts
"""


def process_pending() -> None:
    """Every delivery that nobody has processed; also called by the sweep, which finds what hints have lost."""
    with across_tenants("unprocessed deliveries of every tenant"):
        pending = list(
            Delivery.objects.filter(Q(again_at=None) | Q(again_at__lte=Now()), state=DeliveryState.RECEIVED)
            .order_by("received_at")
            .values_list("tenant_id", "pk")[:AT_MOST]
        )
    for tenant_id, pk in pending:
        attempts = _begin(tenant_id, pk)
        if attempts > DEATHS_AT_MOST:
            _put_apart(tenant_id, pk, DIED.format(times=DEATHS_AT_MOST), deaths=DEATHS_AT_MOST)
        elif attempts:
            _process_apart(tenant_id, pk)


def _begin(tenant_id: UUID, pk: UUID) -> int:
    """How often by now, counted and committed before the work; 0: somebody else does it, or has done it."""
    with one_statement_for(tenant_id), connection.cursor() as cursor:
        cursor.execute(BEGIN, {"pk": pk, "again": AGAIN_AFTER})
        return sum(attempts for (attempts,) in cursor.fetchall())


def _process_apart(tenant_id: UUID, pk: UUID) -> None:
    """What comes of one is no other's trouble."""
    try:
        process(tenant_id, pk)
    except OperationalError as error:
        if not is_of_one_statement(error):
            raise  # PostgreSQL is away, and the delivery is not to blame
        log.warning("delivery.waits", delivery=str(pk), error=type(error).__name__)  # till the next look
        with one_statement_for(tenant_id):
            Delivery.objects.filter(pk=pk, state=DeliveryState.RECEIVED).update(attempts=0, again_at=None)
    except Exception as crash:
        log.exception("delivery.crashed", delivery=str(pk))
        _put_apart(tenant_id, pk, f"Causeway could not process it ({type(crash).__name__}).")


def process(tenant_id: UUID, pk: UUID) -> None:
    """Once, however many workers try: the row is locked, and its state written with the work it makes."""
    with acting_for(tenant_id):
        delivery = _locked(pk)
        if delivery is None:
            return
        meaning = meanings([delivery])[delivery.pk]
        delivery.state, delivery.remark, delivery.attempts = meaning.state, meaning.remark, 0
        if meaning.event:
            delivery.event = storable(meaning.event.kind, 60)
            delivery.company = storable(meaning.event.company_id, 100)
            delivery.subject = storable(meaning.event.subject_id, 100)
        if meaning.installation:
            delivery.remark = _note(delivery, meaning)
        before, delivery.incident = delivery.incident, _incident(delivery, meaning)
        delivery.save(update_fields=["state", "remark", "event", "company", "subject", "incident", "attempts"])
        if before and delivery.incident is None:
            _mend_if_last(before, actor=delivery.replayed_by or audit.PLATFORM)


def _locked(pk: UUID) -> Delivery | None:
    rows = Delivery.objects.select_for_update(of=("self",), skip_locked=True)
    rows = rows.select_related("endpoint__authorisation__application")
    return rows.filter(pk=pk, state=DeliveryState.RECEIVED).first()


def _put_apart(tenant_id: UUID, pk: UUID, remark: str, *, deaths: int = 0) -> None:
    with acting_for(tenant_id):
        delivery = _locked(pk)
        if delivery:
            meaning = Meaning(DeliveryState.QUARANTINED, remark, is_unreadable=True)
            delivery.state, delivery.remark, delivery.attempts = meaning.state, remark, deaths
            delivery.incident = _incident(delivery, meaning)
            delivery.save(update_fields=["state", "remark", "incident", "attempts"])


def _note(delivery: Delivery, meaning: Meaning) -> str:
    assert meaning.installation is not None  # noqa: S101
    assert meaning.event is not None  # noqa: S101
    by = f" by {delivery.replayed_by}" if delivery.replayed_by else ""
    job = note_job(
        meaning.installation,
        meaning.event.subject_id[:100],
        trigger=TriggerKind.REPLAY if by else TriggerKind.WEBHOOK,
        detail=f"{delivery.delivery_id}{by}",
    )
    if not by:
        silence.heard(delivery.endpoint)
    return str(job)


def _incident(delivery: Delivery, meaning: Meaning) -> Incident | None:
    """One for all that an endpoint brought and nobody could read."""
    if not meaning.is_unreadable:
        return None
    return incidents.open_incident(
        delivery.tenant_id,
        FailureClass.CODE_CRASH,
        about=f"unreadable:{delivery.endpoint_id}",
        sentence=UNREAD.format(vendor=registry.source_of(vendor_of(delivery)).name),
        words=meaning.words or meaning.remark,
    )


def _mend_if_last(incident: Incident, *, actor: str) -> None:
    if not Delivery.objects.filter(incident=incident).exists():
        incidents.mend(incident, actor=actor)
