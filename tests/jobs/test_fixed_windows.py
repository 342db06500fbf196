"""A vendor with fixed windows of its own, workers that never rest: no 429, and little of the budget unused.

Only time is made up. The budget is the real one in Valkey, asked by that time.
"""

import heapq
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest

from connectors.kit.errors import RateLimited
from connectors.kit.http import Answer
from connectors.kit.limits import Limits
from connectors.xero.connector import Xero
from jobs.budgets import SharedBudget
from tests.jobs.budget_clock import ONE, Time

MINUTE = 60_000.0
Latency = Callable[[random.Random], float]
QUICK: Latency = lambda chance: chance.uniform(30, 70)  # noqa: E731
UNEVEN: Latency = lambda chance: chance.choice([40, 40, 40, 300, 4000])  # noqa: E731


@dataclass
class Org:
    """60 a minute, 5 at once; its minute begins at another second than ours."""

    offset: float
    minute: int = 60
    at_once: int = 5
    storm: bool = False  # refuses everything, whatever was asked
    used: dict[int, int] = field(default_factory=dict)
    flying: int = 0
    refused: list[str] = field(default_factory=list)

    def arrives(self, now: float) -> Answer:
        self.flying += 1
        window = int((now - self.offset) // MINUTE)
        used = self.used.get(window, 0)
        if self.flying > self.at_once:
            return self._refuse("concurrent", {})
        if used >= self.minute or self.storm:
            ends = (window + 1) * MINUTE + self.offset
            return self._refuse("minute", {"retry-after": str(int((ends - now) / 1000) + 1)})
        self.used[window] = used + 1
        return Answer(200, {"x-minlimit-remaining": str(self.minute - used - 1)}, b"")

    def leaves(self) -> None:
        self.flying -= 1

    def _refuse(self, problem: str, headers: dict[str, str]) -> Answer:
        self.refused.append(problem)
        return Answer(429, {"x-rate-limit-problem": problem, **headers}, b"")

    def share_used(self) -> float:
        """Of the minutes that were played from their begin to their end."""
        whole = [used for _, used in sorted(self.used.items())[1:-1]]
        return sum(whole) / len(whole) / self.minute


class World:
    """Plays what happens in the order of its time."""

    def __init__(self, seed: int) -> None:
        self.time, self.chance = Time(), random.Random(seed)
        self._order, self._events = count(), list[tuple[float, int, Callable[[], None]]]()

    def after(self, wait: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.time.now + wait, next(self._order), act))

    def play(self, minutes: int) -> None:
        until = self.time.now + minutes * MINUTE
        while self._events and self._events[0][0] <= until:
            self.time.now, _, act = heapq.heappop(self._events)
            act()

    def worker(self, budget: SharedBudget, org: Org, latency: Latency) -> None:
        """Calls again and again; what it is told to wait, it waits."""

        def ask() -> None:
            call = budget.call()
            try:
                call.__enter__()
            except RateLimited as refusal:
                self.after((refusal.wait or timedelta(0)) / ONE, ask)
                return
            self.after(latency(self.chance) / 2, lambda: arrive(call))

        def arrive(call: AbstractContextManager[None]) -> None:
            answer = org.arrives(self.time.now)
            self.after(latency(self.chance) / 2, lambda: back(call, answer))

        def back(call: AbstractContextManager[None], answer: Answer) -> None:
            org.leaves()
            call.__exit__(None, None, None)
            budget.learn(answer)
            ask()

        self.after(self.chance.uniform(0, 1000), ask)

    def budget(self, limits: Limits, application: str) -> SharedBudget:
        return SharedBudget(application, str(uuid4()), limits, now=self.time)


@pytest.fixture
def application() -> str:
    return f"test:{uuid4()}"


@pytest.mark.parametrize("offset", [7_300, 59_900])
def test_a_minute_is_used_up_and_never_overdrawn(application: str, offset: float) -> None:
    world, org = World(seed=1), Org(offset)
    budget = world.budget(Xero.limits, application)
    for _ in range(6):
        world.worker(budget, org, QUICK)

    world.play(minutes=12)
    assert org.refused == []
    assert org.share_used() >= 0.95


@pytest.mark.parametrize("seed", range(4))
def test_however_unevenly_calls_arrive_no_window_is_overdrawn(application: str, seed: int) -> None:
    """With every call of the budget allowed: what is late must not fall into a minute that is full."""
    world, org = World(seed), Org(offset=world_offset(seed))
    budget = world.budget(replace(Xero.limits, per_minute=60), application)
    for _ in range(8):
        world.worker(budget, org, UNEVEN)

    world.play(minutes=8)
    assert org.refused == []
    assert max(org.used.values()) > 50


def world_offset(seed: int) -> float:
    return random.Random(seed).uniform(0, MINUTE)


def test_a_storm_of_429_slows_one_account_only(application: str) -> None:
    world, calm, stormy = World(seed=2), Org(offset=30_000), Org(offset=2_000, storm=True)
    for org in (calm, stormy):
        budget = world.budget(Xero.limits, application)
        for _ in range(4):
            world.worker(budget, org, QUICK)

    world.play(minutes=12)
    assert calm.refused == []
    assert calm.share_used() >= 0.9
    assert len(stormy.refused) <= 13 * 4  # the calls that were under way, once a minute


def test_a_budget_that_somebody_else_spends_is_learnt_in_time(application: str) -> None:
    """Two deployments that know nothing of each other, or one whose Valkey was emptied."""
    world, org = World(seed=3), Org(offset=11_000, at_once=100)
    for deployment in ("ours", "theirs"):
        budget = world.budget(Xero.limits, f"{application}:{deployment}")
        for _ in range(4):
            world.worker(budget, org, QUICK)

    world.play(minutes=10)
    assert len(org.refused) <= 11 * 4  # what the other had under way when the last call was spent
    assert org.share_used() >= 0.9


def test_the_vendor_takes_less_than_it_said(application: str) -> None:
    world, org = World(seed=4), Org(offset=5_000, minute=20)
    budget = world.budget(Xero.limits, application)
    for _ in range(4):
        world.worker(budget, org, QUICK)

    world.play(minutes=8)
    assert org.refused == []
    assert org.share_used() >= 0.5
