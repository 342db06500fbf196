"""Celery's consumer, less patient: Valkey is back within seconds of its restart, and so are the workers."""

from functools import partial

from celery.worker.consumer import Consumer as CeleryConsumer
from kombu import Connection

RECONNECT_SECONDS = 5  # at most between two tries; kombu's own pauses grow to 30


class Consumer(CeleryConsumer):
    def ensure_connected(self, conn: Connection) -> Connection:
        sooner = partial(conn.ensure_connection, interval_max=RECONNECT_SECONDS)
        conn.ensure_connection = sooner  # type: ignore[method-assign]  # Celery's has no setting for it
        return super().ensure_connected(conn)
