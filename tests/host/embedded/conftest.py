"""One set of services for all these tests, each of which leaves it stopped and whole."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from host.embedded import services
from host.embedded.homes import Home, home
from tests.host.embedded.machine import servers


@pytest.fixture(autouse=True)
def nothing_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in services.NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="package")
def project() -> Iterator[Path]:
    """A long path with what shells take for their own, in a folder that is closed to everybody else."""
    closed = Path(tempfile.mkdtemp(prefix="causeway-project-"))
    folder = closed / "a folder of $HOME's" / ("long " * 30).strip()
    folder.mkdir(parents=True)
    yield folder
    services.forget(folder)
    shutil.rmtree(home(folder).folder)
    still_closed = closed.stat().st_mode & 0o077 == 0
    shutil.rmtree(closed)
    assert still_closed


@pytest.fixture
def place(project: Path) -> Iterator[Home]:
    """The project's home. Nothing runs there before and after."""
    yield home(project)
    assert servers(home(project)) == {}
