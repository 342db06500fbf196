"""Django's PostgreSQL backend, which waits no longer than the caller has patience (database.patience)."""

from collections.abc import Callable
from typing import Any

import psycopg
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg import IsolationLevel
from psycopg_pool import ConnectionPool

from database import patience


class DatabaseWrapper(base.DatabaseWrapper):
    _connection_pools: dict[str, ConnectionPool[Any]]  # the parent's, for all of them
    _configure_connection: Callable[[psycopg.Connection[Any]], None]

    @property
    def pool(self) -> ConnectionPool[Any] | None:
        """The parent's, but without its check: whoever takes a connection looks whether it lives."""
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        if self.alias not in self._connection_pools:
            made = ConnectionPool[Any](
                kwargs={**self.get_connection_params(), "autocommit": True},
                open=False,
                configure=self._configure_connection,
                **options,
            )
            self._connection_pools.setdefault(self.alias, made)
        return self._connection_pools[self.alias]

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """As the parent does, but with our own connections, and the pool's wait cut short."""
        self.isolation_level = IsolationLevel.READ_COMMITTED
        pool = self.pool
        if not pool:
            return patience.Connection.connect(**conn_params)
        pool.open()
        return patience.from_pool(pool)
