"""How often something happened in the minute that runs: counted by all processes in Valkey, and by each for itself.

The count of one's own comes first: a process that has seen enough asks nobody any more. With Valkey lost it stands
alone for some seconds at a time, for its time-out would be the price of each count.
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
LEFT_ALONE_SECONDS = 5.0


@dataclass(frozen=True)
class Counted:
    times: int
    seconds_left: int


@cache
def _sockets(address: str) -> ConnectionPool:
    """Not a client: two threads may each make one at first, and the one that is dropped closes its open sockets."""
    return ConnectionPool.from_url(address, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)


@dataclass
class MinuteCounts:
    """`name` tells these counts apart from others. What is counted fills memory for its minute, or the `seconds`
    that are counted together instead: each such window begins where the clock says, whenever the first came.
    """

    name: str
    clock: Callable[[], float] = time.time
    seconds: int = MINUTE
    _minute: int = 0
    _own: Counter[str] = field(default_factory=Counter)
    _everybodys: dict[str, int] = field(default_factory=dict)
    _alone_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str, *, enough: int, step: int = 1) -> Counted:
        """Once more. Beyond `enough` the exact number does not matter. Valkey is told of `step` at a time."""
        minute, passed = divmod(int(self.clock()), self.seconds)
        own = self._count_own(what, minute)
        if own <= enough and own % step == 0:
            self._tell(what, minute, step)
        return Counted(max(own, self._everybodys.get(what, 0)), self.seconds - passed)

    def take_back(self, what: str, times: int | None = None) -> None:
        """As if it had not happened; without a number, not even once. What was counted in a window before stays."""
        minute = int(self.clock()) // self.seconds
        with self._lock:
            if minute != self._minute or not self._own[what]:
                return
            self._everybodys.pop(what, None)
            self._own[what] = max(self._own[what] - times, 0) if times else 0
        try:
            with Redis(connection_pool=_sockets(settings.REDIS_URL)) as valkey:
                if times:
                    valkey.decrby(self._key(what, minute), times)
                else:
                    valkey.delete(self._key(what, minute))
        except RedisError as error:
            log.warning("counts.alone", of=self.name, error=type(error).__name__)

    def _key(self, what: str, minute: int) -> str:
        return f"causeway:{self.name}:{what}:{minute}"

    def _count_own(self, what: str, minute: int) -> int:
        with self._lock:
            if minute != self._minute:
                self._minute, self._own, self._everybodys = minute, Counter(), {}
            self._own[what] += 1
            return self._own[what]

    def _tell(self, what: str, minute: int, times: int) -> None:
        now = self.clock()
        if now < self._alone_until:
            return
        key = self._key(what, minute)
        try:
            with Redis(connection_pool=_sockets(settings.REDIS_URL)).pipeline(transaction=False) as both:
                both.incrby(key, times)
                both.expire(key, 2 * self.seconds)
                self._everybodys[what] = int(both.execute()[0])
        except RedisError as error:
            self._alone_until = now + LEFT_ALONE_SECONDS
            log.warning("counts.alone", of=self.name, error=type(error).__name__)
