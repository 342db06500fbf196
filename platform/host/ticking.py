"""Every worker sweeps by itself as well, so that beat is no single point of failure."""

import threading
from typing import Any

import structlog
from celery.signals import worker_init, worker_ready, worker_shutting_down
from django.db import connection

from host.starting import refuse_unsafe_start
from jobs.sweep import sweep

log = structlog.get_logger()

EVERY_SECONDS = 5.0
_stop = threading.Event()


def connect() -> None:
    worker_init.connect(lambda **_: refuse_unsafe_start(), weak=False)
    worker_ready.connect(_start, weak=False)
    worker_shutting_down.connect(lambda **_: _stop.set(), weak=False)


def _start(**_: Any) -> None:
    threading.Thread(target=_tick, name="sweep", daemon=True).start()


def _tick() -> None:
    while not _stop.wait(EVERY_SECONDS):
        try:
            sweep()
        except Exception as error:  # PostgreSQL may be away; the next tick tries again
            log.warning("sweep.failed", error=type(error).__name__, text=str(error)[:200])
        finally:
            connection.close()
