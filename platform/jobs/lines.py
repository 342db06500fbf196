"""Several calls to one account at once, each over a line of its own."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Generic, TypeVar

from django.db import connection

from connectors.kit.connector import Connector
from jobs.calls import Line

C = TypeVar("C", bound=Connector)
T = TypeVar("T")

AT_MOST = 4


class Lines(Generic[C]):
    """The first line, and as many more as are needed: up to half of what the account allows, so that other work and
    people find room beside. `open_one` opens one more, and whoever gave it closes them all."""

    def __init__(self, open_one: Callable[[], Line[C]], concurrent: int) -> None:
        self._open_one = open_one
        self._most = max(1, min(AT_MOST, concurrent // 2))
        self._lines = [open_one()]

    @property
    def first(self) -> Line[C]:
        return self._lines[0]

    @property
    def last_at(self) -> datetime | None:
        """When anything was said over any of them last."""
        return max((line.recorder.last_at for line in self._lines if line.recorder.last_at), default=None)

    def each(self, items: Sequence[T], call: Callable[[Line[C], T], bool]) -> None:
        """`call` for one item after the other, until it says False: then no further one begins. Returns when all that
        have begun are over. The caller's thread takes part, so a single item is called in no other."""
        while len(self._lines) < min(self._most, len(items)):
            self._lines.append(self._open_one())
        left = deque(items)

        def work(line: Line[C]) -> None:
            while left:
                try:
                    item = left.popleft()
                except IndexError:  # another line was quicker
                    return
                goes_on = False
                try:
                    goes_on = call(line, item)
                finally:
                    if not goes_on:
                        left.clear()

        helpers = self._lines[1 : len(items)]
        if not helpers:
            return work(self.first)

        def help_out(line: Line[C]) -> None:
            try:
                work(line)
            finally:
                connection.close()  # a token may have had to be fetched

        with ThreadPoolExecutor(len(helpers), "call") as threads:
            helping = [threads.submit(help_out, line) for line in helpers]
            work(self.first)
            for one in helping:
                one.result()
