"""The test database: a template migrated once by the owner, cloned for each process, emptied by the owner.

Tests themselves speak as the application's login, who may neither create nor truncate anything.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from django.conf import settings
from psycopg.sql import SQL, Composed, Identifier, Literal

ROOT = Path(__file__).resolve().parents[1]
KEPT = ["django_migrations", "django_content_type", "auth_permission"]  # what migrations wrote
ONE_AT_A_TIME = 0x7E57

TABLES = """
select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> all(%s) order by 1
"""


def owner_url(database: str) -> str:
    return urlsplit(settings.MIGRATION_DATABASE_URL)._replace(path=f"/{database}").geturl()


def as_owner(database: str | None = None) -> psycopg.Connection:
    """A connection of its own; `None`: to the database that the environment names, which is never changed."""
    url = owner_url(database) if database else settings.MIGRATION_DATABASE_URL
    return psycopg.connect(url, autocommit=True)


@contextmanager
def cloned_database() -> Iterator[str]:
    """The name of an empty, migrated database of our own."""
    name = f"causeway_test_{uuid4().hex[:12]}"
    with as_owner() as server:
        template = _template(server)
        server.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))
    try:
        yield name
    finally:
        with as_owner() as server:
            server.execute(SQL("DROP DATABASE {}").format(Identifier(name)))


def _template(server: psycopg.Connection) -> str:
    """Made once a set of migrations, under a lock, and renamed only when it is whole."""
    name = f"causeway_template_{_digest()}"
    half = Identifier(f"{name}_half")
    server.execute("select pg_advisory_lock(%s)", [ONE_AT_A_TIME])
    if not server.execute("select from pg_database where datname = %s", [name]).fetchall():
        server.execute(SQL("DROP DATABASE IF EXISTS {}").format(half))
        server.execute(SQL("CREATE DATABASE {}").format(half))
        migrate(f"{name}_half")
        server.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(half, Identifier(name)))
    server.execute("select pg_advisory_unlock(%s)", [ONE_AT_A_TIME])
    return name


@contextmanager
def migrated_to(*targets: tuple[str, str]) -> Iterator[str]:
    """The name of a database of our own as it was at these migrations, each an app and a number."""
    name = f"causeway_before_{uuid4().hex[:12]}"
    with as_owner() as server:
        server.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    try:
        for target in targets:
            migrate(name, *target)
        yield name
    finally:
        with as_owner() as server:
            server.execute(SQL("DROP DATABASE {}").format(Identifier(name)))


def migrate(database: str, *target: str) -> None:
    """To its end, or to an app's migration of that number."""
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", *target, "--verbosity=0"]
    environment = {**os.environ, "MIGRATION_DATABASE_URL": owner_url(database)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise RuntimeError(f"The migrations failed:\n{done.stdout}{done.stderr}")


def _digest() -> str:
    files = [*ROOT.glob("platform/*/migrations/*.py"), *ROOT.glob("tenants/migrations/*.py")]
    files += ROOT.glob("platform/database/*.py")
    together = sha256()
    for file in sorted(files):
        together.update(file.read_bytes())
    return together.hexdigest()[:12]


class Emptier:
    """Empties the tables that a committing test has filled: only the owner may TRUNCATE."""

    def __init__(self, database: str) -> None:
        self._owner = as_owner(database)
        self._owner.execute("set lock_timeout to '20s'")  # a connection that a test left open: say so, do not hang
        self._full = self._question([row[0] for row in self._owner.execute(TABLES, [KEPT])])

    def empty(self) -> None:
        full = [Identifier(row[0]) for row in self._owner.execute(self._full)]
        if full:
            self._owner.execute(SQL("TRUNCATE {} CASCADE").format(SQL(", ").join(full)))

    def close(self) -> None:
        self._owner.close()

    @staticmethod
    def _question(tables: list[str]) -> Composed:
        ask = SQL("select {} where exists (select from {})")
        return SQL(" union all ").join(ask.format(Literal(name), Identifier(name)) for name in tables)
