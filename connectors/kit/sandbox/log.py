"""Every request that the sandbox answered or dropped, without tokens, for tests to count."""

import threading
from collections import deque
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

from werkzeug import Request

_HEADERS = ("Content-Type", "User-Agent")
_SECRET_ARGUMENTS = {"code", "signature", "state", "token"}


@dataclass(frozen=True)
class Entry:
    at: float
    method: str
    path: str
    query: dict[str, list[str]]
    status: int | None  # None: the connection was dropped
    milliseconds: int
    headers: dict[str, str]


class RequestLog:
    """`headers` names the vendor's own that are worth a look; never one that holds a secret."""

    def __init__(self, headers: tuple[str, ...] = (), keep: int = 20_000) -> None:
        self._headers = _HEADERS + headers
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=keep)

    def write(self, request: Request, status: int | None, at: float, seconds: float) -> None:
        headers = {name: request.headers[name] for name in self._headers if name in request.headers}
        if request.authorization is not None:
            headers["Authorization"] = request.authorization.type
        query = {name: ["…"] if name in _SECRET_ARGUMENTS else values for name, values in request.args.lists()}
        entry = Entry(at, request.method, request.path, query, status, round(seconds * 1000), headers)
        with self._lock:
            self._entries.append(entry)

    def entries(self, match: str = "*", status: int | None = None) -> list[Entry]:
        """Those that match "METHOD /path" with shell wildcards, oldest first."""
        with self._lock:
            entries = list(self._entries)
        return [
            entry
            for entry in entries
            if fnmatchcase(f"{entry.method} {entry.path}", match) and status in (None, entry.status)
        ]

    def count(self, match: str = "*", status: int | None = None) -> int:
        return len(self.entries(match, status))

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def listed(self, match: str = "*", limit: int = 500) -> list[dict[str, Any]]:
        return [asdict(entry) for entry in self.entries(match)[-limit:]]
