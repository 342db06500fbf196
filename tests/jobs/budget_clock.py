"""Time that passes when a test says so: budgets are asked by it and not by Valkey's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

import pytest

from connectors.kit.errors import RateLimited
from connectors.kit.http import Answer
from connectors.kit.limits import Burst, LimitHeaders, Limits
from jobs.budgets import SharedBudget

HEADERS = LimitHeaders(
    minute="left-minute",
    day="left-day",
    application_minute="left-application",
    problem="problem",
    application_problem="app",
)
ONE = timedelta(milliseconds=1)


@dataclass
class Time:
    now: float = 1_800_000_000_000.0  # milliseconds

    def __call__(self) -> int:
        return int(self.now)

    def passes(self, time: timedelta) -> None:
        self.now += time / ONE


@dataclass
class Account:
    """A vendor's account with a budget, as a test wants to ask it."""

    budget: SharedBudget

    def calls(self, times: int = 1) -> int:
        """How many of them were allowed."""
        allowed = 0
        for _ in range(times):
            try:
                with self.budget.call():
                    allowed += 1
            except RateLimited:
                pass
        return allowed

    def refusal(self) -> RateLimited:
        with pytest.raises(RateLimited) as caught, self.budget.call():
            pass
        return caught.value

    def wait(self) -> timedelta:
        wait = self.refusal().wait
        assert wait is not None
        return wait

    def hears(self, status: int = 200, **headers: str) -> None:
        """The vendor answers with these headers."""
        self.budget.learn(Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, b""))

    def of_a_run(self, kept: int) -> "Account":
        return Account(replace(self.budget, kept=kept))

    @contextmanager
    def under_way(self, calls: int) -> Iterator[None]:
        if not calls:
            yield
            return
        with self.budget.call(), self.under_way(calls - 1):
            yield


def limits(
    per_minute: int = 1000,
    concurrent: int = 1000,
    per_day: int | None = None,
    application_per_minute: int | None = None,
    burst: Burst | None = None,
) -> Limits:
    return Limits(
        per_minute,
        concurrent,
        per_day,
        application_per_minute=application_per_minute,
        headers=HEADERS,
        burst=burst,
    )


def account(its: Limits, time: Time, application: str = "", company: str = "") -> Account:
    return Account(SharedBudget(application or f"test:{uuid4()}", company or str(uuid4()), its, now=time))
