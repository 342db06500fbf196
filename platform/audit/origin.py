"""Where the change being made comes from: asked by the trail when it writes, so that no caller passes it on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """`address`: of the caller, or of its network. `session`: a digest, to find what else was done in it."""

    address: str = ""
    session: str = ""


NOWHERE = Origin()  # a worker, or a command on the server

_ask: ContextVar[Callable[[], Origin]] = ContextVar("origin", default=lambda: NOWHERE)


@contextmanager
def coming_from(ask: Callable[[], Origin]) -> Iterator[None]:
    """`ask` is called once an entry: most requests write none, and a log-in changes its session on the way."""
    token = _ask.set(ask)
    try:
        yield
    finally:
        _ask.reset(token)


def current() -> Origin:
    return _ask.get()()
