"""How often one address may be knocked at: counted by all web processes in Valkey, and by each for itself.

A flood is turned away before the database hears of it, so that it slows no other endpoint. The count of one's own
comes first: a process that has seen enough asks nobody any more. With Valkey lost it stands alone.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import structlog
from django.conf import settings
from redis import ConnectionPool, Redis
from redis.exceptions import RedisError

log = structlog.get_logger()

MINUTE = 60
TIMEOUT_SECONDS = 0.1
STEPS = 60  # Valkey is told so many times on the way to the limit, not of every knock
LEFT_ALONE_SECONDS = 5.0  # a Valkey that does not answer would cost every knock its time-out


@cache
def _sockets(address: str) -> ConnectionPool:
    """Not a client: two threads may each make one at first, and the one that is dropped closes its open sockets."""
    return ConnectionPool.from_url(address, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)


@dataclass
class Counts:
    """Of this process, in the minute that runs. Only addresses that exist are counted: strangers fill no memory."""

    clock: Callable[[], float] = time.time
    _minute: int = 0
    _knocks: Counter[str] = field(default_factory=Counter)
    _shut: set[str] = field(default_factory=set)
    _alone_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def seconds_to_wait(self, token_hash: str) -> int:
        """0: come in. Otherwise when the next minute begins."""
        now = self.clock()
        minute, passed = divmod(int(now), MINUTE)
        most = settings.HOOKS_PER_MINUTE
        step = max(most // STEPS, 1)
        own = self._own(token_hash, minute)
        if own > most or (own % step == 0 and self._everybodys(token_hash, minute, step) > most):
            self._shut.add(token_hash)
        return MINUTE - passed if token_hash in self._shut else 0

    def _own(self, token_hash: str, minute: int) -> int:
        with self._lock:
            if minute != self._minute:
                self._minute, self._knocks, self._shut = minute, Counter(), set()
            self._knocks[token_hash] += 1
            return self._knocks[token_hash]

    def _everybodys(self, token_hash: str, minute: int, step: int) -> int:
        now = self.clock()
        if now < self._alone_until:
            return 0
        key = f"causeway:hooks:{token_hash}:{minute}"
        try:
            with Redis(connection_pool=_sockets(settings.REDIS_URL)).pipeline(transaction=False) as both:
                both.incrby(key, step)
                both.expire(key, 2 * MINUTE)
                return int(both.execute()[0])
        except RedisError as error:
            self._alone_until = now + LEFT_ALONE_SECONDS
            log.warning("door.counts_alone", error=type(error).__name__)
            return 0
