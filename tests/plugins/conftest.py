import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import invalidate_caches
from pathlib import Path

import pytest

from connectors import registry

HERE = Path(__file__).parent
PACKAGES = ("acme-connector", "broken-connector", "newer-connector")


def pip(*arguments: object) -> None:
    """Without network, and with what is installed here."""
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *map(str, arguments)]
    subprocess.run(command, check=True, timeout=300, capture_output=True)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the three packages are installed from wheels of theirs."""
    work = tmp_path_factory.mktemp("plugins")
    for name in PACKAGES:
        shutil.copytree(HERE / name, work / name, ignore=shutil.ignore_patterns("__pycache__"))
        pip("wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", work / "wheels", work / name)
    wheels = sorted((work / "wheels").glob("*.whl"))
    pip("install", "--no-deps", "--no-index", "--target", work / "site", *wheels)
    return work / "site"


@pytest.fixture
def installed(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """As if this process had been started with the packages installed."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(site)
    invalidate_caches()
    registry.found.cache_clear()
    yield site
    registry.found.cache_clear()
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in {"acme_connector", "broken_connector", "newer_connector"}:
            del sys.modules[name]
