"""Opens and wakes runs, and schedules them. Call inside `acting_for` of the tenant."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from audit import services as audit
from database.clock import now
from jobs import hints
from jobs.models import Run, RunState, Schedule, Share, Trigger, TriggerKind
from tenants.models import Tenant

BY_ITSELF = {TriggerKind.POLL, TriggerKind.SCHEDULE}


def open_run(
    tenant_id: UUID,
    kind: str,
    subject_id: UUID,
    *,
    lane: UUID,
    trigger: TriggerKind,
    keys: Sequence[UUID] = (),
    order: datetime | None = None,
    detail: str = "",
    slot: tuple[Schedule, datetime] | None = None,
) -> Run:
    """The subject's open run with one more trigger; a waiting one goes on, a paused one stays paused.

    `keys`: ids of what the run belongs to apart from its tenant, by any of which it can be stopped (jobs.steering).
    `lane`: of the runs that share it only one is worked on at a time, the one of the oldest `order` first.
    What comes again by itself (polls, schedules) wakes nobody: it would undo every wait.
    """
    at = now()
    run, made = Run.objects.get_or_create(
        tenant_id=tenant_id,
        kind=kind,
        subject_id=subject_id,
        state__in=[s for s in RunState if s != RunState.ENDED],
        defaults={"lane": lane, "keys": list(keys), "order": order or at, "run_at": at, "state": RunState.READY},
    )
    of, at_slot = slot or (None, None)
    Trigger.objects.create(tenant_id=tenant_id, run=run, kind=trigger, detail=detail[:300], schedule=of, slot=at_slot)
    if not made and run.keys != list(keys):  # it was opened before its subject belonged there
        Run.objects.filter(pk=run.pk).update(keys=list(keys))
    if not made and trigger not in BY_ITSELF:
        wake(run, put_aside=trigger == TriggerKind.MANUAL)
    transaction.on_commit(hints.there_is_work)
    return run


def wake(run: Run, *, put_aside: bool = False) -> None:
    """Ready now, unless it is paused or ended; what was put aside only if a person says so. A held run is looked at
    again as soon as its slice ends."""
    asleep = [RunState.READY, RunState.WAITING, *([RunState.ASIDE] if put_aside else [])]
    Run.objects.filter(pk=run.pk, state=RunState.HELD).update(run_at=now())
    Run.objects.filter(pk=run.pk, state__in=asleep).update(
        state=RunState.READY, run_at=now(), look_at=None, attempts=0, crashes=0
    )


def schedule(
    tenant_id: UUID,
    kind: str,
    subject_id: UUID,
    every: timedelta,
    *,
    keys: Sequence[UUID] = (),
    first: datetime | None = None,
) -> None:
    """From `first` on, or from now. A schedule that there is already keeps its grid, unless its time between slots
    changes."""
    begins = first or now() + every
    found, made = Schedule.objects.get_or_create(
        tenant_id=tenant_id,
        kind=kind,
        subject_id=subject_id,
        defaults={"keys": list(keys), "every": every, "next_at": begins},
    )
    if not made:
        same = Schedule.objects.filter(pk=found.pk)
        same.exclude(every=every).update(every=every, next_at=begins)
        same.update(keys=list(keys))


def open_slot(schedule: Schedule, slot: datetime) -> Run | None:
    """The run of a schedule's slot; None if the slot was opened before."""
    try:
        with transaction.atomic():
            return open_run(
                schedule.tenant_id,
                schedule.kind,
                schedule.subject_id,
                lane=schedule.pk,
                keys=schedule.keys,
                trigger=TriggerKind.SCHEDULE,
                slot=(schedule, slot),
            )
    except IntegrityError:
        if Trigger.objects.filter(schedule=schedule, slot=slot).exists():  # somebody has put the schedule back
            return None
        raise


def weigh(tenant: Tenant, weight: int, *, actor: str) -> None:
    """How much time of the slots the tenant gets where the others that are hungry get one: 1 to HEAVIEST."""
    share, _ = Share.objects.get_or_create(tenant_id=tenant.pk)
    before, share.weight = share.weight, weight
    share.full_clean(exclude=["tenant"])
    share.save(update_fields=["weight"])
    was, will_be = {"weight": before}, {"weight": weight}
    audit.record("tenant.weighed", tenant, actor=actor, tenant_id=tenant.pk, before=was, after=will_be)


def weight_of(tenant_id: UUID) -> int:
    return Share.objects.filter(tenant_id=tenant_id).values_list("weight", flat=True).first() or 1


def wake_waiting(tenant_id: UUID) -> None:
    """What the tenant's runs waited for may be mended: each looks again."""
    Run.objects.filter(tenant_id=tenant_id, state=RunState.WAITING).update(
        state=RunState.READY, run_at=now(), look_at=None, attempts=0
    )
    transaction.on_commit(hints.there_is_work)
