"""The demo's processes: each in a session of its own, watched, and stopped at the end."""

import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import requests

from host.demo import leftovers
from host.demo.ports import Ports, belongs_to
from host.demo.sentences import DemoFailed
from host.embedded import processes

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 60
DEATHS_AT_MOST = 5  # of one process; more is a fault that starting again does not mend


@dataclass
class Stage:
    """`folder` holds state and logs; `environment` is what every process is started with."""

    folder: Path
    environment: dict[str, str]
    ports: Ports = field(default_factory=Ports)
    addresses: dict[str, str] = field(default_factory=dict)  # of sandboxes, by connector
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _commands: dict[str, list[str]] = field(default_factory=dict)
    _deaths: Counter[str] = field(default_factory=Counter)

    def log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    def run(self, name: str, *words: str) -> None:
        """A program that ends by itself."""
        with self.log(name).open("ab") as output:
            done = subprocess.run(  # noqa: S603  our own programs
                [sys.executable, *words], env=self.environment, stdout=output, stderr=output, cwd=ROOT
            )
        if done.returncode:
            raise DemoFailed(f"{name} failed. {processes.last_words(self.log(name))}")

    def start(self, name: str, *words: str) -> None:
        self._commands[name] = [sys.executable, *words]
        self._launch(name)

    def start_line(self, name: str, line: str) -> None:
        """A line of the Procfile, as a shell reads it."""
        self._commands[name] = ["/bin/sh", "-c", f"exec {line}"]
        self._launch(name)

    def revive(self) -> list[str]:
        """Starts again what ended without being told to; its names. Nothing is lost with a killed process."""
        dead = [name for name, child in self._running.items() if child.poll() is not None]
        for name in dead:
            self._deaths[name] += 1
            if self._deaths[name] > DEATHS_AT_MOST:
                raise DemoFailed(f"{name} ends again and again. {processes.last_words(self.log(name))}")
            leftovers.end(self.folder, self._running[name].pid)
            self._launch(name)
        return dead

    def stop(self) -> None:
        for child in reversed(self._running.values()):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in self._running.values():
            processes.stop(child, signal.SIGTERM)
        leftovers.end(self.folder)
        self._running.clear()

    def wait(self, name: str, address: str) -> None:
        """Until it answers there, and not another who took the port in the same moment."""
        child = self._running[name]
        if not processes.within(START_SECONDS, lambda: child.poll() is not None or _answers(address)):
            raise DemoFailed(f"{name} does not answer at {address}. {processes.last_words(self.log(name))}")
        if child.poll() is not None or not belongs_to(urlsplit(address).port or 0, child.pid):
            raise DemoFailed(f"{name} could not start. {processes.last_words(self.log(name))}")

    def _launch(self, name: str) -> None:
        self._running[name] = processes.start(
            self._commands[name], self.log(name), signal.SIGTERM, environment=self.environment, cwd=ROOT
        )


def _answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=2).ok
    except requests.RequestException:
        return False


@contextmanager
def stage(folder: Path, environment: dict[str, str]) -> Iterator[Stage]:
    """With logs of this start only; those of the last one lie beside."""
    shutil.rmtree(folder / "logs.old", ignore_errors=True)
    if (folder / "logs").exists():
        (folder / "logs").rename(folder / "logs.old")
    (folder / "logs").mkdir()
    made = Stage(folder, environment)
    try:
        yield made
    finally:
        made.stop()
