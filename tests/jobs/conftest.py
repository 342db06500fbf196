from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from connections.models import Application
from jobs import handlers
from jobs.handlers import Handler, Kind
from jobs.models import Run
from tests.factories import ApplicationFactory, RunFactory

Register = Callable[[Handler], None]


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Register:
    """Runs of the kind "test" go to this handler."""

    def register(handler: Handler) -> None:
        known = handlers._kinds.get("test", Kind(handler))
        monkeypatch.setitem(handlers._kinds, "test", replace(known, handler=handler))

    return register


@pytest.fixture
def no_sweepers(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What the rooms above look for is theirs to test; this list takes their place."""
    mine: list[Callable[[], None]] = []
    monkeypatch.setattr(handlers, "_sweepers", mine)
    return mine


@pytest.fixture
def application() -> Application:
    return ApplicationFactory.create()


@pytest.fixture
def run(application: Application) -> Run:
    """Of a part of its tenant's work, and of an application."""
    return RunFactory.create(keys=[uuid4(), application.pk])
