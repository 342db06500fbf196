"""The services a deployment needs: those that the environment names, and embedded ones for the others."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import SubprocessError
from typing import Self

from host import environment
from host.embedded import postgres, valkey
from host.embedded.homes import Home, ServiceFailed, abandoned_homes, home, throw_away_home

__all__ = ["ServiceFailed", "Services", "forget", "start"]

NAMES = ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL")


@dataclass
class Services:
    """`with start(folder) as services`, or `stop()` at the end. The addresses hold passwords: keep them from logs."""

    database_url: str = field(repr=False)
    migration_database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    _home: Home | None = field(default=None, repr=False)
    _throw_away: bool = field(default=False, repr=False)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "MIGRATION_DATABASE_URL": self.migration_database_url,
            "REDIS_URL": self.redis_url,
        }

    def stop(self) -> None:
        """The last one out ends what was started here; what the environment named is not ours to end."""
        place, self._home = self._home, None
        if place is not None:
            _leave(place, self._throw_away)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ending: object) -> None:
        self.stop()


def start(folder: Path, *, throw_away: bool = False) -> Services:
    """What is missing is started, or found running; `throw_away`: fast, unsafe, gone after `stop`.

    Raises ServiceFailed with one sentence.
    """
    login, owner, redis_url = (environment.text(name, "") for name in NAMES)
    if owner and not login:
        raise ServiceFailed("MIGRATION_DATABASE_URL is set and DATABASE_URL is not: set both, or neither.")
    if login and redis_url:
        return Services(login, owner, redis_url)
    try:
        return _start(folder, throw_away, login, owner, redis_url)
    except (OSError, SubprocessError) as error:
        raise ServiceFailed(f"The embedded services cannot start for {folder}: {error}.") from error


def forget(folder: Path) -> None:
    """Ends what runs for this folder and deletes its data."""
    place = home(folder)
    with place.alone():
        _end(place)
        for name in ("postgres", "valkey"):
            shutil.rmtree(place.folder / name, ignore_errors=True)


def _start(folder: Path, throw_away: bool, login: str, owner: str, redis_url: str) -> Services:
    if throw_away:
        for abandoned in abandoned_homes():
            _end(abandoned)
            shutil.rmtree(abandoned.folder, ignore_errors=True)
    place = throw_away_home() if throw_away else home(folder)
    try:
        with place.alone():
            place.enter()
            if not login:
                login, owner = postgres.start(place, throw_away=throw_away)
            redis_url = redis_url or valkey.start(place)
    except BaseException:
        _leave(place, throw_away)
        raise
    return Services(login, owner, redis_url, place, throw_away)


def _leave(place: Home, throw_away: bool) -> None:
    with place.alone(), place.leaving() as last:
        if last:
            _end(place)
        if last and throw_away:
            shutil.rmtree(place.folder, ignore_errors=True)


def _end(place: Home) -> None:
    postgres.stop(place)
    valkey.stop(place)
