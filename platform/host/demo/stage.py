"""The demo's processes: each in a session of its own, watched, and stopped at the end."""

import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from host.demo.sentences import DemoFailed
from host.embedded import processes

START_SECONDS = 60
DEATHS_AT_MOST = 5  # of one process; more is a fault that starting again does not mend


@dataclass
class Stage:
    """`folder` holds state and logs; `environment` is what every process is started with."""

    folder: Path
    environment: Mapping[str, str]
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _deaths: Counter[str] = field(default_factory=Counter)

    def log(self, name: str) -> Path:
        (self.folder / "logs").mkdir(exist_ok=True)
        return self.folder / "logs" / f"{name}.log"

    def run(self, name: str, *words: str) -> None:
        """A program that ends by itself."""
        with self.log(name).open("ab") as output:
            done = subprocess.run(  # noqa: S603  our own programs
                [sys.executable, *words], env=dict(self.environment), stdout=output, stderr=output, cwd=_root()
            )
        if done.returncode:
            raise DemoFailed(f"{name} failed. {processes.last_words(self.log(name))}")

    def start(self, name: str, *words: str, answers_at: str = "") -> None:
        self._words[name] = words
        self._launch(name)
        if answers_at:
            self.wait(name, answers_at)

    def revive(self) -> list[str]:
        """Starts again what ended without being told to; its names. Nothing is lost with a killed process."""
        dead = [name for name, child in self._running.items() if child.poll() is not None]
        for name in dead:
            self._deaths[name] += 1
            if self._deaths[name] > DEATHS_AT_MOST:
                raise DemoFailed(f"{name} ends again and again. {processes.last_words(self.log(name))}")
            self._launch(name)
        return dead

    def stop(self) -> None:
        for child in reversed(self._running.values()):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in self._running.values():
            processes.stop(child, signal.SIGTERM)
        self._running.clear()

    def _launch(self, name: str) -> None:
        command = [sys.executable, *self._words[name]]
        self._running[name] = processes.start(
            command, self.log(name), signal.SIGTERM, environment=self.environment, cwd=_root()
        )

    def wait(self, name: str, address: str) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self._running[name].poll() is not None:
                break
            if _answers(address):
                return
            time.sleep(0.05)
        raise DemoFailed(f"{name} does not answer at {address}. {processes.last_words(self.log(name))}")


def _answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=2).ok
    except requests.RequestException:
        return False


@contextmanager
def stage(folder: Path, environment: Mapping[str, str]) -> Iterator[Stage]:
    made = Stage(folder, environment)
    try:
        yield made
    finally:
        made.stop()


def port(wanted: int) -> int:
    """The wanted port, or another one if somebody has it."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", wanted))
        except OSError:
            return processes.free_port()
    return wanted


def _root() -> Path:
    return Path(__file__).resolve().parents[3]
