from collections.abc import Callable

import pytest

from jobs import handlers
from jobs.handlers import Handler

Register = Callable[[Handler], None]


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Register:
    """Runs of the kind "test" go to this handler."""

    def register(handler: Handler) -> None:
        monkeypatch.setitem(handlers._handlers, "test", handler)

    return register


@pytest.fixture
def no_sweepers(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What the rooms above look for is theirs to test; this list takes their place."""
    mine: list[Callable[[], None]] = []
    monkeypatch.setattr(handlers, "_sweepers", mine)
    return mine
