"""Reads what callers send within a time of ours. The server has none: eight that drip would keep all its threads.

A read cannot be ended from outside. So it is made by a thread of `Readers`, of which there are some, and whoever
waits for it stops waiting. The connection stays until the caller sends more or is gone.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from queue import SimpleQueue
from typing import Protocol

PIECE = 4096  # of a body; after each the reader looks whether anybody still waits for it


class Stream(Protocol):
    def read(self, at_most: int, /) -> bytes: ...
    def readline(self, at_most: int, /) -> bytes: ...


class BrokenOff(OSError):
    """The body was not read to its end. Django knows an OSError for what it is."""

    status: HTTPStatus


class TooSlow(BrokenOff):
    status = HTTPStatus.REQUEST_TIMEOUT


class TooMany(BrokenOff):
    """Every reader has a caller who drips."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


@dataclass
class _Task:
    do: Callable[["_Task"], bytes]
    outcome: bytes | Exception = b""
    is_given_up: bool = False
    over: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.over.acquire()

    def run(self) -> None:
        try:
            self.outcome = self.do(self)
        except Exception as error:
            self.outcome = error
        self.over.release()


class Readers:
    """Threads that are made when they are needed, and stay."""

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._tasks: SimpleQueue[_Task] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = self._busy = 0

    def within(self, seconds: float, do: Callable[[_Task], bytes]) -> bytes:
        """What `do` returns or raises; TooSlow if it has done neither by then."""
        task = _Task(do)
        self._engage()
        self._tasks.put(task)
        if not task.over.acquire(timeout=max(seconds, 0)):
            task.is_given_up = True
            raise TooSlow
        if isinstance(task.outcome, Exception):
            raise task.outcome
        return task.outcome

    def _engage(self) -> None:
        with self._lock:
            if self._busy == self._at_most:
                raise TooMany
            self._busy += 1
            is_new = self._busy > self._threads
            self._threads += is_new
        if is_new:
            threading.Thread(target=self._serve, name="reader", daemon=True).start()

    def _serve(self) -> None:
        while True:
            task = self._tasks.get()
            task.run()
            del task  # what is held of a stream keeps its connection open
            with self._lock:
                self._busy -= 1


readers = Readers(at_most=64)

#: A hand-over costs a sixth of a delivery in a crowd, for nothing where the body is there already. So two at a time
#: are read by the server's own threads: so many of its eight are all that callers who drip can keep.
own_threads = threading.BoundedSemaphore(2)


class Body:
    """A body that has to be there within `seconds` of the first read. `broken_off`: as what it ended."""

    def __init__(self, stream: Stream, seconds: float, *, may_keep_a_thread: bool = False) -> None:
        self._stream = stream
        self._seconds = seconds
        self._may_keep_a_thread = may_keep_a_thread
        self._until: float | None = None
        self.broken_off: HTTPStatus | None = None

    def read(self, at_most: int | None = None, /) -> bytes:
        """All that comes, or `at_most`."""
        stream = self._stream

        def read(task: _Task) -> bytes:
            body = bytearray()
            while not task.is_given_up:
                left = PIECE if at_most is None or at_most < 0 else min(PIECE, at_most - len(body))
                if not left or not (piece := stream.read(left)):
                    break
                body += piece
            return bytes(body)

        return self._within(read)

    def readline(self, at_most: int | None = None, /) -> bytes:
        stream, limit = self._stream, -1 if at_most is None else at_most
        return self._within(lambda _: stream.readline(limit))

    def _within(self, do: Callable[[_Task], bytes]) -> bytes:
        now = time.monotonic()
        if self._until is None:
            self._until = now + self._seconds
        if self._may_keep_a_thread and own_threads.acquire(blocking=False):
            try:
                return do(_Task(do))
            finally:
                own_threads.release()
        try:
            return readers.within(self._until - now, do)
        except BrokenOff as reason:
            self.broken_off = reason.status
            raise
