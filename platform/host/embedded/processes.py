"""Children that do not outlive us, servers that do, and how to end exactly those that are ours."""

import ctypes
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil  # type: ignore[import-untyped]

PR_SET_PDEATHSIG = 1


def start(
    command: Sequence[str | Path],
    log: Path,
    ending: signal.Signals,
    *,
    environment: Mapping[str, str] | None = None,
    cwd: Path = Path("/"),
) -> subprocess.Popen[bytes]:
    """In a session of its own, so that Ctrl-C reaches only us; `ending` reaches it if we die without a word."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)  # Linux has it; elsewhere the child stays

    def die_with_us() -> None:
        if prctl:
            prctl(PR_SET_PDEATHSIG, int(ending))

    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603  our own command
            [str(part) for part in command],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with_us,
            env=dict(environment or {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}),
        )


def stop(child: subprocess.Popen[bytes], ending: signal.Signals, seconds: float = 30) -> None:
    if child.poll() is None:
        child.send_signal(ending)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def having(word: str, uid: int) -> list[psutil.Process]:
    """The user's processes with this word in the command line, or entitled so. No pid file is believed."""
    found = {}
    for process in psutil.process_iter(["cmdline", "ppid", "uids"]):
        words, uids = process.info["cmdline"] or [], process.info["uids"]
        if uids and uids.real == uid and (word in words or " ".join(words).startswith(word)):
            found[process.pid] = process
    # A child just forked still bears its parent's words.
    return [process for process in found.values() if process.info["ppid"] not in found]


def end(word: str, uid: int, *endings: signal.Signals, seconds: float = 10) -> None:
    """The politest signal first. psutil never signals a pid that has been given to another since."""
    for ending in (*endings, signal.SIGKILL):
        for process in (left := having(word, uid)):
            try:
                process.send_signal(ending)
            except psutil.NoSuchProcess:
                continue
        if not left or within(seconds, lambda: not having(word, uid)):
            return


def within(seconds: float, ready: Callable[[], bool]) -> bool:
    """Whether it became true in that time."""
    until = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


#: Below those that Linux gives to outgoing connections: one of them would take a port before who chose it listens.
PORTS = range(20_000, 32_000)


def free_port(wanted: int = 0) -> int:
    """The wanted one, if nobody has it."""
    for port in (*([wanted] if wanted else []), *random.sample(PORTS, 100)):
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("there is no free port on 127.0.0.1")


def last_words(log: Path) -> str:
    try:
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        lines = []
    lines = [line for line in lines if "FATAL:" in line] or lines  # PostgreSQL gives hints after it
    said = f" It said: {lines[-1].strip()}" if lines else ""
    return f"Its log is {log}.{said}"
