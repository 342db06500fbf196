"""Processes that a killed one left behind. They are known by a word in their environment, not by a pid file."""

import os
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]

MARK = "CAUSEWAY_DEMO"
POLITE_SECONDS = 3  # the killed demo's children were told to end when it died


def end(folder: Path, session: int = 0) -> None:
    """Only under the demo's lock: all are ours then. With `session` only those that its leader has left."""
    left = [process for process in _of(folder) if not session or _session(process) == session]
    for process in left:
        _tell(process, "terminate")
    _, deaf = psutil.wait_procs(left, timeout=POLITE_SECONDS)
    for process in deaf:
        _tell(process, "kill")
    psutil.wait_procs(deaf, timeout=POLITE_SECONDS)


def _of(folder: Path) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(MARK) == str(folder):
                yield process
        except psutil.Error:
            continue  # ended, or another user's: not ours


def _session(process: psutil.Process) -> int:
    try:
        return os.getsid(process.pid)
    except ProcessLookupError:
        return -1


def _tell(process: psutil.Process, what: str) -> None:
    try:
        getattr(process, what)()
    except psutil.NoSuchProcess:
        return
