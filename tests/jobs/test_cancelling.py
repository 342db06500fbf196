"""Cancelling: open work ends as its kind of work can, and what was done before stays done."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from connections.models import Application
from jobs import handlers, steering
from jobs.handlers import Ended, Kind, Next, WaitForSomebody
from jobs.models import Run, RunState, Stop
from jobs.slices import Slice, work_one
from jobs.steering import EVERYTHING
from tests.factories import RunFactory
from tests.jobs.conftest import Register
from tests.jobs.rows import change, now
from tests.jobs.steered import ACTOR, SIGHTS, WIDTHS, Worker, on_run, scopes_of, steer, trail

pytestmark = pytest.mark.django_db(transaction=True)

Cancelled = list[UUID]


@pytest.fixture
def cancelled(monkeypatch: pytest.MonkeyPatch) -> Cancelled:
    """The runs that were given to the canceller of the kind "test"."""
    seen: Cancelled = []

    def cancel(current: Slice) -> Next:
        current.check()
        seen.append(current.held.run_id)
        return Ended("Cancelled.")

    monkeypatch.setitem(handlers._kinds, "test", Kind(cancel, cancel))
    return seen


@pytest.mark.parametrize("state", [RunState.READY, RunState.WAITING, RunState.PAUSED])
def test_a_cancelled_run_is_ended_by_its_kinds_canceller(
    state: RunState, cancelled: Cancelled, handle: Register
) -> None:
    run = RunFactory.create(state=state, attempts=9)
    handle(lambda _: Ended("It was done."))

    assert on_run(steering.cancel_run, run)
    work_one()

    assert cancelled == [run.pk]
    assert (now(run).state, now(run).stop, now(run).remark) == (RunState.ENDED, Stop.CANCEL, "Cancelled.")
    assert trail() == [("run.cancelled", ACTOR)]


@SIGHTS
def test_work_under_way_is_cancelled_in_its_slice(
    obeys: str, run: Run, cancelled: Cancelled, handle: Register
) -> None:
    worker = Worker(lambda: on_run(steering.cancel_run, run), obeys)
    handle(worker)

    work_one()
    assert (worker.done, worker.saved, cancelled) == (3, 3, [])
    work_one()

    assert (now(run).state, now(run).stop, cancelled) == (RunState.ENDED, Stop.CANCEL, [run.pk])


def test_a_run_that_ends_by_itself_before_it_hears_of_it_was_not_cancelled(run: Run, handle: Register) -> None:
    def work(_: Slice) -> Next:
        on_run(steering.cancel_run, run)
        return Ended("All done.")

    handle(work)
    work_one()

    assert (now(run).state, now(run).stop, now(run).remark) == (RunState.ENDED, "", "All done.")


def test_a_run_that_begins_to_wait_before_it_hears_of_it_is_cancelled_at_once(
    run: Run, cancelled: Cancelled, handle: Register
) -> None:
    def work(_: Slice) -> Next:
        on_run(steering.cancel_run, run)
        return WaitForSomebody("Choose an account.")

    handle(work)
    work_one()
    work_one()

    assert cancelled == [run.pk]


@WIDTHS
def test_all_open_work_of_something_is_cancelled_and_nothing_else(
    width: str, run: Run, application: Application, cancelled: Cancelled, handle: Register
) -> None:
    handle(lambda _: Ended("It was done."))
    before = RunFactory.create(tenant=run.tenant, keys=run.keys, state=RunState.ENDED)
    other = RunFactory.create(keys=[uuid4(), uuid4()])

    number = steer(steering.cancel, scopes_of(run, application)[width])
    later = RunFactory.create(tenant=run.tenant, keys=run.keys)
    while work_one():
        pass

    assert set(cancelled) == ({run.pk, other.pk} if width == "everything" else {run.pk})
    assert number == len(cancelled)
    assert [now(one).remark for one in (before, later)] == ["", "It was done."]
    assert trail() == [("work.cancelled", ACTOR)]


def test_what_is_paused_as_a_whole_is_cancelled_when_it_is_resumed(
    run: Run, cancelled: Cancelled, handle: Register
) -> None:
    handle(lambda _: Ended())
    steer(steering.pause, EVERYTHING)
    on_run(steering.cancel_run, run)
    assert work_one() is False

    steer(steering.resume, EVERYTHING)
    work_one()

    assert cancelled == [run.pk]


def test_a_cancellation_stands_still_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    went_on = []

    def cancel(current: Slice) -> Next:
        steer(steering.pause, EVERYTHING)
        current.check()
        went_on.append(current)
        return Ended()

    monkeypatch.setitem(handlers._kinds, "test", Kind(lambda _: Ended(), cancel))
    on_run(steering.cancel_run, run)
    work_one()

    assert (went_on, now(run).state) == ([], RunState.READY)


@pytest.mark.parametrize("act", [steering.cancel_run, steering.pause_run])
def test_what_is_being_cancelled_is_neither_cancelled_again_nor_paused(act: Callable[..., bool], run: Run) -> None:
    on_run(steering.cancel_run, run)
    assert not on_run(act, run)


def test_what_has_ended_is_not_cancelled(run: Run) -> None:
    change(run, state=RunState.ENDED)
    assert not on_run(steering.cancel_run, run)
    assert trail() == []
