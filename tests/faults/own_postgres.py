"""A PostgreSQL of the test's own, as durable as a deployment's, that may be crashed: the suite's serves others."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

from host.embedded import services
from tests.faults.house import ROOT, House

SERVICES = ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL")


@dataclass(frozen=True)
class OwnPostgres:
    address: str

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
            yield OwnPostgres(running.database_url)
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
