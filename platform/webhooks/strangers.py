"""What strangers cost: nearly nothing, however many they are.

Which addresses exist is asked of the database for all of them together, and refused knocks are written down in
sums. Each has an allowance, so that a few are looked up and counted at once, and a flood every half second.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from django.db import OperationalError, connection

from database.acting import across_tenants
from webhooks.models import Endpoint, RefusedKnock

log = structlog.get_logger()


@dataclass
class Allowance:
    """`most` at once, and `per_second` more as time goes by."""

    most: float = 20
    per_second: float = 2
    clock: Callable[[], float] = time.monotonic
    _left: float = 0
    _at: float | None = None

    def take(self) -> bool:
        now = self.clock()
        grown = self.most if self._at is None else self._left + (now - self._at) * self.per_second
        self._at, self._left = now, min(self.most, grown)
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def forget(self) -> None:
        self._at = None


@dataclass
class Addresses:
    """The hashes of all tokens, read again when an unknown one comes: at most half a second old in a flood."""

    allowance: Allowance = field(default_factory=Allowance)
    _known: frozenset[str] = frozenset()

    def exists(self, token_hash: str) -> bool:
        """Raises OperationalError if it must be asked and cannot."""
        if token_hash not in self._known and self.allowance.take():
            with across_tenants("an endpoint is found by the hash of its token before its tenant is known"):
                self._known = frozenset(Endpoint.objects.values_list("token_hash", flat=True))
        return token_hash in self._known


@dataclass
class Refusals:
    """Counts of a flood are written with the next one that may be, all together."""

    allowance: Allowance = field(default_factory=Allowance)
    _held: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, reason: str, token_hash: str = "") -> None:
        with self._lock:
            self._held[reason, token_hash] += 1
            if not self.allowance.take():
                return
            due, self._held = self._held, Counter()
        for (why, whose), times in due.items():
            log.warning("door.refused", reason=why, endpoint=whose[:8], times=times)
        _write(due)


def _write(due: Counter[tuple[str, str]]) -> None:
    """A count that must wait is let go."""
    try:
        with across_tenants("knocks are counted for nobody's tenant"), connection.cursor() as cursor:
            cursor.execute("set local lock_timeout = '200ms'")
            for (reason, token_hash), times in sorted(due.items()):
                RefusedKnock.count(reason, times, token_hash=token_hash)
    except OperationalError as error:
        log.warning("door.not_counted", error=type(error).__name__)
