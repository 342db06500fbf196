"""Pause and resume: one run, or all work that belongs to something. Work under way obeys in its slice."""

from datetime import timedelta
from uuid import uuid4

import pytest

from connections.models import Application
from jobs import leases, slices, steering
from jobs.handlers import Again, Ended, Next, WaitForSomebody
from jobs.models import Run, RunState
from jobs.slices import Slice, work_one
from jobs.steering import Scope
from jobs.sweep import sweep
from tests.factories import ApplicationFactory, RunFactory, TenantFactory
from tests.jobs.conftest import Register
from tests.jobs.rows import ago, change, now
from tests.jobs.steered import ACTOR, SIGHTS, WIDTHS, Worker, on_run, part, scopes_of, steer, trail

# The heartbeat is a thread with a connection of its own, so what it renews must be committed.
pytestmark = pytest.mark.django_db(transaction=True)


@WIDTHS
def test_what_is_paused_is_not_begun_and_goes_on_when_it_is_resumed(
    width: str, run: Run, application: Application
) -> None:
    scope = scopes_of(run, application)[width]

    assert steer(steering.pause, scope)
    assert leases.claim() is None
    assert sweep() == 0
    assert steer(steering.resume, scope)

    assert leases.claim()
    assert trail() == [("work.paused", ACTOR), ("work.resumed", ACTOR)]


@pytest.mark.parametrize("width", ["part", "tenant", "application"])
def test_a_pause_of_something_else_stops_nothing(width: str, run: Run, application: Application) -> None:
    other = RunFactory.create(keys=[uuid4(), uuid4()])
    elsewhere = ApplicationFactory.create(environment="production")
    scope = scopes_of(other, elsewhere)[width]
    steer(steering.pause, scope)

    claimed = [leases.claim() for _ in range(2)]
    assert run.pk in {held.run_id for held in claimed if held}


def test_a_key_of_another_tenant_is_another_key(run: Run) -> None:
    other = TenantFactory.create()
    steer(steering.pause, Scope(part(run.keys[0]), other.pk))
    assert leases.claim()


def test_work_that_is_opened_during_a_pause_waits_too(run: Run) -> None:
    steer(steering.pause, Scope(run.tenant, run.tenant_id))
    RunFactory.create(tenant=run.tenant)
    assert leases.claim() is None


def test_a_pause_within_a_pause_holds_until_both_are_over(run: Run, application: Application) -> None:
    inner, outer = (scopes_of(run, application)[width] for width in ("part", "everything"))
    steer(steering.pause, inner)
    steer(steering.pause, outer)

    steer(steering.resume, outer)
    assert leases.claim() is None
    steer(steering.resume, inner)

    assert leases.claim()


def test_pausing_twice_and_resuming_twice_say_so_and_leave_one_trail(run: Run) -> None:
    scope = Scope(run.tenant, run.tenant_id)
    assert [steer(steering.pause, scope) for _ in range(2)] == [True, False]
    assert [steer(steering.resume, scope) for _ in range(2)] == [True, False]
    assert trail() == [("work.paused", ACTOR), ("work.resumed", ACTOR)]


@SIGHTS
@WIDTHS
def test_work_under_way_is_saved_and_lets_go_in_its_slice(
    width: str, obeys: str, run: Run, application: Application, handle: Register
) -> None:
    scope = scopes_of(run, application)[width]
    worker = Worker(lambda: steer(steering.pause, scope), obeys)
    handle(worker)

    work_one()

    assert (worker.done, worker.saved) == (3, 3)
    assert (now(run).state, now(run).attempts, now(run).lease_until) == (RunState.READY, 0, None)
    assert work_one() is False
    steer(steering.resume, scope)
    work_one()
    assert (now(run).state, worker.done, worker.saved) == (RunState.ENDED, 100, 100)


@SIGHTS
def test_a_run_that_is_worked_on_is_paused_in_its_slice(obeys: str, run: Run, handle: Register) -> None:
    worker = Worker(lambda: on_run(steering.pause_run, run), obeys)
    handle(worker)

    work_one()

    assert (worker.done, worker.saved) == (3, 3)
    assert now(run).state == RunState.PAUSED
    assert on_run(steering.resume_run, run)
    work_one()
    assert (now(run).state, worker.done) == (RunState.ENDED, 100)


def test_letting_go_is_no_attempt(run: Run, handle: Register) -> None:
    change(run, attempts=5, remark="The vendor is away.")

    def work(current: Slice) -> Next:
        on_run(steering.pause_run, run)
        current.check()
        raise AssertionError("It goes on.")

    handle(work)
    work_one()

    assert (now(run).state, now(run).attempts, now(run).remark) == (RunState.PAUSED, 5, "The vendor is away.")


def test_a_pause_that_was_taken_back_in_the_same_slice_stops_nothing(run: Run, handle: Register) -> None:
    def work(current: Slice) -> Next:
        on_run(steering.pause_run, run)
        assert on_run(steering.resume_run, run)
        current.check()
        return Ended()

    handle(work)
    work_one()

    assert now(run).state == RunState.ENDED


@pytest.mark.parametrize("state", [RunState.READY, RunState.WAITING])
def test_a_run_that_nobody_works_on_is_paused_at_once(state: RunState) -> None:
    run = RunFactory.create(state=state)
    assert on_run(steering.pause_run, run)
    assert (now(run).state, now(run).stop) == (RunState.PAUSED, "")
    assert trail() == [("run.paused", ACTOR)]


@pytest.mark.parametrize("state", [RunState.PAUSED, RunState.ENDED])
def test_what_cannot_be_paused_says_so_and_leaves_no_trail(state: RunState, run: Run) -> None:
    change(run, state=state)
    assert not on_run(steering.pause_run, run)
    assert now(run).state == state
    assert trail() == []


def test_a_worker_that_dies_before_it_obeys_is_followed_by_one_that_does(run: Run, handle: Register) -> None:
    handle(lambda _: Ended("It went on."))
    leases.claim()
    on_run(steering.pause_run, run)
    change(run, lease_until=ago(1))

    work_one()

    assert now(run).state == RunState.PAUSED


@pytest.mark.parametrize("then", [Again(timedelta(minutes=1)), WaitForSomebody("Choose an account.")])
def test_a_slice_that_did_not_notice_is_paused_at_its_end(then: Next, run: Run, handle: Register) -> None:
    def work(_: Slice) -> Next:
        on_run(steering.pause_run, run)
        return then

    handle(work)
    work_one()

    assert now(run).state == RunState.PAUSED


def test_the_heartbeat_hears_of_a_pause_while_the_handler_is_busy(
    run: Run, handle: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=0.3))

    def work(current: Slice) -> Next:
        on_run(steering.pause_run, run)
        while not current.is_over:
            pass
        return Again()

    handle(work)
    monkeypatch.setattr(slices, "SECONDS", 60)
    work_one()

    assert now(run).state == RunState.PAUSED
