"""The real product around a test: worker and web server as processes, a Valkey of their own, vendors on loopback.

Beat runs in none of these tests: workers sweep by themselves.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from django.db import connections
from pytest_django import Settings
from redis import Redis

from host.embedded import processes, services
from tests.customer import Customer, new_customer, vendors
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
WORKER = ("celery", "-A", "host", "worker", "--pool", "threads", "--concurrency", "4", "--without-gossip")
WEB = ("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--workers", "1", "--blocking-threads", "8")


@dataclass
class House:
    """Starts the product's programs and ends exactly those."""

    logs: Path
    environment: dict[str, str]
    port: int
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def worker(self, **environment: str) -> subprocess.Popen[bytes]:
        return self.start(*WORKER, "--without-mingle", "--loglevel", "WARNING", **environment)

    def web(self, **environment: str) -> subprocess.Popen[bytes]:
        words = "--no-access-log", "--port", str(self.port), "host.wsgi:application"
        child = self.start(*WEB, *words, **environment)
        until(self._answers, seconds=60)
        return child

    def start(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        log = self.logs / f"{len(self.started)}-{words[0]}.log"
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


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """Its address. The suite's own PostgreSQL stays in use."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("REDIS_URL")
        running = services.start(ROOT, throw_away=True)
    with running:
        yield running.redis_url


@pytest.fixture
def house(transactional_db: None, valkey: str, settings: Settings, tmp_path: Path) -> Iterator[House]:
    with Redis.from_url(valkey) as client:
        client.flushall()
    port = processes.free_port()
    settings.REDIS_URL, settings.BASE_URL = valkey, f"http://localhost:{port}"
    database = str(connections.settings["default"]["NAME"])
    environment = {
        **os.environ,
        "DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl(),
        "REDIS_URL": valkey,
        "BASE_URL": settings.BASE_URL,
        "DJANGO_SETTINGS_MODULE": "host.settings",
        "LOG_LEVEL": "INFO",
        "PYTHONUNBUFFERED": "1",
    }
    made = House(tmp_path, environment, port)
    yield made
    made.stop()
    sys.stdout.write(made.said())  # shown when the test has failed
    connections.close_all()


@pytest.fixture
def customer(house: House) -> Iterator[Customer]:
    with vendors() as running:
        yield new_customer(*running)
        house.stop()  # before the vendors, so that nobody calls into nothing
