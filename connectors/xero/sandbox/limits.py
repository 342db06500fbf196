"""Xero's budgets: for each organisation 60 a minute, 5 at once, 5,000 a day; 10,000 a minute for the app."""

import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from werkzeug import Response

from .answers import limited

MINUTE, DAY = 60, 24 * 3600


@dataclass(frozen=True)
class Limits:
    minute: int = 60
    day: int = 5_000  # 1,000 for a starter app
    concurrent: int = 5
    app_minute: int = 10_000


class Budget:
    """Fixed windows that begin at another second for each organisation; a restart forgets them."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._lock = threading.Lock()
        self._used: Counter[tuple[str, int, int]] = Counter()
        self._flying: Counter[str] = Counter()

    @contextmanager
    def flight(self, org: str) -> Iterator[bool]:
        """Whether this request finds a free place; it holds its own until it is answered."""
        with self._lock:
            crowded = self._flying[org] >= self.limits.concurrent
            self._flying[org] += 1
        try:
            yield not crowded
        finally:
            with self._lock:
                self._flying[org] -= 1

    def spend(self, app: str, org: str, now: float) -> tuple[Response | None, dict[str, str]]:
        """The refusal, if there is one, and the headers that every answer carries."""
        here = f"{app} {org}"
        windows = [
            ("limit.minute", self.limits.minute, _window(here, MINUTE, now), "X-MinLimit-Remaining"),
            ("limit.day", self.limits.day, _window(here, DAY, now), "X-DayLimit-Remaining"),
            ("limit.app_minute", self.limits.app_minute, _window(app, MINUTE, now), "X-AppMinLimit-Remaining"),
        ]
        with self._lock:
            spent = [self._used[key] for _, _, (key, _), _ in windows]
            full = [w for w, used in zip(windows, spent, strict=True) if used >= w[1]]
            if not full:
                self._used.update(key for _, _, (key, _), _ in windows)
            headers = {name: str(max(most - self._used[key], 0)) for _, most, (key, _), name in windows}
        if not full:
            return None, headers
        word, _, (_, ends), _ = max(full, key=lambda window: window[2][1])
        return limited(word, headers | {"Retry-After": str(int(ends - now) + 1)}), headers


def _window(name: str, seconds: int, now: float) -> tuple[tuple[str, int, int], float]:
    """The counter's key, and when its window ends."""
    offset = zlib.crc32(name.encode()) % seconds
    number = int((now - offset) // seconds)
    return (name, seconds, number), (number + 1) * seconds + offset
