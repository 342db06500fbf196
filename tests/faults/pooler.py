"""PgBouncer in transaction mode before the suite's PostgreSQL, set up as docs/operations.md says.

PGBOUNCER names one outside the path. Where there is none its tests are skipped.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connections

from host.embedded import processes
from tests import missing
from tests.waiting import until

SERVER_CONNECTIONS = 2

CONFIGURATION = """
[databases]
{name} = host={host} port={server_port} connect_query='set role causeway_app; set statement_timeout = 60000'

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 500
ignore_startup_parameters = options, extra_float_digits
"""


@dataclass
class Pooler:
    """`address`: the database's, by way of it."""

    address: str
    program: str
    configuration: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []  # it refuses to be root
        command = [self.program, *as_nobody, str(self.configuration)]
        self.process = processes.start(command, self.configuration.with_suffix(".log"), signal.SIGKILL)
        port = urlsplit(self.address).port
        until(lambda: processes.free_port(port or 0) != port)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


@contextmanager
def pooled(folder: Path, size: int = SERVER_CONNECTIONS) -> Iterator[Pooler]:
    program = os.environ.get("PGBOUNCER") or shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")
    if program is None:
        pytest.skip(missing.PGBOUNCER)
    made = _set_up(folder, program, size)
    made.start()
    try:
        yield made
    finally:
        made.kill()


@contextmanager
def through(pooler: Pooler) -> Iterator[None]:
    """Where the test's own connections go."""
    connections.close_all()
    with pytest.MonkeyPatch.context() as patch:
        database = connections.settings["default"]
        patch.setitem(database, "HOST", "127.0.0.1")
        patch.setitem(database, "PORT", urlsplit(pooler.address).port)
        yield
        connections.close_all()


def _set_up(folder: Path, program: str, size: int) -> Pooler:
    database = connections.settings["default"]
    folder.mkdir(mode=0o755)
    users, configuration = folder / "users", folder / "pgbouncer.ini"
    users.write_text(f'"{database["USER"]}" "{database["PASSWORD"]}"\n')
    port = processes.free_port()
    host, server_port = database["HOST"], database["PORT"]
    values = {"name": database["NAME"], "host": host, "server_port": server_port, "users": users}
    configuration.write_text(CONFIGURATION.format(**values, port=port, size=size))
    parts = urlsplit(os.environ["DATABASE_URL"])
    place = f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{port}"
    return Pooler(parts._replace(netloc=place, path=f"/{database['NAME']}").geturl(), program, configuration)
