"""What the vendor says is left, and whom a 429 stops and for how long."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from uuid import uuid4

import pytest

from tests.jobs.budget_clock import ONE, Account, Time, account, limits

SECOND, MINUTE, HOUR = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours"))


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def acme(time: Time) -> Account:
    return account(limits(concurrent=4), time)


def test_what_the_vendor_says_is_left_is_all_that_is_taken(acme: Account, time: Time) -> None:
    acme.hears(left_minute="3")
    assert acme.calls(10) == 3
    assert acme.wait() == MINUTE
    time.passes(MINUTE)
    assert acme.calls(10) == 10


def test_calls_under_way_may_not_be_counted_yet(acme: Account) -> None:
    with acme.under_way(2):
        acme.hears(left_minute="3")
        assert acme.calls(10) == 1


def test_every_answer_says_it_anew(acme: Account, time: Time) -> None:
    acme.hears(left_minute="10")
    time.passes(20 * SECOND)
    acme.hears(left_minute="2")  # somebody else calls too
    assert acme.calls(10) == 2
    assert acme.wait() == 40 * SECOND  # the window has gone on since the first of them


def test_answers_that_overtake_each_other_give_nothing_back(acme: Account) -> None:
    acme.hears(left_minute="1")
    acme.hears(left_minute="3")
    assert acme.calls(10) == 1


def test_much_more_than_before_is_a_new_window(acme: Account, time: Time) -> None:
    acme.hears(left_minute="1")
    time.passes(50 * SECOND)
    acme.hears(left_minute="59")
    assert acme.calls(100) == 59
    assert acme.wait() == MINUTE


def test_a_day_lower_than_ours_is_learnt_and_asked_for_again_after_an_hour(time: Time) -> None:
    starter = account(limits(concurrent=4, per_day=5000), time)
    starter.hears(left_day="2")
    assert starter.calls(10) == 2
    assert starter.wait() == HOUR
    time.passes(HOUR)
    assert starter.calls() == 1


def test_the_vendors_day_counts_more_than_ours(time: Time) -> None:
    """Its day began anew at another time than ours, and our count knows nothing of that."""
    acme = account(limits(per_day=5), time)
    acme.calls(5)
    acme.hears(left_day="4000")
    assert acme.calls(50) == 50


def test_the_vendors_last_calls_of_a_day_are_for_people(acme: Account) -> None:
    acme.hears(left_day="5")
    assert acme.of_a_run(kept=3).calls(10) == 2
    assert acme.calls(10) == 3


def test_what_is_left_to_the_application_holds_for_all_its_accounts(time: Time) -> None:
    app = f"test:{uuid4()}"
    one, other = account(limits(), time, app), account(limits(), time, app)
    one.hears(left_application="2")
    assert other.calls(10) == 2
    assert "all companies" in one.refusal().sentence


@pytest.mark.parametrize("nonsense", ["", "-1", "1.5", "none", "²", "9" * 5000, "1000001", "0x10", "+1", "1 2"])
def test_nonsense_is_not_learnt(acme: Account, nonsense: str) -> None:
    acme.hears(left_minute="3")
    acme.hears(left_minute=nonsense, left_day=nonsense, left_application=nonsense)
    assert acme.calls(10) == 3


def test_a_vendor_without_such_headers_teaches_nothing(time: Time) -> None:
    plain = account(limits(), time)
    plain.hears(x_other="0")
    assert plain.calls(10) == 10


@pytest.mark.parametrize(
    ("said", "wait"),
    [("900", 900), ("86400", 86400), ("1", 1), ("0", 1)],
    ids=["minutes", "a day", "a second", "none at all"],
)
def test_a_429_stops_everybody_for_the_vendors_time(acme: Account, said: str, wait: int) -> None:
    acme.hears(429, retry_after=said)
    assert acme.wait() == timedelta(seconds=wait)
    assert "pause" in acme.refusal().sentence


@pytest.mark.parametrize("said", ["", "soon", "-5", "259200", "9" * 5000, "²"])
def test_a_429_without_a_time_that_makes_sense_stops_everybody_for_a_moment(acme: Account, said: str) -> None:
    acme.hears(429, problem="concurrent", retry_after=said)
    assert SECOND / 2 - ONE <= acme.wait() <= 2 * SECOND


def test_such_pauses_grow_while_they_do_not_help_and_no_longer_than_a_minute(acme: Account, time: Time) -> None:
    waits = []
    for _ in range(9):
        acme.hears(429)
        waits.append(acme.wait())
        time.passes(acme.wait())

    assert waits[-1] == MINUTE
    assert waits[3] >= 4 * SECOND - ONE * 8
    time.passes(3 * MINUTE)
    acme.hears(429)
    assert acme.wait() <= 2 * SECOND


def test_the_429s_of_calls_at_once_are_one_pause(acme: Account) -> None:
    for _ in range(4):
        acme.hears(429, problem="concurrent")
    assert acme.wait() <= 2 * SECOND


def test_a_short_pause_does_not_end_a_long_one(acme: Account) -> None:
    acme.hears(429, problem="day", retry_after="30000")
    acme.hears(429, problem="minute", retry_after="20")
    acme.hears(429, problem="concurrent")
    assert acme.wait() == timedelta(seconds=30000)


def test_a_429_that_names_a_date_stops_everybody_until_then(acme: Account) -> None:
    acme.hears(429, retry_after=format_datetime(datetime.now(UTC) + HOUR, usegmt=True))
    assert 58 * MINUTE < acme.wait() <= HOUR


@pytest.mark.parametrize("problem", ["minute", "day", "concurrent", "", "map"])
def test_a_429_stops_its_own_account_only(time: Time, problem: str) -> None:
    app = f"test:{uuid4()}"
    one, other = account(limits(), time, app), account(limits(), time, app)
    one.hears(429, problem=problem, retry_after="30")
    assert (one.calls(), other.calls()) == (0, 1)


@pytest.mark.parametrize("problem", ["appminute", "AppMinute", " app-minute"])
def test_a_429_of_the_application_stops_all_its_accounts_and_no_other_application(time: Time, problem: str) -> None:
    app = f"test:{uuid4()}"
    one, other, stranger = account(limits(), time, app), account(limits(), time, app), account(limits(), time)
    one.hears(429, problem=problem, retry_after="30")
    assert (one.calls(), other.calls(), stranger.calls()) == (0, 0, 1)
    assert other.wait() == 30 * SECOND


def test_another_answer_stops_nobody(acme: Account) -> None:
    acme.hears(503, retry_after="30", problem="day")
    assert acme.calls() == 1
