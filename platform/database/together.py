"""Group commit: whoever comes while a commit is under way shares the next one with all who wait for it.

A trip to PostgreSQL and its commit cost nearly the same for one row and for eight. Who comes alone waits for nobody.
"""

import threading
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Wish = TypeVar("Wish")
Granted = TypeVar("Granted")


class NotGranted(Exception):
    """Whoever was to grant the wish did not come to its end. Nothing is known of it."""


@dataclass
class _Waiting(Generic[Wish, Granted]):
    wish: Wish
    outcome: Granted | Exception | None = None  # none yet for who is woken to grant the next wishes
    woken: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.woken.acquire()


class Together(Generic[Wish, Granted]):
    """Grants the wishes of several threads by one call of `grant`, which one of them makes for all that wait.

    `grant` says for each wish, in their order, what came of it or the exception that its own thread is to raise; what
    it raises itself, all of them raise. It has to end by itself: nobody waits by a clock.
    """

    def __init__(self, grant: Callable[[Sequence[Wish]], Sequence[Granted | Exception]], at_most: int) -> None:
        self._grant = grant
        self._at_most = at_most
        self._lock = threading.Lock()
        self._waiting: list[_Waiting[Wish, Granted]] = []
        self._is_granting = False

    def __call__(self, wish: Wish) -> Granted:
        mine = _Waiting[Wish, Granted](wish)
        with self._lock:
            self._waiting.append(mine)
            others_grant, self._is_granting = self._is_granting, True
        if others_grant:
            mine.woken.acquire()
        if mine.outcome is None:
            self._grant_all()
        return _granted(mine)

    def _grant_all(self) -> None:
        with self._lock:
            group, self._waiting = self._waiting[: self._at_most], self._waiting[self._at_most :]
        outcomes: Sequence[Granted | Exception] = [NotGranted() for _ in group]  # for the others, if this thread ends
        try:
            outcomes = self._outcomes(group)
        finally:
            self._hand_over()
            for one, outcome in zip(group, outcomes, strict=True):
                one.outcome = outcome
                one.woken.release()

    def _outcomes(self, group: Sequence[_Waiting[Wish, Granted]]) -> Sequence[Granted | Exception]:
        try:
            outcomes = self._grant([one.wish for one in group])
            if len(outcomes) != len(group):
                raise NotGranted(f"{len(group)} wishes had {len(outcomes)} outcomes")
        except Exception as error:
            return [copy(error) for _ in group]  # each thread its own, with its own traceback
        return outcomes

    def _hand_over(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting[0].woken.release()
            else:
                self._is_granting = False


def _granted(mine: _Waiting[Wish, Granted]) -> Granted:
    assert mine.outcome is not None  # noqa: S101
    if isinstance(mine.outcome, Exception):
        raise mine.outcome
    return mine.outcome
