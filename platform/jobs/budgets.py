"""The vendor's rate limit, respected before it is hit and shared by all workers through Valkey.

A minute's calls and the calls under way are counted per vendor account. With Valkey lost every process falls
back to a safe share of its own, so work goes on more slowly.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import uuid4

import structlog
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from connectors.kit.connector import Limits
from connectors.kit.errors import RateLimited
from connectors.kit.http import Answer

log = structlog.get_logger()

SLOT_SECONDS = 60  # a slot whose holder died frees itself
PAUSE, SHORTEST_PAUSE = timedelta(seconds=2), timedelta(seconds=1)  # after a 429 that names no time, or none

# KEYS: calls of this minute, calls under way, pause. ARGV: per minute, concurrent, slot seconds, slot.
# Answers 0, or the milliseconds to wait. By Valkey's clock: a worker's own may be minutes off.
TAKE = """
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local paused = redis.call('pttl', KEYS[3])
if paused > 0 then return paused end
redis.call('zremrangebyscore', KEYS[1], '-inf', now - 60000)
redis.call('zremrangebyscore', KEYS[2], '-inf', now)
if redis.call('zcard', KEYS[2]) >= tonumber(ARGV[2]) then return 200 end
if redis.call('zcard', KEYS[1]) >= tonumber(ARGV[1]) then
  local oldest = redis.call('zrange', KEYS[1], 0, 0, 'WITHSCORES')
  return math.max(1, oldest[2] + 60000 - now)
end
redis.call('zadd', KEYS[1], now, ARGV[4])
redis.call('pexpire', KEYS[1], 61000)
redis.call('zadd', KEYS[2], now + ARGV[3] * 1000, ARGV[4])
redis.call('pexpire', KEYS[2], ARGV[3] * 1000)
return 0
"""


@cache
def _valkey(address: str) -> Redis:
    return Redis.from_url(address, socket_timeout=1, socket_connect_timeout=0.5)


@dataclass(frozen=True)
class SharedBudget:
    """The kit's budget port for one vendor account, for example `<connector>:<environment>:<company>`."""

    account: str
    limits: Limits

    @contextmanager
    def call(self) -> Iterator[None]:
        slot = uuid4().hex
        wait = self._take(slot)
        if wait:
            raise RateLimited("The vendor's rate limit is used up for the moment.", wait=wait)
        try:
            yield
        finally:
            self._give_back(slot)

    def learn(self, answer: Answer) -> None:
        """A 429 stops every worker for this account until the vendor's own time."""
        if answer.status != 429:
            return
        asked = answer.retry_after(datetime.now(UTC))
        pause = max(PAUSE if asked is None else asked, SHORTEST_PAUSE)
        try:
            _valkey(settings.REDIS_URL).set(self._key("pause"), "1", px=pause)
        except RedisError as error:
            log.warning("budget.alone", error=type(error).__name__)

    def _key(self, what: str) -> str:
        return f"budget:{{{self.account}}}:{what}"

    def _take(self, slot: str) -> timedelta | None:
        keys = [self._key("minute"), self._key("calls"), self._key("pause")]
        arguments = [self.limits.per_minute, self.limits.concurrent, SLOT_SECONDS, slot]
        try:
            wait = int(_valkey(settings.REDIS_URL).eval(TAKE, len(keys), *keys, *arguments))  # type: ignore[arg-type]
        except RedisError as error:
            log.warning("budget.alone", error=type(error).__name__)
            return _alone(self.account, self.limits)
        return timedelta(milliseconds=wait) if wait else None

    def _give_back(self, slot: str) -> None:
        try:
            _valkey(settings.REDIS_URL).zrem(self._key("calls"), slot)
        except RedisError as error:
            log.warning("budget.alone", error=type(error).__name__)


_own: dict[str, float] = {}
_own_lock = threading.Lock()


def _alone(account: str, limits: Limits) -> timedelta | None:
    """Without Valkey: evenly spaced calls, this process's share of the minute."""
    spacing = 60.0 / limits.per_minute * settings.WORKER_PROCESSES
    with _own_lock:
        now = time.monotonic()
        free_at = _own.get(account, 0.0)
        if free_at > now:
            return timedelta(seconds=free_at - now)
        _own[account] = now + spacing
    return None
