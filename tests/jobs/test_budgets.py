"""The vendor's limit is kept by all workers together, before it is hit; without Valkey, more slowly by each."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from uuid import uuid4

import pytest
from pytest_django import Settings

from connectors.kit.connector import Limits
from connectors.kit.errors import RateLimited
from connectors.kit.http import Answer
from jobs import budgets
from jobs.budgets import SharedBudget
from tests.threads import at_once

MINUTE = timedelta(minutes=1)


def account(per_minute: int = 60, concurrent: int = 1000) -> SharedBudget:
    return SharedBudget(f"test:{uuid4()}", Limits(per_minute, concurrent))


def calls(budget: SharedBudget, times: int = 1) -> int:
    """How many of them were allowed."""
    allowed = 0
    for _ in range(times):
        try:
            with budget.call():
                allowed += 1
        except RateLimited:
            pass
    return allowed


@pytest.fixture
def no_valkey(settings: Settings) -> Iterator[None]:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    yield
    budgets._own.clear()


def test_sixty_a_minute_are_sixty_however_many_threads_ask() -> None:
    budget = account(60)
    assert sum(at_once(16, lambda _: calls(budget, 8))) == 60


def test_a_refusal_says_when_to_come_back() -> None:
    budget = account(per_minute=1)
    calls(budget)

    with pytest.raises(RateLimited) as caught, budget.call():
        pass
    assert caught.value.wait
    assert timedelta(seconds=20) < caught.value.wait <= MINUTE


def test_calls_under_way_are_bounded_and_give_their_place_back() -> None:
    budget = account(per_minute=1000, concurrent=4)
    with ExitStack() as under_way:
        for _ in range(4):
            under_way.enter_context(budget.call())
        assert calls(budget) == 0
    assert calls(budget) == 1


def test_a_call_that_fails_gives_its_place_back() -> None:
    budget = account(per_minute=1000, concurrent=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), budget.call():
            raise ZeroDivisionError


def test_what_is_refused_uses_up_nothing() -> None:
    budget = account(per_minute=2)
    assert calls(budget, 10) == 2
    with pytest.raises(RateLimited) as caught, budget.call():
        pass
    assert caught.value.wait
    assert caught.value.wait <= MINUTE


def test_accounts_do_not_share() -> None:
    one, two = account(per_minute=1), account(per_minute=1)
    assert (calls(one, 2), calls(two, 2)) == (1, 1)


@pytest.fixture
def long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """So long that no slow machine outlives them."""
    monkeypatch.setattr(budgets, "PAUSE", timedelta(seconds=300))
    monkeypatch.setattr(budgets, "SHORTEST_PAUSE", timedelta(seconds=100))


def pause_after(said: str) -> timedelta:
    budget = account()
    budget.learn(Answer(429, {"retry-after": said}, b""))

    with pytest.raises(RateLimited) as caught, SharedBudget(budget.account, budget.limits).call():
        pass
    assert caught.value.wait
    return caught.value.wait


@pytest.mark.usefixtures("long_pauses")
@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("900", 900),
        ("0", 100),
        ("", 300),
        ("soon", 300),
        ("-5", 300),
        ("259200", 300),
        ("9" * 5000, 300),
        ("²", 300),
    ],
    ids=["seconds", "none", "nothing", "words", "negative", "three days", "a huge number", "no digit"],
)
def test_a_429_stops_everybody_for_the_vendors_time_or_a_while(said: str, seconds: int) -> None:
    assert timedelta(seconds=seconds - 60) < pause_after(said) <= timedelta(seconds=seconds)


def test_a_429_that_names_a_date_stops_everybody_until_then() -> None:
    in_an_hour = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert timedelta(minutes=58) < pause_after(in_an_hour) <= timedelta(hours=1)


def test_another_answer_stops_nobody() -> None:
    budget = account()
    budget.learn(Answer(503, {"retry-after": "30"}, b""))
    assert calls(budget) == 1


@pytest.mark.usefixtures("no_valkey")
def test_without_valkey_a_process_spaces_its_calls_evenly() -> None:
    budget = account(per_minute=1)
    assert sum(at_once(8, lambda _: calls(budget, 4))) == 1
    with pytest.raises(RateLimited) as caught, budget.call():
        pass
    assert caught.value.wait
    assert caught.value.wait <= MINUTE


@pytest.mark.usefixtures("no_valkey")
def test_without_valkey_each_process_takes_its_share(settings: Settings) -> None:
    settings.WORKER_PROCESSES = 10
    budget = account(per_minute=1)
    calls(budget)

    with pytest.raises(RateLimited) as caught, budget.call():
        pass
    assert caught.value.wait
    assert 9 * MINUTE < caught.value.wait <= 10 * MINUTE


@pytest.mark.usefixtures("no_valkey")
def test_a_429_is_learnt_without_an_error_when_valkey_is_away() -> None:
    account().learn(Answer(429, {"retry-after": "30"}, b""))
