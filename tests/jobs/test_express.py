"""Small work does not wait behind large work: some slots serve only what has been worked on for a little so far."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from jobs import leases, pulses
from jobs.handlers import Again
from jobs.models import Pulse, Run
from jobs.statements import LITTLE, MOMENT
from tests.factories import RunFactory
from tests.jobs.rows import ago, change, now

pytestmark = pytest.mark.django_db


def worked(run: Run, seconds: float) -> None:
    """A slice of so many seconds, as if it had passed."""
    held = leases.claim()
    assert held
    assert held.run_id == run.pk
    leases.finish(replace(held, claimed=held.claimed - seconds), Again(progress=True))


def test_what_was_worked_on_for_long_is_left_to_the_ordinary_slots() -> None:
    large = RunFactory.create()
    worked(large, LITTLE - 1)
    claimed = leases.claim(express=True)
    assert claimed
    leases.finish(replace(claimed, claimed=claimed.claimed - 2), Again(progress=True))
    assert now(large).worked == pytest.approx(LITTLE + 1, abs=0.5)

    assert leases.claim(express=True) is None
    assert leases.claim()


def test_of_small_work_the_least_worked_on_is_first_whoever_has_waited_longer() -> None:
    begun = RunFactory.create(run_at=ago(60))
    worked(begun, 2)
    fresh = RunFactory.create(tenant=begun.tenant, run_at=ago(1))  # of another tenant it would be first in any case

    claims = [leases.claim(express=True) for _ in range(2)]

    assert [held.run_id for held in claims if held] == [fresh.pk, begun.pk]


def test_in_an_express_slot_nobody_gives_way_to_large_work() -> None:
    RunFactory.create(order=ago(20))
    held = leases.claim(express=True)
    assert held
    other = RunFactory.create(run_at=ago(60))
    assert leases.others_wait(held, timedelta(seconds=1))

    change(other, worked=LITTLE + 1)

    assert not leases.others_wait(held, timedelta(seconds=1))
    assert leases.others_wait(replace(held, express=False), timedelta(seconds=1))


@pytest.fixture
def large() -> Run:
    """Of a customer who has been served already: the next to be served is another."""
    run = RunFactory.create()
    worked(run, LITTLE + 1)
    return run


def claimed_now() -> UUID:
    held = leases.claim()
    assert held
    return held.run_id


def test_ordinary_slots_leave_small_work_for_a_moment_to_an_express_process(large: Run) -> None:
    pulses.express()
    small = RunFactory.create(run_at=ago(0))

    assert claimed_now() == large.pk
    assert claimed_now() == small.pk  # there is nothing else to do


@pytest.mark.parametrize("lives", [True, False])
def test_small_work_is_left_to_nobody_for_longer_nor_to_a_process_that_is_gone(large: Run, lives: bool) -> None:
    pulses.express()
    small = RunFactory.create(run_at=ago(MOMENT + 0.1 if lives else 0))
    if not lives:
        Pulse.objects.update(ticked_at=ago(pulses.GONE_AFTER.total_seconds() + 1))

    assert claimed_now() == small.pk
