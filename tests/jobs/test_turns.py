"""A turn works what is due, in a slot of this process that is free; none begins while the process ends."""

from collections.abc import Iterator
from threading import BoundedSemaphore

import pytest

from jobs import turns
from jobs.handlers import Ended, Next
from jobs.slices import Slice
from tests.factories import RunFactory
from tests.jobs.conftest import Register
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ending() -> Iterator[None]:
    turns.stopping.set()
    yield
    turns.stopping.clear()


def ended(current: Slice) -> Next:
    return Ended()


def test_a_turn_works_all_that_is_due(handle: Register) -> None:
    handle(ended)
    RunFactory.create_batch(3)

    assert turns.take() == 3


def test_more_turns_than_slots_leave_the_work_to_those_that_have_one(
    handle: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_free", BoundedSemaphore(2))
    at_work: list[None] = []
    most: list[int] = []

    def work(current: Slice) -> Next:
        at_work.append(None)
        most.append(len(at_work))
        at_work.pop()
        return Ended()

    handle(work)
    RunFactory.create_batch(20)

    assert sum(at_once(6, lambda _: turns.take())) == 20
    assert max(most) <= 2


@pytest.mark.usefixtures("ending")
def test_a_process_that_ends_begins_nothing(handle: Register) -> None:
    handle(ended)
    RunFactory.create()

    assert turns.take() == 0
