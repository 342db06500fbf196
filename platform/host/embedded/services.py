"""The services a deployment needs: those that the environment names, and embedded ones for the others."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from host.embedded import postgres, valkey
from host.embedded.homes import Home, ServiceFailed, alone, home, throw_away_home

__all__ = ["ServiceFailed", "Services", "start"]


@dataclass(frozen=True)
class Services:
    database_url: str
    migration_database_url: str
    redis_url: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "MIGRATION_DATABASE_URL": self.migration_database_url,
            "REDIS_URL": self.redis_url,
        }


@contextmanager
def start(project: Path, *, throw_away: bool = False) -> Iterator[Services]:
    """Stops at the end what it started. Raises ServiceFailed with one sentence."""
    with ExitStack() as running:
        place = running.enter_context(throw_away_home()) if throw_away else home(project)
        with alone(place):
            database, migrations = _database(place, running, throw_away=throw_away)
            redis_url = os.environ.get("REDIS_URL") or _valkey(place, running)
        yield Services(database, migrations, redis_url)


def _database(place: Home, running: ExitStack, *, throw_away: bool) -> tuple[str, str]:
    login, owner = os.environ.get("DATABASE_URL"), os.environ.get("MIGRATION_DATABASE_URL")
    if login and owner:
        return login, owner
    if login or owner:
        raise ServiceFailed("Set both DATABASE_URL and MIGRATION_DATABASE_URL, or neither.")
    server = postgres.start(place, throw_away=throw_away)
    running.callback(server.stop)
    return server.url(postgres.LOGIN), server.url(postgres.OWNER)


def _valkey(place: Home, running: ExitStack) -> str:
    server = valkey.start(place)
    running.callback(server.stop)
    return server.url
