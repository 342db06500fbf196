"""Every worker sweeps by itself as well, and works on what it finds in the slots that are free.

So beat is no single point of failure, and neither is the broker: with Valkey away, or deaf to it, work goes on.
"""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from celery.signals import beat_init, worker_init, worker_ready, worker_shutting_down
from django.conf import settings
from django.db import connection

from host.starting import prepare, refuse_unsafe_start
from jobs import pulses, slots, unsaved
from jobs.agenda import Agenda
from jobs.sweep import sweep

log = structlog.get_logger()

EVERY_SECONDS = 5.0


def connect() -> None:
    for starts in (worker_init, beat_init):
        starts.connect(lambda **_: refuse_unsafe_start(), weak=False)
    worker_init.connect(lambda **_: prepare(), weak=False)
    worker_ready.connect(_start, weak=False)
    beat_init.connect(_start_beat, weak=False)
    worker_shutting_down.connect(lambda **_: slots.stopping.set(), weak=False)


def _start(**_: Any) -> None:
    threading.Thread(target=_tick, name="sweep", daemon=True).start()


def _start_beat(**_: Any) -> None:
    threading.Thread(target=_beat, name="beat", daemon=True).start()


def _beat() -> None:
    while True:
        _quietly(pulses.beat)
        time.sleep(EVERY_SECONDS)


def tick_as_express() -> None:
    """Says that this express process is alive, until it is told to stop."""
    _quietly(pulses.express)
    while not slots.stopping.wait(EVERY_SECONDS):
        _quietly(pulses.express)
    _quietly(partial(pulses.stop, pulses.EXPRESS + pulses.NAME))


def _tick() -> None:
    agenda, sweep_at = Agenda(), time.monotonic()  # at once: whoever died before it may have left work behind
    while not slots.stopping.wait(min(agenda.pause.total_seconds(), sweep_at - time.monotonic(), unsaved.pause())):
        _quietly(unsaved.save)
        if time.monotonic() < sweep_at:
            due = _quietly(agenda.look)
        else:
            due, sweep_at = _quietly(sweep), time.monotonic() + EVERY_SECONDS
            _quietly(pulses.tick)
            _quietly(agenda.look)
        for _ in range(min(due, settings.WORKER_SLOTS)):
            threading.Thread(target=_quietly, args=[slots.work], name="slot").start()
    _quietly(pulses.stop)


def _quietly(work: Callable[[], int]) -> int:
    try:
        return work()
    except Exception as error:  # PostgreSQL may be away; the next tick tries again
        log.warning("tick.failed", error=type(error).__name__, text=str(error)[:200])
        return 0
    finally:
        connection.close()
