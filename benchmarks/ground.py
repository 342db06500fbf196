"""What a benchmark stands on: durable services of its own, the product's processes, and the vendors' fake."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import requests

from benchmarks.control import Fake
from host.embedded import processes, services
from tests.plugin import say_settings
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[1]
GRANIAN = ("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--no-access-log", "--blocking-threads", "8")
WORKER = (
    "celery",
    "-A",
    "benchmarks.worker_app",
    "worker",
    "--pool",
    "threads",
    "--without-gossip",
    "--without-mingle",
)
QUIET = "WARNING"


@dataclass
class Ground:
    """Starts and ends programs. `quick`: sizes for a first look; `tiny`: for a test of this code."""

    folder: Path
    fake: Fake
    quick: bool = False
    tiny: bool = False
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def size(self, full: int, quick: int, tiny: int) -> int:
        return tiny if self.tiny else quick if self.quick else full

    def say(self, words: str) -> None:
        sys.stderr.write(f"… {words}\n")

    @contextmanager
    def program(self, *words: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """`python -m …` with the settings of these services."""
        log = self.folder / f"{len(self._running)}-{words[0]}.log"
        command = [sys.executable, "-m", *words]
        child = processes.start(
            command, log, signal.SIGKILL, environment={**os.environ, "LOG_LEVEL": QUIET, **environment}, cwd=ROOT
        )
        self._running.append(child)
        try:
            yield child
        finally:
            _end(child)

    @contextmanager
    def worker(self, slots: int = 8, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """As in the Procfile. It has started once it has answered a first hint."""
        words = (*WORKER, "--concurrency", str(slots), "--loglevel", QUIET)
        with self.program(*words, WORKER_SLOTS=str(slots), **environment) as child:
            yield child

    @contextmanager
    def express(self, slots: int = 2) -> Iterator[subprocess.Popen[bytes]]:
        with self.program("benchmarks.express", "--slots", str(slots)) as child:
            yield child

    @contextmanager
    def web(self, application: str = "host.wsgi:application", workers: int = 1, **environment: str) -> Iterator[int]:
        """Its port."""
        port = processes.free_port()
        words = (*GRANIAN, "--workers", str(workers), "--port", str(port), application)
        with self.program(*words, **environment) as child:
            until(lambda: child.poll() is not None or _answers(port), seconds=60)
            if child.poll() is not None:
                raise RuntimeError(f"The web server did not start: {self.last_words()}")
            yield port

    def settle(self) -> None:
        """Statistics, as autovacuum makes them within a minute of a deployment's first job."""
        with psycopg.connect(os.environ["MIGRATION_DATABASE_URL"], autocommit=True) as owner:
            owner.execute("analyze")

    def last_words(self) -> str:
        return "\n".join(log.read_text(errors="replace")[-2000:] for log in sorted(self.folder.glob("*.log")))


@contextmanager
def prepared(*, quick: bool = False, tiny: bool = False) -> Iterator[Ground]:
    """PostgreSQL and Valkey of our own, with every guarantee of durability; Django set up upon them."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="causeway-bench-")))
        for name in ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        say_settings()
        running = services.start(folder)
        stack.callback(services.forget, folder)
        stack.enter_context(running)
        os.environ.update(running.environment, DJANGO_SETTINGS_MODULE="host.settings", LOG_LEVEL=QUIET)
        _migrate()
        yield stack.enter_context(furnished(folder, quick=quick, tiny=tiny))


@contextmanager
def furnished(folder: Path, *, quick: bool = False, tiny: bool = False) -> Iterator[Ground]:
    """The vendors' fake, for services that run already."""
    port = processes.free_port()
    ground = Ground(folder, Fake(port), quick, tiny)
    with ground.program("benchmarks.fake", str(port)):
        until(ground.fake.answers)
        yield ground


def _migrate() -> None:
    command: Sequence[str] = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity=0"]
    subprocess.run(command, check=True, cwd=ROOT)  # noqa: S603  our own command
    import django

    django.setup()


def _answers(port: int) -> bool:
    try:
        requests.get(f"http://127.0.0.1:{port}/healthz", timeout=2)
    except requests.RequestException:
        return False
    return True


def _end(child: subprocess.Popen[bytes]) -> None:
    """With its children: it has a session of its own."""
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()
