"""A delivery is processed anew, in the same row: what would come of it is said before. Inside a block."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from audit import services as audit
from exports.models import ExportJob
from jobs import hints
from webhooks.meaning import GONE, Meaning, meanings
from webhooks.models import Delivery, DeliveryState


@dataclass(frozen=True)
class Foreseen:
    """What a replay would do. `can`: there is something to process; `does`: it would lead to work."""

    delivery: Delivery
    meaning: Meaning
    job: ExportJob | None
    can: bool
    does: bool
    sentence: str


def foresee(deliveries: Sequence[Delivery]) -> list[Foreseen]:
    """In their order; three statements, however many there are. What has killed processes is not read here, too."""
    means = meanings([one for one in deliveries if not has_killed(one)])
    jobs = _jobs(list(means.values()))
    return [_foresee(one, means.get(one.pk) or _unread(one), jobs) for one in deliveries]


def has_killed(delivery: Delivery) -> bool:
    return delivery.state == DeliveryState.QUARANTINED and delivery.attempts > 0


def _unread(delivery: Delivery) -> Meaning:
    return Meaning(DeliveryState.QUARANTINED, delivery.remark)


def replay(deliveries: Sequence[Delivery], *, actor: str) -> int:
    """Returns how many are processed anew: not those whose body is gone, nor those that still wait to be processed.

    What they lead to is done once all the same.
    """
    can = [one.delivery.pk for one in foresee(deliveries) if one.can]
    done = Delivery.objects.filter(pk__in=can).exclude(state=DeliveryState.RECEIVED)
    again = list(done.order_by("endpoint_id", "delivery_id").select_for_update())  # as the door does, or both wait
    for delivery in again:
        delivery.state, delivery.remark, delivery.replayed_by = DeliveryState.RECEIVED, "Replayed.", actor
        delivery.attempts, delivery.again_at = 0, None
        delivery.save(update_fields=["state", "remark", "replayed_by", "attempts", "again_at"])
        audit.record("delivery.replayed", delivery, actor=actor, tenant_id=delivery.tenant_id)
    if again:
        transaction.on_commit(lambda: hints.send("webhooks.tasks.process"))
    return len(again)


def _jobs(means: Sequence[Meaning]) -> Mapping[tuple[UUID, str], ExportJob]:
    wanted = {(one.installation.pk, one.event.subject_id[:100]) for one in means if one.installation and one.event}
    if not wanted:
        return {}
    rows = ExportJob.objects.filter(
        installation__in={installation for installation, _ in wanted}, external_id__in={job for _, job in wanted}
    )
    return {(row.installation_id, row.external_id): row for row in rows}


def _foresee(delivery: Delivery, meaning: Meaning, jobs: Mapping[tuple[UUID, str], ExportJob]) -> Foreseen:
    def will(sentence: str, *, can: bool = True, does: bool = False, job: ExportJob | None = None) -> Foreseen:
        return Foreseen(delivery, meaning, job, can, does, sentence)

    if delivery.state == DeliveryState.RECEIVED:
        return will(
            "Nothing will happen because it is not processed yet. A worker does so within seconds.", can=False
        )
    if has_killed(delivery):
        return will(f"It is processed, if the cause is mended. {delivery.remark} So it is not read here before.")
    if meaning.remark == GONE:
        return will("Nothing will happen because its body is no longer kept.", can=False)
    if meaning.installation is None or meaning.event is None:
        stays = "Nothing will happen because of this kind of event nothing is done."
        return will(f"It stays apart. {meaning.remark}" if meaning.state == DeliveryState.QUARANTINED else stays)
    external_id = meaning.event.subject_id[:100]
    job = jobs.get((meaning.installation.pk, external_id))
    if job is None:
        return will(f"Export job {external_id[:8]} is not known yet: it is noticed, and worked on.", does=True)
    if not job.is_open:
        return will(f"Nothing will happen because {job} has ended.", job=job)
    return will(f"{job} is open: its run has one more reason to look, and does so now.", does=True, job=job)
