"""Starts services as children that do not outlive us, and tells which process holds a folder."""

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from host.embedded.homes import Home, ServiceFailed

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def start(place: Home, command: Sequence[str | Path], log: Path, ending: signal.Signals) -> subprocess.Popen[bytes]:
    """In a session of its own, so that Ctrl-C reaches only us; `ending` reaches it if we die without a word."""

    def die_with_us() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(ending))

    identity = {"user": place.uid, "group": place.gid, "extra_groups": []} if place.changes_user else {}
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603  our own command
            [str(part) for part in command],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with_us,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            **identity,  # type: ignore[arg-type]
        )


def wait_until(ready: Callable[[], bool], child: subprocess.Popen[bytes] | None, what: str, log: Path) -> None:
    until = time.monotonic() + 120
    while not ready():
        if child is not None and child.poll() is not None:
            raise ServiceFailed(f"{what} ended right after its start. {last_words(log)}")
        if time.monotonic() > until:
            raise ServiceFailed(f"{what} did not answer for two minutes. {last_words(log)}")
        time.sleep(0.05)


def stop(child: subprocess.Popen[bytes], ending: signal.Signals, seconds: float = 30) -> None:
    if child.poll() is None:
        child.send_signal(ending)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def holding(folder: Path) -> list[int]:
    """Processes whose command line names this folder: no pid file is believed."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if str(folder).encode() in words:
                found.append(int(entry.name))
    return found


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def last_words(log: Path) -> str:
    try:
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        lines = []
    said = f" It said: {lines[-1].strip()}" if lines else ""
    return f"Its log is {log}.{said}"
