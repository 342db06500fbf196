"""A slice whose end could not be written, because PostgreSQL was away, is ended as soon as it is back."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import OperationalError, connection

from jobs import unsaved
from jobs.handlers import Ended, Next
from jobs.leases import claim
from jobs.models import RunState
from jobs.slices import Slice, work_one
from tests.factories import RunFactory
from tests.jobs.conftest import Register
from tests.jobs.rows import ago, change, now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    yield
    unsaved._unsaved.clear()


def refused(*given: object) -> object:
    raise psycopg.OperationalError("connection refused")


def test_it_is_said_when_postgresql_is_back(handle: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose_it(current: Slice) -> Next:
        connection.close()
        monkeypatch.setattr(connection, "get_new_connection", refused)
        return Ended("It was done.")

    handle(lose_it)
    run = RunFactory.create()
    with pytest.raises(OperationalError):
        work_one()
    with pytest.raises(OperationalError):
        unsaved.save()
    monkeypatch.undo()
    assert now(run).state == RunState.HELD
    assert unsaved.pause() == unsaved.AGAIN_SECONDS

    assert unsaved.save() == 1

    assert (now(run).state, now(run).remark) == (RunState.ENDED, "It was done.")
    assert unsaved.save() == 0
    assert unsaved.pause() == float("inf")


def test_nothing_is_said_of_a_run_that_somebody_else_holds_by_now() -> None:
    run = RunFactory.create()
    first = claim()
    assert first
    change(run, lease_until=ago(1), calling_until=None)
    second = claim()
    assert second
    assert second.fence == first.fence + 1
    unsaved._unsaved.append((first, Ended()))

    unsaved.save()

    assert (now(run).state, now(run).fence) == (RunState.HELD, second.fence)
