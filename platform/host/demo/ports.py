"""Ports of this machine: the usual ones, or the next that nobody has."""

import errno
import socket
from dataclasses import dataclass, field

import psutil  # type: ignore[import-untyped]

from host.demo.sentences import DemoFailed

LOOPBACK = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))  # `localhost` may mean either
TRIED = 200


@dataclass
class Ports:
    """`moved` has a sentence for each that is not the usual one."""

    moved: list[str] = field(default_factory=list)
    _given: set[int] = field(default_factory=set)

    def choose(self, usual: int, who: str) -> int:
        found = next((n for n in range(usual, usual + TRIED) if n not in self._given and is_free(n)), None)
        if found is None:
            raise DemoFailed(f"No port from {usual} to {usual + TRIED} is free for {who}.")
        if found != usual:
            self.moved.append(f"Port {usual} is taken: {who} is at {found}.")
        self._given.add(found)
        return found


def is_free(port: int) -> bool:
    return not any(_is_taken(family, host, port) for family, host in LOOPBACK)


def _is_taken(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((host, port))
    except OSError as error:
        return error.errno in {errno.EADDRINUSE, errno.EACCES}  # not: this machine has no IPv6
    return False


def belongs_to(port: int, pid: int) -> bool:
    """Whether this process and its children are the only ones that listen there: two servers may share a port."""
    family = {pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))}
    listening = (one for one in psutil.net_connections("inet") if one.status == psutil.CONN_LISTEN)
    return {one.pid for one in listening if one.laddr.port == port} <= family
