"""The vendor's limit is kept by all workers together, before it is hit; without Valkey, more slowly by each."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from pytest_django import Settings

from connectors.kit.errors import RateLimited
from connectors.kit.http import Answer
from connectors.kit.limits import Burst, Limits
from jobs import budgets
from jobs.budgets import SharedBudget
from jobs.own_share import OwnShare
from tests.threads import at_once

MINUTE = timedelta(minutes=1)


def account(per_minute: int = 60, concurrent: int = 1000) -> SharedBudget:
    return SharedBudget(f"test:{uuid4()}", "acme", Limits(per_minute, concurrent))


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


def test_a_slot_lasts_as_long_as_its_call_may_and_no_longer() -> None:
    """Its holder may be dead: minutes later, by Valkey's clock, whoever takes over finds the place free."""
    limits = Limits(per_minute=1000, concurrent=1, answer_seconds=120)
    start = int(time.time() * 1000)
    early = SharedBudget(f"app-{uuid4()}", "account", limits, now=lambda: start)

    def free_after(**passed: float) -> bool:
        return calls(replace(early, now=lambda: start + int(timedelta(**passed) / timedelta(milliseconds=1)))) == 1

    with early.call():
        assert not free_after(seconds=134)
        assert free_after(seconds=136)
    with early.call(sends_file=True):
        assert not free_after(seconds=169)
        assert free_after(seconds=171)


@pytest.fixture
def no_valkey(settings: Settings) -> Iterator[None]:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    yield
    budgets.alone.forget()


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


@pytest.mark.usefixtures("no_valkey")
def test_without_valkey_a_process_spaces_its_calls_evenly(settings: Settings) -> None:
    settings.WORKER_PROCESSES = 1
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
def test_a_429_is_learnt_by_the_process_alone_when_valkey_is_away() -> None:
    budget = account(per_minute=100_000)
    budget.learn(Answer(429, {"retry-after": "30"}, b""))

    with pytest.raises(RateLimited) as caught, budget.call():
        pass
    assert caught.value.wait
    assert timedelta(seconds=20) < caught.value.wait <= timedelta(seconds=30)


@pytest.mark.usefixtures("no_valkey")
def test_what_the_vendor_says_is_left_is_no_error_when_valkey_is_away() -> None:
    account().learn(Answer(200, {"left": "30"}, b""))


class Monotonic:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_share_of_the_day_is_kept_too() -> None:
    time, limits = Monotonic(), Limits(per_minute=60, per_day=10)
    share = OwnShare(time)

    def calls(times: int) -> int:
        taken = 0
        for _ in range(times):
            taken += share.take("app", "acme", limits, processes=2) is None
            time.now += 2
        return taken

    assert calls(50) == 5
    assert share.take("app", "acme", limits, processes=2) == timedelta(days=1, seconds=-100)
    time.now = 24 * 3600
    assert calls(50) == 5


@pytest.mark.parametrize("processes", [1, 4, 100])
def test_alone_no_window_holds_more_than_the_share_however_the_calls_come(processes: int) -> None:
    time, limits, chance = Monotonic(), Limits(per_minute=60, burst=Burst(16, 5)), Random(7)
    share = OwnShare(time)
    made: list[float] = []
    for _ in range(3000):
        time.now += chance.choice([0.0, 0.01, 0.5, 3.0, 20.0])
        if share.take("app", "acme", limits, processes) is None:
            made.append(time.now)

    for most, seconds in ((60, 60), (16, 5)):
        assert max(sum(at <= one < at + seconds for one in made) for at in made) <= max(2, most // processes)
    assert len(made) > time.now / 60 * min(1, 60 / processes / 4)


def test_alone_a_wait_is_followed_by_several_calls_in_a_row() -> None:
    """Or a slice that needs two calls before it can save anything would need them for ever."""
    time, limits = Monotonic(), Limits(per_minute=60)
    share = OwnShare(time)
    while not (wait := share.take("app", "acme", limits, processes=1)):
        pass
    time.now += wait.total_seconds() + 0.001

    assert [share.take("app", "acme", limits, processes=1) for _ in range(10)] == [None] * 10


def test_accounts_share_the_applications_minute_also_alone() -> None:
    share = OwnShare(Monotonic())
    limits = Limits(per_minute=60, application_per_minute=60)
    taken = [share.take("app", f"company {n}", limits, processes=1) for n in range(20)]
    assert taken.count(None) == 10
    assert share.take("stranger", "third", limits, processes=1) is None
