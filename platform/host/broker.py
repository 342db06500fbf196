"""How workers hear Valkey. A message is a hint: it is taken once, never acknowledged there, never put back.

kombu keeps what a worker has in hand in a table in Valkey. When the connection drops, it puts that back, or
acknowledges it, where nothing catches what is raised: the worker ends (5.7). The sweep finds what a lost hint told.
"""

from typing import Any

from kombu.transport import redis, virtual


class QoS(redis.QoS):
    """Counts in memory what is in hand, so that no more is taken than there are free slots."""

    append = virtual.QoS.append
    ack = virtual.QoS.ack

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        self.ack(delivery_tag)

    def restore_visible(self, *args: Any, **options: Any) -> None:
        """There is nothing to look for."""


class Channel(redis.Channel):
    QoS = QoS
    do_restore = False


class Transport(redis.Transport):
    Channel = Channel
