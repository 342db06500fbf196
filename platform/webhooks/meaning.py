"""What a delivery means: the same for processing it and for saying beforehand what a replay would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from connectors import registry
from connectors.kit.errors import ContractBroken, MendSettings
from connectors.kit.records import Event
from installations.models import Installation, InstallationState
from webhooks.models import Delivery, DeliveryBody, DeliveryState

log = structlog.get_logger()

NEW_JOB = "job.created"
GONE = "Its body is no longer kept."


@dataclass(frozen=True)
class Meaning:
    """`state` and `remark`: what becomes of the delivery. With an `installation` the event's job is noticed for it.

    `is_unreadable`: an update of the code may read it; `words` are what was wrong with it.
    """

    state: DeliveryState
    remark: str = ""
    event: Event | None = None
    installation: Installation | None = None
    is_unreadable: bool = False
    words: str = ""


def meanings(deliveries: Sequence[Delivery]) -> dict[UUID, Meaning]:
    """By the delivery's id; two statements, however many there are. Inside a block."""
    bodies = _bodies(deliveries)
    read = {one.pk: _read(one, bodies.get(one.pk)) for one in deliveries}
    found = _installations(deliveries, read)
    return {one.pk: _for_whom(one, read[one.pk], found) for one in deliveries}


def vendor_of(delivery: Delivery) -> str:
    key: str = delivery.endpoint.authorisation.application.connector
    return key


def _bodies(deliveries: Sequence[Delivery]) -> Mapping[UUID, DeliveryBody]:
    moments = {one.pk: one.received_at for one in deliveries}
    rows = DeliveryBody.objects.filter(delivery_id__in=moments, received_at__in=set(moments.values()))
    return {row.delivery_id: row for row in rows if row.received_at == moments[row.delivery_id]}


def _read(delivery: Delivery, body: DeliveryBody | None) -> Meaning:
    if body is None:
        return Meaning(DeliveryState.QUARANTINED, GONE)
    try:
        event = registry.source_of(vendor_of(delivery)).read_webhook(bytes(body.body))
    except (ContractBroken, MendSettings) as error:
        return _unreadable(error.sentence, error.words)
    except Exception as crash:  # one poisonous delivery is put apart; the others go on
        log.exception("delivery.crashed", delivery=str(delivery.pk))
        return _unreadable(f"Causeway could not process it ({type(crash).__name__}).", "")
    if event.kind != NEW_JOB:
        said = f"Nothing is done for {event.kind or 'this kind of event'}."
        return Meaning(DeliveryState.IGNORED, storable(said), event)
    return Meaning(DeliveryState.PROCESSED, event=event)


def _unreadable(sentence: str, words: str) -> Meaning:
    remark = storable(f"{sentence} {words}".strip(), 1000)
    return Meaning(DeliveryState.QUARANTINED, remark, is_unreadable=True, words=storable(words, 1000))


def _installations(
    deliveries: Sequence[Delivery], read: Mapping[UUID, Meaning]
) -> Mapping[tuple[UUID, str], Installation]:
    """By authorisation and company: the company in a body only chooses among what this very authorisation feeds."""
    wanted = {
        (one.endpoint.authorisation_id, _company(one, read[one.pk]))
        for one in deliveries
        if read[one.pk].state == DeliveryState.PROCESSED
    }
    if not wanted:
        return {}
    rows = Installation.objects.select_related("source__application", "target__application").filter(
        source__authorisation__in={authorisation for authorisation, _ in wanted},
        source_company__in={company for _, company in wanted},
        state=InstallationState.ACTIVE,
    )
    return {(row.source.authorisation_id, row.source_company): row for row in rows}


def _company(delivery: Delivery, meaning: Meaning) -> str:
    """As installations name it."""
    return f"{vendor_of(delivery)}:{meaning.event.company_id if meaning.event else ''}"


def _for_whom(delivery: Delivery, meaning: Meaning, found: Mapping[tuple[UUID, str], Installation]) -> Meaning:
    if meaning.state != DeliveryState.PROCESSED or meaning.event is None:
        return meaning
    installation = found.get((delivery.endpoint.authorisation_id, _company(delivery, meaning)))
    if installation is None:
        remark = storable(f"No active installation exports company {meaning.event.company_id[:100]}.")
        return Meaning(DeliveryState.QUARANTINED, remark, meaning.event)
    return Meaning(meaning.state, event=meaning.event, installation=installation)


def storable(text: str, at_most: int = 300) -> str:
    """What somebody else wrote, as a row can hold it."""
    return text[:at_most].replace("\x00", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace").decode()
