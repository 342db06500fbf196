"""Starts the demo as scripts/demo does, but in a folder and at ports of its own, and looks at what is left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Thread

import psutil  # type: ignore[import-untyped]

from host.demo import leftovers
from host.embedded.homes import home
from tests.host.embedded.machine import servers

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 120
ENTRIES = ("--entries", "8")
COUNT = count()


class Demo:
    """A running demo; its output goes to a file, so that it can be read while it runs."""

    def __init__(self, folder: Path, port: int, *words: str, **settings: str) -> None:
        self.folder = folder
        self._said = folder / f"said-{next(COUNT)}.txt"
        program = str(ROOT / "platform/host/demo/__main__.py")
        with self._said.open("w") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-P", program, "--folder", folder, "--port", str(port), *ENTRIES, *words],
                cwd="/",
                env={"PATH": os.defpath, "HOME": str(folder), **settings},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self._said.read_text()

    def says(self, words: str) -> None:
        until = time.monotonic() + SECONDS
        while words not in self.said:
            assert self._process.poll() is None, self.said
            assert time.monotonic() < until, self.said
            time.sleep(0.05)

    def ended(self) -> int:
        """Its exit status. However it ended, there was no traceback."""
        status = self._process.wait(SECONDS)
        assert "Traceback" not in self.said
        return status

    def end(self) -> None:
        """However a test ended."""
        self._process.terminate()
        self._process.wait(SECONDS)

    def insist(self, number: signal.Signals) -> None:
        """Once more after a moment, which changes nothing once it is heard: Python swallows what comes while it reads
        the packages' `.pth` files."""
        self.signal(number)
        time.sleep(2)
        self.signal(number)

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def children(self, words: str) -> list[psutil.Process]:
        found = psutil.Process(self._process.pid).children(recursive=True)
        return [child for child in found if words in _command(child)]


def left_running(folder: Path) -> list[object]:
    """Processes of the demo that runs, or ran, there."""
    marked = (process for process in psutil.process_iter() if _mark(process) == str(folder / ".causeway" / "demo"))
    return [*marked, *servers(home(folder))]


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # ended meanwhile
        return ""


def _mark(process: psutil.Process) -> str | None:
    try:
        found: dict[str, str] = process.environ()
        return found.get(leftovers.MARK)
    except psutil.Error:
        return None


def within(seconds: float, ready: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not (now := ready()) and time.monotonic() < until:
        time.sleep(0.05)
    return now


@contextmanager
def taken(port: int) -> Iterator[None]:
    """By another's web server, which understands nothing."""
    with ThreadingHTTPServer(("127.0.0.1", port), BaseHTTPRequestHandler) as another:
        Thread(target=another.serve_forever, daemon=True).start()
        yield
        another.shutdown()
