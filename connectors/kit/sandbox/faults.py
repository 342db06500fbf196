"""Trouble on demand: switched on from a test or by HTTP, counted, limited."""

import threading
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any


class Kind(StrEnum):
    DROP_BEFORE = "drop_before"  # nothing done, connection closed without an answer
    DROP_AFTER = "drop_after"  # done and committed, connection closed without an answer
    DELAY_BEFORE = "delay_before"  # waits `seconds`, then does it
    DELAY_AFTER = "delay_after"  # does it, waits `seconds`, then answers
    STATUS_BEFORE = "status_before"  # nothing done, answers `status` with `body`
    STATUS_AFTER = "status_after"  # done and committed, answers `status` with `body`
    RATE_LIMIT = "rate_limit"  # 429, with Retry-After when `retry_after` is given
    HTML = "html"  # done and committed, answers `status` with an HTML page where JSON was due
    TRUNCATE = "truncate"  # done and committed, half the body is sent, then the connection closes


BEFORE = {Kind.DROP_BEFORE, Kind.DELAY_BEFORE, Kind.STATUS_BEFORE, Kind.RATE_LIMIT}


@dataclass
class Fault:
    """`match` is "METHOD /path" with shell wildcards: "PUT /v3/*", "* /oauth/token".

    Of the matching requests it lets the first `after` pass, then strikes every `every`th, at most `times`
    times (None: without end). `seen` and `struck` count.
    """

    match: str
    kind: Kind
    times: int | None = 1
    every: int = 1
    after: int = 0
    seconds: float = 0.0
    status: int = 503
    body: str | None = None
    retry_after: int | None = None
    seen: int = 0
    struck: int = 0

    def __post_init__(self) -> None:
        self.kind = Kind(self.kind)
        if self.every < 1:
            raise ValueError("every must be at least 1")

    def strikes(self, request: str) -> bool:
        if not fnmatchcase(request, self.match):
            return False
        self.seen += 1
        spent = self.times is not None and self.struck >= self.times
        due = self.seen > self.after and (self.seen - self.after) % self.every == 0
        if spent or not due:
            return False
        self.struck += 1
        return True


class Faults:
    """The faults that are on; of several that are due the oldest strikes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault

    def add_json(self, document: dict[str, Any]) -> Fault:
        """From HTTP; ValueError says what is wrong with it."""
        known = {field.name for field in fields(Fault)} - {"seen", "struck"}
        if unknown := document.keys() - known:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        try:
            return self.add(Fault(**document))
        except TypeError as error:
            raise ValueError(str(error)) from error

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take(self, method: str, path: str) -> Fault | None:
        with self._lock:
            return next((fault for fault in self._faults if fault.strikes(f"{method} {path}")), None)

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]
