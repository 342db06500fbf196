"""Exact state: documents in named collections, in one SQLite file or in memory.

One lock, one connection. A transaction that returns is on disk before anybody hears of it, so an acknowledged
write survives SIGKILL. Decimals are written as JSON numbers digit by digit and read back as Decimal.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import simplejson

Document = dict[str, Any]

_SCHEMA = """CREATE TABLE IF NOT EXISTS documents (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, collection TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (collection, id))"""


class Store:
    def __init__(self, file: Path | None = None) -> None:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._database = sqlite3.connect(file or ":memory:", isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")  # survives a killed process
        self._database.execute(_SCHEMA)

    def __getitem__(self, collection: str) -> "Collection":
        return Collection(self, collection)

    def index(self, collection: str, field: str) -> None:
        """Make `find(field=...)` quick on a collection that grows large."""
        self._execute(
            f"CREATE INDEX IF NOT EXISTS {_name(collection)}_by_{_name(field)}"
            f" ON documents (collection, json_extract(body, '$.{field}'))"
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; an inner one is part of the outer one."""
        with self._lock:
            if self._depth == 0:
                self._database.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._database.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._database.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def _execute(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.execute(sql, values).fetchall()


class Collection:
    """Documents by id, in the order in which they first came."""

    def __init__(self, store: Store, name: str) -> None:
        self._store, self._name = store, name

    def put(self, key: str, document: Document) -> Document:
        self._store._execute(
            "INSERT INTO documents (collection, id, body) VALUES (?, ?, ?)"
            " ON CONFLICT (collection, id) DO UPDATE SET body = excluded.body",
            (self._name, key, simplejson.dumps(document, use_decimal=True, separators=(",", ":"))),
        )
        return document

    def change(self, key: str, **fields: Any) -> Document:
        document = self.get(key)
        if document is None:
            raise KeyError(f"{self._name} {key}")
        return self.put(key, {**document, **fields})

    def get(self, key: str) -> Document | None:
        rows = self._store._execute("SELECT body FROM documents WHERE collection = ? AND id = ?", (self._name, key))
        return simplejson.loads(rows[0][0], use_decimal=True) if rows else None

    def delete(self, key: str) -> None:
        self._store._execute("DELETE FROM documents WHERE collection = ? AND id = ?", (self._name, key))

    def find(self, *, newest: bool = False, limit: int = -1, offset: int = 0, **where: Any) -> list[Document]:
        """Documents whose fields equal `where` (a list or tuple means: one of)."""
        return [body for _, body in self.rows(newest=newest, limit=limit, offset=offset, **where)]

    def rows(
        self,
        *,
        newest: bool = False,
        limit: int = -1,
        offset: int = 0,
        above: int | None = None,
        below: int | None = None,
        **where: Any,
    ) -> list[tuple[int, Document]]:
        """Like `find`, each with its place in the order, for cursors: `above` and `below` are places."""
        sql, values = self._where(where)
        if above is not None:
            sql, values = sql + " AND seq > ?", (*values, above)
        if below is not None:
            sql, values = sql + " AND seq < ?", (*values, below)
        order = "DESC" if newest else "ASC"
        rows = self._store._execute(
            f"SELECT seq, body FROM documents WHERE {sql} ORDER BY seq {order} LIMIT ? OFFSET ?",  # noqa: S608
            (*values, limit, offset),
        )
        return [(seq, simplejson.loads(body, use_decimal=True)) for seq, body in rows]

    def count(self, **where: Any) -> int:
        sql, values = self._where(where)
        rows = self._store._execute(f"SELECT count(*) FROM documents WHERE {sql}", values)  # noqa: S608
        return int(rows[0][0])

    def _where(self, where: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
        sql, values = "collection = ?", [self._name]
        for field, wanted in where.items():
            path = f"json_extract(body, '$.{_name(field)}')"
            if isinstance(wanted, list | tuple):
                sql += f" AND {path} IN ({', '.join('?' * len(wanted))})"
                values += wanted
            else:
                sql += f" AND {path} IS ?"
                values.append(wanted)
        return sql, tuple(values)


def _name(word: str) -> str:
    if not word.isidentifier():
        raise ValueError(f"{word!r} is not a plain name")
    return word
