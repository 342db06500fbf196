"""How long one waits for PostgreSQL: a worker as long as it takes, the door hardly at all.

The server's own time-outs end slow statements and waits for locks. A server that is gone without a word, or stands
still, keeps none of them: its answer is waited for by our clock, and the connection is given up.
"""

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool, PoolTimeout


@dataclass(frozen=True)
class Patience:
    """Seconds. `connection`: for one of the pool; `answer`: for each answer."""

    connection: float
    answer: float


@dataclass
class Vain:
    """When somebody last waited in vain for a connection: whoever comes soon after is refused at once."""

    at: float = float("-inf")


_vain = Vain()
_patience: ContextVar[Patience | None] = ContextVar("patience", default=None)


@contextmanager
def no_longer_than(patience: Patience) -> Iterator[None]:
    """Inside it, whatever takes longer raises OperationalError."""
    token = _patience.set(patience)
    try:
        yield
    finally:
        _patience.reset(token)


class Connection(psycopg.Connection[Any]):
    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        patience = _patience.get()
        if patience is None or timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, patience.answer)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()  # or its end would be waited for as well
            raise


def from_pool(pool: ConnectionPool[Any]) -> Any:
    """A connection that lives."""
    patience = _patience.get()
    if patience is None:
        return _living(pool, pool.timeout)
    if time.monotonic() < _vain.at + patience.connection and not pool.get_stats().get("pool_available"):
        raise PoolTimeout("others have just waited in vain")
    try:
        return _living(pool, patience.connection)
    except PoolTimeout:
        _vain.at = time.monotonic()
        raise


def _living(pool: ConnectionPool[Any], timeout: float) -> psycopg.Connection[Any]:
    """The pool's own check pauses for longer and longer after each dead one: after a restart of the server it would
    find no living one for many seconds. Each that is returned dead is replaced by the pool."""
    until = time.monotonic() + timeout
    while True:
        connection: psycopg.Connection[Any] = pool.getconn(timeout=until - time.monotonic())
        if not _is_dead(connection):
            return connection
        connection.close()
        pool.putconn(connection)


def _is_dead(connection: psycopg.Connection[Any]) -> bool:
    """Without a trip: between statements a server says nothing, unless it ended the connection. Whatever it said is
    looked into."""
    about = select.poll()
    about.register(connection.pgconn.socket, select.POLLIN)
    try:
        if about.poll(0):
            ConnectionPool.check_connection(connection)
    except psycopg.OperationalError:
        return True
    return False
