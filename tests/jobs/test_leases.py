"""Who may work on what: fair, one a lane, oldest first; and only the holder of the newest fence may write."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from database.acting import across_tenants, acting_for
from jobs import leases, services
from jobs.handlers import Again, Ended, Next, WaitForSomebody
from jobs.leases import Claim, LeaseLost
from jobs.models import Run, RunState, TriggerKind
from tests.factories import RunFactory, TenantFactory
from tests.jobs.rows import ago, change, now
from tests.threads import at_once
from tests.waiting import somebody_waits, until

pytestmark = pytest.mark.django_db


def claimed() -> Claim:
    held = leases.claim()
    assert held is not None
    return held


def test_there_may_be_nothing_to_do() -> None:
    assert leases.claim() is None


def test_a_claimed_run_is_held_under_a_new_fence() -> None:
    run = RunFactory.create(fence=6)

    held = claimed()

    assert (held.run_id, held.tenant_id, held.kind, held.fence, held.attempts) == (
        run.pk,
        run.tenant_id,
        "test",
        7,
        1,
    )
    assert now(run).state == RunState.HELD
    assert leases.claim() is None


@pytest.mark.parametrize("state", [RunState.WAITING, RunState.PAUSED, RunState.ENDED])
def test_a_run_that_is_not_ready_is_left_alone(state: RunState) -> None:
    RunFactory.create(state=state)
    assert leases.claim() is None


def test_a_run_is_not_claimed_before_its_time() -> None:
    RunFactory.create(run_at=timezone.now() + timedelta(minutes=1))
    assert leases.claim() is None


def test_turns_go_round_among_tenants() -> None:
    """Of two tenants with much to do and one with little, each is served in turn."""
    busy, busier, small = (TenantFactory.create() for _ in range(3))
    for tenant, runs in ((busy, 5), (busier, 5), (small, 1)):
        for _ in range(runs):
            RunFactory.create(tenant=tenant)

    served = [claimed().tenant_id for _ in range(11)]

    assert set(served[:3]) == {busy.pk, busier.pk, small.pk}
    assert all(served[turn] != served[turn + 1] for turn in range(10))


def test_a_tenant_that_was_never_served_goes_first() -> None:
    old = RunFactory.create(order=ago(3600))
    RunFactory.create(tenant=old.tenant, order=ago(3000))
    assert claimed().run_id == old.pk
    new = RunFactory.create()

    assert claimed().run_id == new.pk


def test_one_run_a_lane_and_the_oldest_first() -> None:
    tenant, lane = TenantFactory.create(), uuid4()
    young = RunFactory.create(tenant=tenant, lane=lane, order=ago(10))
    old = RunFactory.create(tenant=tenant, lane=lane, order=ago(20))

    first = claimed()
    assert first.run_id == old.pk
    assert leases.claim() is None

    leases.finish(first, Ended())
    assert claimed().run_id == young.pk


def test_a_younger_run_waits_even_while_the_older_one_backs_off() -> None:
    tenant, lane = TenantFactory.create(), uuid4()
    RunFactory.create(tenant=tenant, lane=lane, order=ago(10))
    RunFactory.create(tenant=tenant, lane=lane, order=ago(20), run_at=timezone.now() + timedelta(minutes=1))

    assert leases.claim() is None


def test_a_run_that_waits_for_somebody_does_not_block_its_lane() -> None:
    tenant, lane = TenantFactory.create(), uuid4()
    RunFactory.create(tenant=tenant, lane=lane, order=ago(20), state=RunState.WAITING)
    young = RunFactory.create(tenant=tenant, lane=lane, order=ago(10))

    assert claimed().run_id == young.pk


def test_the_same_lane_of_another_tenant_is_another_lane() -> None:
    lane = uuid4()
    runs = {RunFactory.create(lane=lane).pk, RunFactory.create(lane=lane).pk}
    assert {claimed().run_id, claimed().run_id} == runs


def test_a_lease_that_holds_is_not_taken_over() -> None:
    RunFactory.create()
    claimed()
    assert leases.claim() is None


def test_a_lease_that_ran_out_is_taken_over_under_a_new_fence() -> None:
    run = RunFactory.create()
    first = claimed()
    change(run, lease_until=ago(1))

    second = claimed()

    assert (second.run_id, second.fence, second.attempts) == (run.pk, first.fence + 1, 2)


def test_once_its_calls_are_over_only_the_lease_is_waited_out() -> None:
    run = RunFactory.create()
    held = claimed()
    with acting_for(held.tenant_id):
        leases.about_to_call(held, timedelta(seconds=60))
        leases.called(held)
    change(run, lease_until=ago(1))

    assert leases.claim()


def test_nobody_takes_over_while_a_vendor_call_may_be_in_flight() -> None:
    run = RunFactory.create()
    held = claimed()
    with acting_for(held.tenant_id):
        leases.about_to_call(held, timedelta(seconds=60))
    change(run, lease_until=ago(1))
    assert leases.claim() is None

    change(run, calling_until=ago(1))
    assert claimed().run_id == run.pk


@pytest.mark.parametrize("act", ["finish", "renew", "about_to_call", "called", "hold"])
def test_who_was_fenced_out_can_neither_finish_nor_write(act: str) -> None:
    run = RunFactory.create()
    first = claimed()
    change(run, lease_until=ago(1))
    second = claimed()

    with pytest.raises(LeaseLost):
        _do(act, first)

    _do(act, second)


@pytest.mark.parametrize("act", ["finish", "renew", "about_to_call", "called", "hold"])
def test_what_has_ended_stays_as_it_ended(act: str) -> None:
    run = RunFactory.create()
    held = claimed()
    leases.finish(held, Ended("done"))

    with pytest.raises(LeaseLost):
        _do(act, held)
    assert (now(run).state, now(run).remark) == (RunState.ENDED, "done")


def test_another_tenants_claim_is_worth_nothing() -> None:
    """A claim that was mixed up meets the wall."""
    run, other = RunFactory.create(), TenantFactory.create()
    held = claimed()
    forged = Claim(**{**held.__dict__, "tenant_id": other.pk})

    with pytest.raises(LeaseLost):
        leases.finish(forged, Ended())
    assert now(run).state == RunState.HELD


def test_what_comes_next_is_written_down() -> None:
    run = RunFactory.create()

    leases.finish(claimed(), Again(timedelta(0), progress=False, remark="more"))
    assert (now(run).state, now(run).attempts, now(run).remark) == (RunState.READY, 1, "more")

    leases.finish(claimed(), Again(timedelta(0), progress=True))
    assert now(run).attempts == 0

    leases.finish(claimed(), Again(timedelta(minutes=5)))
    assert now(run).run_at > timezone.now() + timedelta(minutes=4)
    assert leases.claim() is None


def test_a_run_that_waits_is_woken_by_a_trigger() -> None:
    run = RunFactory.create()
    leases.finish(claimed(), WaitForSomebody("Choose an account."))
    assert leases.claim() is None

    with acting_for(run.tenant_id):
        services.wake(run)
    assert claimed().run_id == run.pk


@pytest.mark.parametrize("then", [WaitForSomebody("Choose an account."), Again(timedelta(minutes=5)), Ended()])
def test_what_is_woken_while_it_is_held_is_looked_at_again(then: Next) -> None:
    """The person acted after the worker had looked, and before it wrote down what it found."""
    run = RunFactory.create()
    held = claimed()
    with acting_for(run.tenant_id):
        services.wake(run)

    leases.finish(held, then)

    assert claimed().run_id == run.pk


@pytest.mark.django_db(transaction=True)
def test_many_workers_never_hold_the_same_run_nor_two_of_a_lane() -> None:
    tenants = [TenantFactory.create() for _ in range(3)]
    lanes = [(tenant, uuid4()) for tenant in tenants for _ in range(2)]
    for tenant, lane in lanes:
        for _ in range(4):
            RunFactory.create(tenant=tenant, lane=lane)

    def work(_: int) -> list[Claim]:
        return [held for held in (leases.claim() for _ in range(6)) if held]

    held = [claim for worker in at_once(8, work) for claim in worker]

    assert len(held) == len(lanes) == len({claim.run_id for claim in held})
    with across_tenants("the test counts lanes"):
        assert Run.objects.filter(state=RunState.HELD).values("tenant", "lane").distinct().count() == len(lanes)


@pytest.mark.django_db(transaction=True)
def test_an_older_run_that_comes_into_the_lane_meanwhile_costs_a_turn_and_no_crash() -> None:
    """The index is the last word: two claims that cannot see each other's lane do not both win."""
    tenant, lane = TenantFactory.create(), uuid4()
    young = RunFactory.create(tenant=tenant, lane=lane, order=ago(10))

    def other_worker(_: int) -> Claim | None:
        RunFactory.create(tenant=tenant, lane=lane, order=ago(20))
        with connection.cursor() as cursor:
            cursor.execute("set lock_timeout to '10s'")
        return leases.claim()

    with ThreadPoolExecutor(1) as threads:
        with across_tenants("the claim's own block is kept open a little longer"):
            assert claimed().run_id == young.pk
            waiting = threads.submit(at_once, 1, other_worker)
            until(somebody_waits)
        assert waiting.result(20) == [None]


def _do(act: str, held: Claim) -> None:
    if act == "finish":
        leases.finish(held, Ended())
    elif act == "renew":
        leases.renew(held)
    else:
        with acting_for(held.tenant_id):
            if act == "hold":
                leases.hold(held)
            else:
                leases.about_to_call(held, timedelta(seconds=1))


def test_what_comes_again_by_itself_wakes_nobody() -> None:
    """A poll every three minutes would undo every wait, and nothing would ever be put aside."""
    run = RunFactory.create(kind="export")
    leases.finish(claimed(), WaitForSomebody("Choose an account."))

    with acting_for(run.tenant_id):
        services.open_run(run.tenant_id, "export", run.subject_id, lane=run.lane, trigger=TriggerKind.POLL)
    assert leases.claim() is None

    with acting_for(run.tenant_id):
        services.open_run(run.tenant_id, "export", run.subject_id, lane=run.lane, trigger=TriggerKind.MANUAL)
    assert claimed().run_id == run.pk


def test_what_waits_for_somebody_is_looked_at_again_by_itself_and_holds_up_nobody() -> None:
    tenant, lane = TenantFactory.create(), uuid4()
    older = RunFactory.create(tenant=tenant, lane=lane, order=ago(20))
    younger = RunFactory.create(tenant=tenant, lane=lane, order=ago(10))
    leases.finish(claimed(), WaitForSomebody("Void one of them.", look_after=timedelta(minutes=2)))
    first = claimed()
    leases.finish(first, Again(timedelta(hours=1)))
    assert leases.claim() is None

    change(older, look_at=ago(1))
    assert (first.run_id, claimed().run_id) == (younger.pk, older.pk)
    assert now(older).look_at is None
