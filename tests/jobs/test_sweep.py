"""The sweep finds what hints have lost; it may run anywhere, at any time, twice at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from database.acting import across_tenants, acting_for
from jobs import hints, services, steering
from jobs.models import Run, Schedule, Trigger, TriggerKind
from jobs.steering import Scope
from jobs.sweep import sweep as sweep_now
from tenants.models import Tenant
from tests.factories import RunFactory, TenantFactory
from tests.jobs.rows import ago, change
from tests.threads import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_sweepers")]


def due(tenant: Tenant, every: timedelta = timedelta(hours=1)) -> None:
    with acting_for(tenant.pk):
        services.schedule(tenant.pk, "test", uuid4(), every)
        Schedule.objects.update(next_at=ago(1))


def counted() -> tuple[int, int]:
    with across_tenants("the test counts"):
        return Run.objects.count(), Trigger.objects.count()


def test_ready_runs_and_leases_that_ran_out_are_found() -> None:
    RunFactory.create()
    RunFactory.create(run_at=timezone.now() + timedelta(minutes=1))
    RunFactory.create(state="held", lease_until=ago(1))
    RunFactory.create(state="held", lease_until=ago(1), calling_until=timezone.now() + timedelta(minutes=1))
    RunFactory.create(state="held", lease_until=timezone.now() + timedelta(minutes=1))

    assert sweep_now() == 2


def test_a_due_schedule_opens_one_run_in_its_own_tenant() -> None:
    one, two = TenantFactory.create(), TenantFactory.create()
    due(one)
    due(two)

    assert sweep_now() == 2

    for tenant in (one, two):
        with acting_for(tenant.pk):
            assert Trigger.objects.get().kind == TriggerKind.SCHEDULE
            assert Schedule.objects.get().next_at > timezone.now() + timedelta(minutes=59)


def test_a_sweep_may_be_repeated() -> None:
    due(TenantFactory.create())
    for _ in range(3):
        sweep_now()
    assert counted() == (1, 1)


def test_two_sweeps_at_once_open_a_slot_once() -> None:
    for _ in range(5):
        due(TenantFactory.create())

    at_once(6, lambda _: sweep_now())

    assert counted() == (5, 5)


def test_what_another_sweep_is_about_to_open_is_left_to_it() -> None:
    one, two = TenantFactory.create(), TenantFactory.create()
    due(one)
    due(two)
    with acting_for(one.pk):
        Schedule.objects.select_for_update().get()
        at_once(1, lambda _: sweep_now())

    assert counted() == (1, 1)
    sweep_now()
    assert counted() == (2, 2)


def test_a_slot_that_cannot_be_opened_is_nobody_elses_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    poisonous, *others = (TenantFactory.create() for _ in range(3))
    for tenant in (poisonous, *others):
        due(tenant)
    usual = services.open_slot

    def open_slot(schedule: Schedule, slot: datetime) -> Run | None:
        if schedule.tenant_id == poisonous.pk:
            raise ZeroDivisionError("a defect of ours")
        return usual(schedule, slot)

    with monkeypatch.context() as broken:
        broken.setattr(services, "open_slot", open_slot)
        sweep_now()

    assert counted() == (2, 2)
    sweep_now()  # its slot was not used up
    assert counted() == (3, 3)


def test_a_slot_is_opened_behind_the_wall_of_its_tenant(monkeypatch: pytest.MonkeyPatch) -> None:
    due(TenantFactory.create())
    due(TenantFactory.create())
    seen: list[int] = []
    monkeypatch.setattr(services, "open_slot", lambda *_: seen.append(Tenant.objects.count()))

    sweep_now()

    assert seen == [1, 1]


def test_a_slot_that_comes_while_its_run_is_open_adds_a_trigger_and_no_run() -> None:
    tenant = TenantFactory.create()
    due(tenant)
    sweep_now()
    with acting_for(tenant.pk):
        Schedule.objects.update(next_at=ago(1))
    sweep_now()
    assert counted() == (1, 2)


def test_a_missed_hour_is_caught_up_once_and_the_grid_stays() -> None:
    tenant = TenantFactory.create()
    due(tenant, every=timedelta(minutes=1))
    first = ago(3590)
    with acting_for(tenant.pk):
        Schedule.objects.update(next_at=first)

    sweep_now()
    sweep_now()

    assert counted() == (1, 1)
    with acting_for(tenant.pk):
        trigger, schedule = Trigger.objects.get(), Schedule.objects.get()
    assert trigger.slot == first + timedelta(minutes=59)
    assert schedule.next_at == first + timedelta(minutes=60)


def test_a_slot_is_opened_once_though_the_schedule_is_put_back() -> None:
    """A restored backup, say, or somebody with SQL."""
    tenant = TenantFactory.create()
    due(tenant)
    with acting_for(tenant.pk):
        slot = Schedule.objects.get().next_at
    sweep_now()
    with acting_for(tenant.pk):
        Run.objects.update(state="ended")
        Schedule.objects.update(next_at=slot)

    sweep_now()

    assert counted() == (1, 1)


def test_scheduling_again_keeps_the_grid() -> None:
    """A customer who connects again and again would otherwise never be polled."""
    tenant, subject = TenantFactory.create(), uuid4()
    with acting_for(tenant.pk):
        services.schedule(tenant.pk, "test", subject, timedelta(hours=1))
        Schedule.objects.update(next_at=ago(1))
        services.schedule(tenant.pk, "test", subject, timedelta(hours=1), keys=[subject])
        assert Schedule.objects.get().keys == [subject]
    assert sweep_now() == 1


def test_another_time_between_slots_holds_from_now_on() -> None:
    tenant, subject = TenantFactory.create(), uuid4()
    with acting_for(tenant.pk):
        services.schedule(tenant.pk, "test", subject, timedelta(days=1))
        services.schedule(tenant.pk, "test", subject, timedelta(minutes=1))
        assert Schedule.objects.get().next_at < timezone.now() + timedelta(minutes=2)


def test_what_is_paused_opens_no_slots_and_catches_up_once_when_it_is_resumed() -> None:
    tenant = TenantFactory.create()
    due(tenant)
    scope = Scope(tenant, tenant.pk)
    with acting_for(tenant.pk):
        steering.pause(scope, actor="user:1")
    sweep_now()
    assert counted() == (0, 0)

    with acting_for(tenant.pk):
        steering.resume(scope, actor="user:1")
    sweep_now()
    assert counted() == (1, 1)


def test_the_other_rooms_look_too_outside_any_block(no_sweepers: list[Callable[[], None]]) -> None:
    open_blocks: list[bool] = []
    no_sweepers.append(lambda: open_blocks.append(connection.in_atomic_block))

    sweep_now()

    assert open_blocks == [False]


def test_a_run_that_nobody_was_told_of_is_told_by_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(hints, "there_is_work", lambda count=1: told.append(count))
    run = RunFactory.create()
    for _ in range(3):
        RunFactory.create()

    sweep_now()
    change(run, state="ended")
    sweep_now()

    assert told == [4, 3]
