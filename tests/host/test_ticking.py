"""What every worker does by itself, besides what it is sent."""

import threading
import time

import pytest

from host import ticking
from jobs import pulses, slots
from jobs.agenda import Agenda


def test_a_worker_that_starts_looks_for_work_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who died before it may have left some, and the time for it may have come."""
    begun, swept = time.monotonic(), list[float]()

    def sweep() -> int:
        swept.append(time.monotonic() - begun)
        slots.stopping.set()
        return 0

    monkeypatch.setattr(slots, "stopping", threading.Event())
    monkeypatch.setattr(ticking, "sweep", sweep)
    monkeypatch.setattr(Agenda, "look", lambda _: 0)
    for name in ("tick", "stop"):
        monkeypatch.setattr(pulses, name, lambda: 0)

    ticking._tick()

    assert len(swept) == 1
    assert swept[0] < ticking.EVERY_SECONDS
