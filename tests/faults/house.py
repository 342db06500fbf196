"""The product's programs as processes: started as a deployment starts them, ended one by one."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests

from host.embedded import processes
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
WORKER = ("celery", "--quiet", "-A", "host", "worker", "--pool", "threads", "--without-gossip")
WEB = ("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--workers", "1", "--blocking-threads", "8")


@dataclass
class House:
    """Starts the product's programs and ends exactly those."""

    logs: Path
    environment: dict[str, str]
    port: int
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)
    log: Path | None = None  # where all of them write, instead of a file for each

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def worker(
        self, *, slots: str = "4", clock_off: str = "", poison: str = "", **environment: str
    ) -> subprocess.Popen[bytes]:
        """`clock_off`: seconds by which its clock is wrong. `poison`: "raise" or "kill", a colon, and the entry
        whose planning comes to that."""
        wrong = ["tests.faults.wrong_clock", clock_off] if clock_off else []
        wrong += ["tests.faults.poison", *poison.split(":")] if poison else []
        words = "--concurrency", slots, "--without-mingle", "--loglevel", self.environment["LOG_LEVEL"]
        return self.start(*wrong, *WORKER, *words, **environment)

    def web(self, **environment: str) -> subprocess.Popen[bytes]:
        words = "--no-access-log", "--port", str(self.port), "host.wsgi:application"
        child = self.start(*WEB, *words, **environment)
        until(self._answers, seconds=60)
        return child

    def start(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        log = self.log or self.logs / f"{len(self.started)}-{words[0]}.log"
        command = [sys.executable, "-m", *words]
        child = processes.start(
            command, log, signal.SIGKILL, environment={**self.environment, **environment}, cwd=ROOT
        )
        self.started.append(child)
        return child

    def stop(self) -> None:
        for child in self.started:
            kill_all_of(child)

    def said(self) -> str:
        return "\n".join(log.read_text(errors="replace") for log in sorted(self.logs.glob("*.log")))

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.address}/healthz", timeout=2).ok
        except requests.RequestException:
            return False


def kill(child: subprocess.Popen[bytes]) -> None:
    """As the kernel does when memory is short: no word, no goodbye."""
    child.kill()
    child.wait()


def kill_all_of(child: subprocess.Popen[bytes]) -> None:
    """It has a session of its own: a server's children end with it."""
    if child.returncode is None:  # else its number may be another's by now
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()
