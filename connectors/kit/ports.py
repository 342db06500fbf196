"""What the kit needs from outside. `connections` and `jobs` give it; a test gives its own."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from connectors.kit.http import Answer, Exchange


class Tokens(Protocol):
    def access_token(self) -> str:
        """A token good for at least the next call. Raises Reconnect or TryLater."""
        ...

    def renewed(self, refused: str) -> str:
        """Another token than the one the vendor just refused with 401. Raises Reconnect or TryLater."""
        ...


class Budget(Protocol):
    def call(self, *, sends_file: bool = False) -> AbstractContextManager[None]:
        """Takes one call out of the vendor's budget and a slot for its length. Raises RateLimited. A call that sends
        a file may take longer."""
        ...

    def learn(self, answer: "Answer") -> None:
        """The vendor's own words about what is left."""
        ...


class Recorder(Protocol):
    def record(self, exchange: "Exchange") -> None:
        """Keeps one redacted exchange; must not raise for want of a place to write."""
        ...


class Clock(Protocol):
    def now(self) -> datetime: ...


@dataclass(frozen=True)
class Ports:
    """`before_call` runs before every call and raises where none may be made (an open transaction)."""

    tokens: Tokens
    budget: Budget
    recorder: Recorder
    clock: Clock
    before_call: Callable[[], None]
