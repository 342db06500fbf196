"""One folder for all demos of this package, with a space in its name, and ports that nobody else asks for."""

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from host.embedded import services
from host.embedded.homes import home
from tests.host.demo.theatre import Demo, left_running

Starts = Callable[..., Demo]


@pytest.fixture(autouse=True)
def nothing_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in services.NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="package")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="causeway demo "))
    yield made
    services.forget(made)
    shutil.rmtree(home(made).folder)
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="package")
def port(worker_id: str) -> int:
    """Below those that the system gives to others; tests beside us have another thousand."""
    beside = int(worker_id.removeprefix("gw")) if worker_id != "master" else 0
    return 10_000 + 1000 * (beside % 20) + random.randrange(800)


@pytest.fixture(scope="package")
def first(folder: Path, port: int) -> Demo:
    """The first demo of the folder, when it has ended."""
    demo = Demo(folder, port, "--once")
    assert demo.ended() == 0, demo.said
    return demo


@pytest.fixture
def start(first: Demo, folder: Path, port: int) -> Iterator[Starts]:
    """Starts another after the first; nothing of it is left at the end."""
    started: list[Demo] = []

    def start(*words: str, **settings: str) -> Demo:
        started.append(Demo(folder, port, *words, **settings))
        return started[-1]

    yield start
    for demo in started:
        demo.end()
    assert left_running(folder) == []
