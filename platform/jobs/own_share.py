"""A safe share of a budget for this process alone, while Valkey is away: some calls at once, the others evenly."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from connectors.kit.limits import Limits

MINUTE, DAY = 60.0, 24 * 3600.0
IN_A_ROW = 10.0  # a slice must make some calls before it has anything to save: one at a time it would never get on


class OwnShare:
    """Of a window's calls half may come at once, and the other half over the window: in none are there more.

    What was used before Valkey went away is not known, and the day's count begins anew: roughly, not exactly.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._free_at: dict[str, float] = {}
        self._left: dict[str, tuple[float, float]] = {}  # when, and how many calls were left then
        self._days: dict[str, tuple[float, int]] = {}  # since when, and how many calls
        self._lock = threading.Lock()

    def take(self, application: str, account: str, limits: Limits, processes: int) -> timedelta | None:
        """Takes a call for one of `processes` that share the limits, or says how long to wait."""
        with self._lock:
            now = self._clock()
            began, used = self._days.get(account, (now, 0))
            if now >= began + DAY:
                began, used = now, 0
            windows = {account: (limits.per_minute / processes, MINUTE)}
            if limits.burst:
                windows[f"{account}:burst"] = limits.burst.calls / processes, limits.burst.seconds
            if limits.application_per_minute:
                windows[application] = limits.application_per_minute / processes, MINUTE
            free_at = max(self._free(who, now, *window) for who, window in windows.items())
            free_at = max(free_at, self._free_at.get(application, now))
            if limits.per_day is not None and used >= max(1, limits.per_day // processes):
                free_at = max(free_at, began + DAY)
            if free_at > now:
                return timedelta(seconds=free_at - now)
            self._days[account] = began, used + 1
            for who in windows:
                self._left[who] = now, self._left[who][1] - 1
        return None

    def _free(self, who: str, now: float, share: float, seconds: float) -> float:
        """When the next call may be made of `share` in so many seconds. Once none is left, not before there are
        several."""
        most, later = (share / 2, share / 2) if share >= 2 else (1.0, share)
        a_second, enough = later / seconds, min(IN_A_ROW, most)
        at, left = self._left.get(who, (now, enough))
        left = min(most, left + (now - at) * a_second)
        self._left[who] = now, left
        if left < 1 and self._free_at.get(who, now) <= now:
            self._free_at[who] = now + (enough - left) / a_second
        return self._free_at.get(who, now)

    def pause(self, who: str, wait: timedelta) -> None:
        """Nothing for this account, or this application, for a while."""
        with self._lock:
            self._free_at[who] = max(self._free_at.get(who, 0.0), self._clock() + wait.total_seconds())

    def forget(self) -> None:
        with self._lock:
            self._free_at.clear()
            self._left.clear()
            self._days.clear()
