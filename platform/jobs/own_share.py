"""A safe share of a budget for this process alone, while Valkey is away: evenly spaced calls, no bursts."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from connectors.kit.limits import Limits

DAY = 24 * 3600.0


class OwnShare:
    """What was used before Valkey went away is not known, and the day's count begins anew: roughly, not exactly."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._free_at: dict[str, float] = {}
        self._days: dict[str, tuple[float, int]] = {}  # since when, and how many calls
        self._lock = threading.Lock()

    def take(self, application: str, account: str, limits: Limits, processes: int) -> timedelta | None:
        """Takes a call for one of `processes` that share the limits, or says how long to wait."""
        with self._lock:
            now = self._clock()
            began, used = self._days.get(account, (now, 0))
            if now >= began + DAY:
                began, used = now, 0
            free_at = max(self._free_at.get(application, now), self._free_at.get(account, now))
            if limits.per_day is not None and used >= max(1, limits.per_day // processes):
                free_at = max(free_at, began + DAY)
            if free_at > now:
                return timedelta(seconds=free_at - now)
            self._days[account] = began, used + 1
            self._free_at[account] = now + 60.0 / limits.per_minute * processes
            if limits.application_per_minute:
                self._free_at[application] = now + 60.0 / limits.application_per_minute * processes
        return None

    def pause(self, who: str, wait: timedelta) -> None:
        """Nothing for this account, or this application, for a while."""
        with self._lock:
            self._free_at[who] = max(self._free_at.get(who, 0.0), self._clock() + wait.total_seconds())

    def forget(self) -> None:
        with self._lock:
            self._free_at.clear()
            self._days.clear()
