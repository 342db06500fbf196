"""Many threads at one thing, each with a database connection that is closed at its end."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def at_once(count: int, what: Callable[[int], T]) -> list[T]:
    """What each of them returned. All begin together; the first that raises is raised here."""
    together = Barrier(count, timeout=30)

    def one(number: int) -> T:
        together.wait()
        try:
            return what(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return [future.result(60) for future in [threads.submit(one, number) for number in range(count)]]
