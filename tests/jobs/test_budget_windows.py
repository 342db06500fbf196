"""Minutes and days are counted for each account, minutes for the application as well."""

from datetime import timedelta
from uuid import uuid4

import pytest

from connectors.kit.limits import Burst
from tests.jobs.budget_clock import ONE, Time, account, limits

SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))


@pytest.fixture
def time() -> Time:
    return Time()


def test_a_minutes_calls_are_free_again_a_minute_after_their_answers(time: Time) -> None:
    acme = account(limits(per_minute=2), time)
    with acme.under_way(1):
        time.passes(10 * SECOND)
    acme.calls()

    assert acme.wait() == MINUTE
    time.passes(MINUTE - ONE)
    assert acme.calls() == 0
    time.passes(ONE)
    assert acme.calls(5) == 2


def test_no_wait_for_a_minute_is_longer_than_one(time: Time) -> None:
    acme = account(limits(per_minute=1), time)
    with acme.under_way(1):
        assert acme.wait() == MINUTE


def test_a_shorter_window_is_free_again_so_long_after_its_answers_and_the_minute_still_counts(time: Time) -> None:
    acme = account(limits(per_minute=7, burst=Burst(3, 5)), time)
    with acme.under_way(1):
        time.passes(10 * SECOND)
        assert acme.calls(5) == 2
    assert acme.wait() == 5 * SECOND
    time.passes(5 * SECOND - ONE)
    assert acme.calls() == 0
    time.passes(ONE)
    assert acme.calls(5) == 3
    time.passes(5 * SECOND)
    assert acme.calls(5) == 1
    assert acme.wait() == 50 * SECOND


def test_a_call_that_is_still_under_way_counts_however_long_it_takes(time: Time) -> None:
    acme = account(limits(per_minute=1), time)
    with acme.under_way(1):
        time.passes(MINUTE + 10 * SECOND)
        assert acme.calls() == 0


def test_a_call_whose_worker_died_gives_its_place_back(time: Time) -> None:
    acme = account(limits(concurrent=1), time)
    acme.budget._take("of a worker that is killed", acme.budget.lasts())
    assert acme.calls() == 0
    time.passes(acme.budget.lasts())
    assert acme.calls() == 1


def test_a_days_calls_are_bounded_and_free_again_a_day_later(time: Time) -> None:
    acme = account(limits(per_day=10), time)
    assert acme.calls(20) == 10
    refusal = acme.refusal()
    assert refusal.wait
    assert 23 * HOUR < refusal.wait <= DAY
    assert "today" in refusal.sentence

    time.passes(DAY - HOUR)
    assert acme.calls() == 0
    time.passes(2 * HOUR)
    assert acme.calls(20) == 10


def test_a_day_ends_for_each_hours_calls_in_turn(time: Time) -> None:
    acme = account(limits(per_day=10), time)
    acme.calls(4)
    time.passes(5 * HOUR)
    acme.calls(6)
    assert acme.wait() <= 20 * HOUR

    time.passes(20 * HOUR)
    assert acme.calls(20) == 4


def test_the_days_last_calls_are_for_people(time: Time) -> None:
    person = account(limits(per_day=10), time)
    run = person.of_a_run(kept=3)

    assert run.calls(20) == 7
    assert "today" in run.refusal().sentence
    assert person.calls(20) == 3


def test_an_application_has_one_minute_for_all_accounts(time: Time) -> None:
    its, app = limits(application_per_minute=5), f"test:{uuid4()}"
    one, other = account(its, time, app), account(its, time, app)
    stranger = account(its, time)

    assert one.calls(4) == 4
    assert other.calls(4) == 1
    assert "all companies" in other.refusal().sentence
    assert other.wait() == MINUTE
    assert stranger.calls(4) == 4


def test_what_one_limit_refuses_uses_up_no_other(time: Time) -> None:
    its, app = limits(per_minute=1, per_day=100, application_per_minute=5), f"test:{uuid4()}"
    assert account(its, time, app).calls(50) == 1
    assert sum(account(its, time, app).calls() for _ in range(10)) == 4


def test_the_longest_of_all_waits_is_told(time: Time) -> None:
    acme = account(limits(per_minute=1, per_day=1), time)
    acme.calls()
    assert acme.wait() > HOUR


def test_an_account_named_like_a_part_of_the_budget_is_none(time: Time) -> None:
    its, app = limits(per_minute=1), f"test:{uuid4()}"
    assert [account(its, time, app, name).calls() for name in ("minute", "told", "of", "a:minute")] == [1, 1, 1, 1]
