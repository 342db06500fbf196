"""Tells the workers that there is work. A hint may be lost, late or repeated: the sweep finds what it misses."""

import threading
from functools import cache

import structlog
from celery import current_app
from django.conf import settings
from kombu import Connection
from kombu.pools import producers

log = structlog.get_logger()

SECONDS = 0.1  # with the broker down, an ordinary delay() takes 1.2 s and raises after the commit
STALE_SECONDS = 10  # by then the sweep has sent another one; a queue nobody reads must not grow
MOMENT = 0.02

_due: set[str] = set()
_lock = threading.Lock()


@cache
def _broker(address: str) -> Connection:
    limits = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS, "retry_on_timeout": False}
    limits["max_retries"] = 0  # or kombu tries again for two seconds
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **limits}
    return Connection(address, transport_options=options, connect_timeout=SECONDS)


def there_is_work(count: int = 1) -> None:
    send("jobs.tasks.work", count)


def send_soon(task: str) -> None:
    """For a crowd: whoever comes in the next moment shares the hint, and none of them waits for the broker."""
    with _lock:
        if task in _due:
            return
        _due.add(task)
    timer = threading.Timer(MOMENT, _send_due, [task])
    timer.daemon = True
    timer.start()


def _send_due(task: str) -> None:
    with _lock:
        _due.discard(task)  # before it is sent: what is committed from here on has a hint of its own
    send(task)


def send(task: str, count: int = 1, expires: float = STALE_SECONDS) -> None:
    """Never raises and never waits long: the work is in PostgreSQL already."""
    try:
        with producers[_broker(settings.REDIS_URL)].acquire(block=True, timeout=SECONDS) as producer:
            for _ in range(count):
                current_app.send_task(task, producer=producer, retry=False, expires=expires)
    except Exception as error:
        log.warning("hint.lost", task=task, error=type(error).__name__)
