"""How many calls a minute a key may make: counted in Valkey for all processes; with Valkey lost, each for itself."""

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
TIMEOUT_SECONDS = 0.2
LEFT_ALONE_SECONDS = 5.0


@dataclass(frozen=True)
class Allowance:
    """Of one key in the minute that runs."""

    limit: int
    used: int
    seconds_left: int

    @property
    def is_over(self) -> bool:
        return self.used > self.limit

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.limit - self.used, 0)),
            "RateLimit-Reset": str(self.seconds_left),
        }


@cache
def _sockets(address: str) -> ConnectionPool:
    return ConnectionPool.from_url(address, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)


@dataclass
class Rates:
    clock: Callable[[], float] = time.time
    _minute: int = 0
    _own: Counter[str] = field(default_factory=Counter)
    _alone_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, key: str) -> Allowance:
        minute, passed = divmod(int(self.clock()), MINUTE)
        own = self._count_own(key, minute)
        return Allowance(settings.API_CALLS_PER_MINUTE, max(own, self._everybodys(key, minute)), MINUTE - passed)

    def _count_own(self, key: str, minute: int) -> int:
        with self._lock:
            if minute != self._minute:
                self._minute, self._own = minute, Counter()
            self._own[key] += 1
            return self._own[key]

    def _everybodys(self, key: str, minute: int) -> int:
        now = self.clock()
        if now < self._alone_until:
            return 0
        name = f"causeway:api:{key}:{minute}"
        try:
            with Redis(connection_pool=_sockets(settings.REDIS_URL)).pipeline(transaction=False) as both:
                both.incr(name)
                both.expire(name, 2 * MINUTE)
                return int(both.execute()[0])
        except RedisError as error:
            self._alone_until = now + LEFT_ALONE_SECONDS
            log.warning("api.counts_alone", error=type(error).__name__)
            return 0


rates = Rates()
