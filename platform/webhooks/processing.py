"""Deliveries become work. The row in PostgreSQL is what is processed; a hint only says that there is one."""

from uuid import UUID

import structlog
from django.db import OperationalError, transaction

from audit import services as audit
from connectors import registry
from connectors.kit.errors import ContractBroken
from connectors.kit.records import Event
from database.acting import across_tenants, acting_for
from exports.noticing import note_job
from installations.models import Installation, InstallationState
from jobs import hints
from jobs.models import TriggerKind
from webhooks.models import Delivery, DeliveryBody, DeliveryState

log = structlog.get_logger()

AT_MOST = 500


def process_pending() -> None:
    """Every delivery that nobody has processed; also called by the sweep, which finds what hints have lost."""
    with across_tenants("unprocessed deliveries of every tenant"):
        pending = list(
            Delivery.objects.filter(state=DeliveryState.RECEIVED)
            .order_by("received_at")
            .values_list("tenant_id", "pk")[:AT_MOST]
        )
    for tenant_id, pk in pending:
        try:
            process(tenant_id, pk)
        except OperationalError:
            raise  # PostgreSQL is away, and the delivery is not to blame
        except Exception as crash:
            # One poisonous delivery is put apart; the others go on.
            log.exception("delivery.crashed", delivery=str(pk))
            _put_apart(tenant_id, pk, f"Causeway could not process it ({type(crash).__name__}).")


def process(tenant_id: UUID, pk: UUID) -> None:
    """Once, however many workers try: the row is locked, and its state written with the work it makes."""
    with acting_for(tenant_id):
        delivery = (
            Delivery.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("endpoint__authorisation__application")
            .filter(pk=pk, state=DeliveryState.RECEIVED)
            .first()
        )
        if delivery is None:
            return
        delivery.state, delivery.remark = _work(delivery)
        delivery.save(update_fields=["state", "remark"])


def _put_apart(tenant_id: UUID, pk: UUID, remark: str) -> None:
    with acting_for(tenant_id):
        Delivery.objects.filter(pk=pk, state=DeliveryState.RECEIVED).update(
            state=DeliveryState.QUARANTINED, remark=remark
        )


def replay(delivery: Delivery, *, actor: str) -> bool:
    """The same delivery is processed anew; what it leads to is done once all the same. Inside a block.

    False: its body is no longer kept, so there is nothing to process.
    """
    if DeliveryBody.of(delivery) is None:
        return False
    delivery.state, delivery.remark = DeliveryState.RECEIVED, "Replayed."
    delivery.save(update_fields=["state", "remark"])
    audit.record("delivery.replayed", delivery, actor=actor, tenant_id=delivery.tenant_id)
    transaction.on_commit(lambda: hints.send("webhooks.tasks.process"))
    return True


def _work(delivery: Delivery) -> tuple[DeliveryState, str]:
    vendor = registry.source(delivery.endpoint.authorisation.application.connector)
    body = DeliveryBody.of(delivery)
    if body is None:
        return DeliveryState.QUARANTINED, "Its body is no longer kept."
    try:
        event = vendor.read_webhook(bytes(body.body))
    except ContractBroken as error:
        return DeliveryState.QUARANTINED, f"{error.sentence} {error.words}"[:1000].replace("\x00", "")
    if event.kind != "job.created":
        return DeliveryState.IGNORED, f"Nothing is done for {event.kind or 'this kind of event'}."
    return _note(delivery, vendor.key, event)


def _note(delivery: Delivery, vendor: str, event: Event) -> tuple[DeliveryState, str]:
    """The company in the body only chooses among the installations that this very authorisation feeds."""
    installation = (
        Installation.objects.select_related("source__application", "target__application")
        .filter(
            source__authorisation=delivery.endpoint.authorisation,
            source_company=f"{vendor}:{event.company_id}",
            state=InstallationState.ACTIVE,
        )
        .first()
    )
    if installation is None:
        return DeliveryState.QUARANTINED, f"No active installation exports company {event.company_id[:100]}."
    job = note_job(installation, event.subject_id[:100], trigger=TriggerKind.WEBHOOK, detail=delivery.delivery_id)
    return DeliveryState.PROCESSED, str(job)
