"""A slice of work, and what becomes of it when it goes well, crashes, or belongs to somebody else by now."""

import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.kit.failures import FailureClass
from database.acting import acting_for
from incidents.models import Incident
from jobs import leases, services, slices, steering
from jobs.handlers import Again, Ended, Next, WaitForSomebody
from jobs.leases import LeaseLost
from jobs.models import Run, RunState, TriggerKind
from jobs.slices import Slice, work_one
from tests.factories import RunFactory
from tests.jobs.conftest import Register
from tests.jobs.rows import ago, change, now
from tests.waiting import until

# The heartbeat is a thread with a connection of its own, so what it renews must be committed.
pytestmark = pytest.mark.django_db(transaction=True)


def incidents(run: Run) -> list[Incident]:
    with acting_for(run.tenant_id):
        return list(Incident.objects.all())


def test_nothing_to_do_says_so() -> None:
    assert work_one() is False


def test_a_run_is_worked_and_ended(handle: Register) -> None:
    run, seen = RunFactory.create(), []

    def work(current: Slice) -> Next:
        seen.append(current.held.run_id)
        return Ended("all done")

    handle(work)

    assert work_one() is True
    assert seen == [run.pk]
    assert (now(run).state, now(run).remark) == (RunState.ENDED, "all done")


def test_a_crash_is_tried_again_after_a_while(handle: Register) -> None:
    run = RunFactory.create()

    def leak(_: Slice) -> Next:
        raise ZeroDivisionError("with a secret in its text")

    handle(leak)
    work_one()

    assert (now(run).state, now(run).attempts) == (RunState.READY, 1)
    assert now(run).remark == "ZeroDivisionError; it is tried again"
    assert now(run).run_at > timezone.now()


def test_every_vain_attempt_waits_longer() -> None:
    waits = [slices.pause(attempts) for attempts in range(1, 12)]
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (1, 2, 4, 8)]
    assert waits[-1] == timedelta(minutes=5) == slices.pause(10_000)


def crash(_: Slice) -> Next:
    raise ZeroDivisionError


def work(run: Run, times: int) -> None:
    """As often, whatever it waits for."""
    for _ in range(times):
        change(run, run_at=ago(1))
        assert work_one()


def die(run: Run) -> None:
    """A record that kills the process leaves no exception behind, only a lease that runs out."""
    assert leases.claim()
    change(run, lease_until=ago(1), calling_until=None)


def test_a_run_that_crashes_again_and_again_is_put_aside_with_an_incident(handle: Register) -> None:
    run = RunFactory.create()
    handle(crash)

    work(run, slices.CRASHES_AT_MOST - 1)
    assert now(run).state == RunState.READY
    work(run, 1)

    assert now(run).state == RunState.ASIDE
    (incident,) = incidents(run)
    assert incident.failure == FailureClass.CODE_CRASH
    assert incident.sentence == (
        "A test run crashed 8 times in a row (ZeroDivisionError) and was put aside. When the cause is mended, resume"
        " the run."
    )
    assert work_one() is False


def test_a_run_whose_worker_dies_again_and_again_is_put_aside_too(handle: Register) -> None:
    run, worked = RunFactory.create(), []

    def note(current: Slice) -> Next:
        worked.append(current)
        return Ended()

    handle(note)
    for _ in range(slices.CRASHES_AT_MOST + 1):
        if now(run).crashes < slices.CRASHES_AT_MOST:
            die(run)

    work_one()

    assert (now(run).state, worked) == (RunState.ASIDE, [])


def test_a_long_wait_for_a_vendor_and_then_a_crash_is_one_crash(handle: Register) -> None:
    run = RunFactory.create()
    handle(lambda _: Again(timedelta(minutes=1)))
    work(run, 60)
    handle(crash)
    work(run, 1)

    assert (now(run).state, now(run).attempts, now(run).crashes) == (RunState.READY, 61, 1)
    assert now(run).run_at < timezone.now() + timedelta(seconds=5)
    assert incidents(run) == []


def test_waits_between_crashes_do_not_hide_them(handle: Register) -> None:
    run = RunFactory.create()
    for _ in range(slices.CRASHES_AT_MOST):
        handle(lambda _: Again(timedelta(minutes=1)))
        work(run, 1)
        handle(crash)
        work(run, 1)
    assert now(run).state == RunState.ASIDE


def test_who_waits_for_days_in_vain_is_put_aside_and_somebody_is_told(handle: Register) -> None:
    run = RunFactory.create(attempts=slices.WAITS_AT_MOST - 1)
    handle(lambda _: Again(timedelta(minutes=5)))
    work(run, 1)
    assert now(run).state == RunState.READY
    work(run, 1)

    assert now(run).state == RunState.ASIDE
    assert "waited in vain 1,000 times" in incidents(run)[0].sentence


def test_a_worker_that_is_killed_after_progress_was_not_killed_in_vain(handle: Register) -> None:
    """Workers that die in every slice of a long job end it all the same."""
    run = RunFactory.create(crashes=slices.CRASHES_AT_MOST - 1)
    held = leases.claim()
    assert held
    current = Slice(held)
    current.progress = True
    with acting_for(run.tenant_id):
        current.hold()
    change(run, lease_until=ago(1))

    handle(lambda _: Again(timedelta(minutes=1)))
    work_one()

    assert (now(run).state, now(run).crashes) == (RunState.READY, 1)


def test_what_was_put_aside_is_resumed_by_a_person_with_a_clean_slate(handle: Register) -> None:
    run = RunFactory.create()
    handle(crash)
    work(run, slices.CRASHES_AT_MOST)

    with acting_for(run.tenant_id):
        assert steering.resume_run(run, actor="user:1")
        assert not steering.resume_run(run, actor="user:1")
    handle(lambda _: Ended())
    work_one()

    assert (now(run).state, now(run).crashes) == (RunState.ENDED, 0)
    assert [one.mended_by for one in incidents(run)] == ["user:1"]


@pytest.mark.parametrize(
    ("trigger", "after"),
    [
        (TriggerKind.WEBHOOK, RunState.ASIDE),
        (TriggerKind.SCHEDULE, RunState.ASIDE),
        (TriggerKind.MANUAL, RunState.READY),
    ],
)
def test_only_a_person_wakes_what_was_put_aside(trigger: TriggerKind, after: RunState) -> None:
    run = RunFactory.create(state=RunState.ASIDE, crashes=8)
    with acting_for(run.tenant_id):
        services.open_run(run.tenant_id, run.kind, run.subject_id, lane=run.lane, trigger=trigger)
        services.wake_waiting(run.tenant_id)
    assert now(run).state == after


def test_what_was_put_aside_can_be_cancelled(handle: Register) -> None:
    run = RunFactory.create(state=RunState.ASIDE, crashes=8)
    handle(crash)
    with acting_for(run.tenant_id):
        assert steering.cancel_run(run, actor="user:1")
    work_one()
    assert now(run).state == RunState.ENDED


def test_what_was_put_aside_does_not_block_its_lane() -> None:
    aside = RunFactory.create(state=RunState.ASIDE, order=ago(60))
    young = RunFactory.create(tenant=aside.tenant, lane=aside.lane)
    held = leases.claim()
    assert held
    assert held.run_id == young.pk


def test_progress_clears_both_counts(handle: Register) -> None:
    run = RunFactory.create(attempts=5, crashes=5)
    handle(lambda _: Again(progress=True))
    work_one()
    assert (now(run).attempts, now(run).crashes) == (0, 0)


def test_an_end_without_progress_counts_as_a_vain_attempt(handle: Register) -> None:
    run = RunFactory.create(attempts=2)
    handle(lambda _: Again())
    work_one()
    assert now(run).attempts == 3


def test_a_crash_after_progress_counts_as_progress(handle: Register) -> None:
    run = RunFactory.create(attempts=3)

    def crash_later(current: Slice) -> Next:
        current.progress = True
        raise ZeroDivisionError

    handle(crash_later)
    work_one()
    assert now(run).attempts == 0


def test_what_waits_for_somebody_is_not_worked_again(handle: Register) -> None:
    run = RunFactory.create()
    handle(lambda _: WaitForSomebody("Choose an account."))
    work_one()

    assert now(run).remark == "Choose an account."
    assert work_one() is False


@pytest.mark.parametrize("check", ["check", "hold", "about_to_call"])
def test_a_worker_that_was_fenced_out_stops_before_its_next_step(handle: Register, check: str) -> None:
    run, after = RunFactory.create(), []
    arguments = [timedelta(seconds=1)] if check == "about_to_call" else []

    def lose(current: Slice) -> Next:
        change(run, lease_until=ago(1))
        assert leases.claim()
        with acting_for(run.tenant_id):
            getattr(current, check)(*arguments)
        after.append("a side effect")
        return Ended()

    handle(lose)

    assert work_one() is True
    assert after == []
    assert now(run).state == RunState.HELD


def test_a_zombie_that_returns_changes_nothing(handle: Register) -> None:
    run = RunFactory.create()

    def sleep_too_long(_: Slice) -> Next:
        change(run, lease_until=ago(1))
        second = leases.claim()
        assert second
        leases.finish(second, Ended("by the second"))
        return Ended("by the zombie")

    handle(sleep_too_long)
    work_one()

    assert now(run).remark == "by the second"


def test_the_heartbeat_keeps_the_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=0.3))
    run = RunFactory.create()
    held = leases.claim()
    assert held
    first, looks = now(run).lease_until, 0
    assert first

    with Slice(held).heartbeat():
        while now(run).lease_until == first and looks < 1000:
            looks += 1
            time.sleep(0.01)

    renewed = now(run).lease_until
    assert renewed
    assert renewed > first


def test_a_heartbeat_that_cannot_renew_stops_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=0.03))
    run = RunFactory.create()
    held = leases.claim()
    assert held
    current = Slice(held)

    change(run, state=RunState.READY)
    with current.heartbeat():
        assert current._lost.wait(10)

    change(run, state=RunState.HELD)
    with pytest.raises(LeaseLost):
        current.check()


@pytest.mark.parametrize("check", ["check", "about_to_call", "save_point"])
def test_a_process_that_is_told_to_end_lets_go_before_its_next_call(
    check: str, handle: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, stopping, saved = RunFactory.create(attempts=3), threading.Event(), []
    monkeypatch.setattr(slices, "stopping", stopping)

    def go_on(current: Slice) -> Next:
        stopping.set()
        with acting_for(run.tenant_id):
            current.hold()
            saved.append(current)
        assert current.is_over
        with acting_for(run.tenant_id):
            current.about_to_call(timedelta(seconds=1)) if check == "about_to_call" else getattr(current, check)()
        return Ended()

    handle(go_on)
    work_one()

    assert len(saved) == 1
    assert (now(run).state, now(run).lease_until, now(run).attempts) == (RunState.READY, None, 3)


def test_in_a_crowd_a_slice_ends_early_for_those_who_wait(handle: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have work for longer than a slice; with one slot they take turns."""
    monkeypatch.setattr(slices, "SECONDS_IN_A_CROWD", 0.0)
    monkeypatch.setattr(slices, "LOOKS", timedelta(seconds=0.05))
    monkeypatch.setattr(slices, "SECONDS", 600.0)
    big, small, turns = RunFactory.create(), RunFactory.create(), []

    def work_on(current: Slice) -> Next:
        turns.append(current.held.run_id)
        if current.held.run_id == small.pk:
            return Ended()
        change(small, run_at=ago(5))
        until(lambda: current.is_over)
        return Again()

    handle(work_on)
    change(small, run_at=timezone.now() + timedelta(hours=1))
    work_one()
    work_one()

    assert turns == [big.pk, small.pk]


def test_alone_or_among_ones_own_nobody_gives_way() -> None:
    run = RunFactory.create(order=ago(20))
    RunFactory.create(tenant=run.tenant, run_at=ago(60))
    other = RunFactory.create(run_at=timezone.now() + timedelta(minutes=1))
    held = leases.claim()
    assert held is not None

    def wait(since: float = 1) -> bool:
        return leases.others_wait(held, timedelta(seconds=since))

    assert not wait()
    change(other, run_at=ago(5))
    assert (wait(), wait(since=10)) == (True, False)
    with acting_for(other.tenant_id):
        steering.pause_run(other, actor="user:1")
    assert not wait()
