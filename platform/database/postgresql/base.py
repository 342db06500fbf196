"""Django's PostgreSQL backend, which waits no longer than the caller has patience (database.patience)."""

from typing import Any

from django.db.backends.postgresql import base
from psycopg import IsolationLevel

from database import patience


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """As the parent does, but with our own connections, and the pool's wait cut short."""
        self.isolation_level = IsolationLevel.READ_COMMITTED
        pool = self.pool
        if not pool:
            return patience.Connection.connect(**conn_params)
        pool.open()
        return patience.from_pool(pool)
