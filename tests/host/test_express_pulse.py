"""An express process says that it is alive while it is, and no longer."""

import threading

import pytest

from host import ticking
from jobs import pulses, slots
from jobs.models import Pulse
from tests.waiting import until


@pytest.mark.django_db(transaction=True)
def test_an_express_process_is_known_until_it_is_told_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "stopping", stopping := threading.Event())
    alive = Pulse.objects.filter(name=pulses.EXPRESS + pulses.NAME)
    process = threading.Thread(target=ticking.tick_as_express)
    process.start()
    try:
        until(alive.exists)
    finally:
        stopping.set()
        process.join()

    assert not alive.exists()
