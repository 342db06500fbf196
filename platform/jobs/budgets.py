"""The vendor's rate limit, respected before it is hit and shared by all workers through Valkey.

For each account a minute's and a day's calls and the calls under way are counted, and those of a shorter window where
the vendor has one; for each application a minute's.
A call counts from when it is allowed until a minute after its answer, so that no window of the vendor's, wherever it
begins and however slow the way there, can hold more than was allowed. What the vendor says is left lowers that.
With Valkey lost every process falls back to a safe share of its own, so work goes on more slowly.
"""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog
from django.conf import settings
from redis import Redis
from redis.commands.core import Script
from redis.exceptions import RedisError

from connectors.kit.errors import RateLimited
from connectors.kit.http import Answer, longest_call
from connectors.kit.limits import Limits
from jobs.own_share import OwnShare

log = structlog.get_logger()

SHORTEST_PAUSE = timedelta(seconds=1)  # the vendor's "0 seconds" would be the next 429
SHORT_PAUSE = timedelta(seconds=0.5), timedelta(seconds=2)  # after a 429 that names no time
MOST_LEFT = 1_000_000  # a vendor that says more talks nonsense

SENTENCES = {
    "day": "The vendor takes no more calls for this company today.",
    "pause": "The vendor asked for a pause.",
    "application": "The vendor's rate limit for all companies together is used up for the moment.",
}
FOR_THE_MOMENT = "The vendor's rate limit is used up for the moment."

alone = OwnShare()


@cache
def _script(address: str) -> Script:
    valkey = Redis.from_url(address, socket_timeout=1, socket_connect_timeout=0.5)
    return valkey.register_script(Path(__file__).with_name("budget.lua").read_text())


@dataclass(frozen=True)
class SharedBudget:
    """The kit's budget port for one account of one application.

    `application` is `<connector>:<environment>`, `company` the vendor's id of the account. `kept` calls of the day
    are left to others. `now` (milliseconds) is for tests; otherwise it is Valkey's clock.
    """

    application: str
    company: str
    limits: Limits
    kept: int = 0
    now: Callable[[], int] | None = None

    @property
    def account(self) -> str:
        return f"{self.application}:{self.company}"

    def lasts(self, *, sends_file: bool = False) -> timedelta:
        """A call's slot, if its holder dies: no longer than the call may take, for the work that is taken over meets
        it."""
        return longest_call(self.limits.answer_seconds, sends_file=sends_file)

    @contextmanager
    def call(self, *, sends_file: bool = False) -> Iterator[None]:
        slot = uuid4().hex
        self._take(slot, self.lasts(sends_file=sends_file))
        try:
            yield
        finally:
            self._tell(verb="give", slot=slot)

    def learn(self, answer: Answer) -> None:
        """Every answer may say what is left. A 429 stops all workers for this account, or this application, until
        the vendor's own time."""
        names = self.limits.headers
        words = {
            "minute": _left(answer, names.minute),
            "day": _left(answer, names.day),
            "application_minute": _left(answer, names.application_minute),
        }
        said = {name: left for name, left in words.items() if left is not None}
        if answer.status == 429:
            said |= self._pause(answer)
        if said:
            self._tell(verb="learn", concurrent=self.limits.concurrent, **said)

    def _pause(self, answer: Answer) -> dict[str, Any]:
        problem = self.limits.headers.application_problem
        told = answer.headers.get(self.limits.headers.problem, "").strip().lower()
        whose = "application" if problem and told.startswith(problem) else "account"
        asked = answer.retry_after(datetime.now(UTC))
        short = random.uniform(*(pause.total_seconds() for pause in SHORT_PAUSE))
        wait = timedelta(seconds=short) if asked is None else max(asked, SHORTEST_PAUSE)
        alone.pause(self.application if whose == "application" else self.account, wait)
        return {"pause": whose, "short" if asked is None else "wait": _milliseconds(wait)}

    def _take(self, slot: str, lasts: timedelta) -> None:
        limits = {
            "per_minute": self.limits.per_minute,
            "concurrent": self.limits.concurrent,
            "per_day": self.limits.per_day,
            "application_per_minute": self.limits.application_per_minute,
        }
        known = {name: most for name, most in limits.items() if most is not None}
        if burst := self.limits.burst:
            known |= {"burst": burst.calls, "burst_lasts": _milliseconds(timedelta(seconds=burst.seconds))}
        try:
            wait, why = self._ask(verb="take", slot=slot, lasts=_milliseconds(lasts), kept=self.kept, **known)
        except RedisError as error:
            log.warning("budget.alone", error=type(error).__name__)
            self._take_alone()
            return
        if wait:
            raise RateLimited(SENTENCES.get(why.decode(), FOR_THE_MOMENT), wait=timedelta(milliseconds=wait))

    def _take_alone(self) -> None:
        wait = alone.take(self.application, self.account, self.limits, settings.WORKER_PROCESSES)
        if wait:
            raise RateLimited(FOR_THE_MOMENT, wait=wait)

    def _tell(self, **what: Any) -> None:
        try:
            self._ask(**what)
        except RedisError as error:
            log.warning("budget.alone", error=type(error).__name__)

    def _ask(self, **what: Any) -> Any:
        """Runs the script. The application in braces keeps its keys in one slot of a cluster."""
        ours = f"budget:{{{self.application}}}"
        of_account = [f"{ours}:of:{self.company}:{name}" for name in ("minute", "under_way", "hours", "told")]
        keys = [*of_account, f"{ours}:minute", f"{ours}:told"]
        if self.now:
            what["now"] = self.now()
        return _script(settings.REDIS_URL)(keys=keys, args=[json.dumps(what)])


def _left(answer: Answer, name: str) -> int | None:
    """A header's number of calls that are left, if it makes sense."""
    value = answer.headers.get(name, "").strip() if name else ""
    if not (value.isascii() and value.isdigit() and len(value) <= len(str(MOST_LEFT))):
        return None
    return int(value) if int(value) <= MOST_LEFT else None


def _milliseconds(time: timedelta) -> int:
    return int(time / timedelta(milliseconds=1))
