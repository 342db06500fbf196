"""The kit's ports in memory: no database, no platform, real HTTP."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connectors.kit.errors import Reconnect
from connectors.kit.http import Answer, Exchange
from connectors.kit.ports import Budget, Clock, Ports, Recorder, Tokens


class FixedTokens:
    """Gives its tokens one after the other; the last one refused means that the customer must reconnect."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens or ("token",))
        self.refused: list[str] = []

    def access_token(self) -> str:
        return self.tokens[0]

    def renewed(self, refused: str) -> str:
        self.refused.append(refused)
        if len(self.tokens) == 1:
            raise Reconnect("There is no other token.")
        self.tokens.pop(0)
        return self.tokens[0]


@dataclass
class NoLimit:
    """Counts calls and remembers what was learnt; never refuses."""

    calls: int = 0
    learnt: list[Answer] = field(default_factory=list)

    @contextmanager
    def call(self, *, sends_file: bool = False) -> Iterator[None]:
        self.calls += 1
        yield

    def learn(self, answer: Answer) -> None:
        self.learnt.append(answer)


@dataclass
class ListRecorder:
    exchanges: list[Exchange] = field(default_factory=list)

    def record(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FixedClock:
    at: datetime

    def now(self) -> datetime:
        return self.at


def anywhere() -> None:
    """A `before_call` that always permits."""


def ports(
    tokens: Tokens | None = None,
    budget: Budget | None = None,
    recorder: Recorder | None = None,
    clock: Clock | None = None,
    before_call: Callable[[], None] = anywhere,
) -> Ports:
    return Ports(
        tokens=tokens or FixedTokens(),
        budget=budget or NoLimit(),
        recorder=recorder or ListRecorder(),
        clock=clock or SystemClock(),
        before_call=before_call,
    )
