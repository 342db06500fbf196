import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import connectors
from connectors import registry
from connectors.kit.connector import Connector, Source, Target


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    registry.installed.cache_clear()
    yield
    registry.installed.cache_clear()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(connectors, "__path__", [str(tmp_path)])
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def write(folder: Path, key: str, code: str | None) -> None:
    (folder / key).mkdir()
    (folder / key / "__init__.py").touch()
    if code is not None:
        (folder / key / "connector.py").write_text(code)


SMALLEST = """
from connectors.kit.connector import Target
class Dull(Target):
    key, name = "dull", "Dull Books"
connector = Dull
"""


def test_every_connector_of_the_house_is_found_under_its_own_key() -> None:
    found = registry.installed()
    assert found
    for key, connector in found.items():
        assert issubclass(connector, Connector)
        assert connector.key == key
        assert connector.__module__ == f"connectors.{key}.connector"


def test_a_connector_is_a_folder(folder: Path) -> None:
    write(folder, "dull", SMALLEST)
    write(folder, "notyet", None)
    assert registry.target("dull").name == "Dull Books"
    assert list(registry.installed()) == ["dull"]


def test_a_connector_that_breaks_does_so_loudly(folder: Path) -> None:
    write(folder, "broken", "import a_module_that_is_not_there")
    with pytest.raises(ModuleNotFoundError):
        registry.installed()


def test_an_installed_package_can_bring_a_connector(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "dull", SMALLEST)
    point = EntryPoint("dull", "connectors.dull.connector:connector", registry.GROUP)
    (folder / "dull").rename(folder / "elsewhere")
    point = EntryPoint("dull", "connectors.elsewhere.connector:connector", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point])
    assert registry.get("dull").name == "Dull Books"


def test_an_unknown_key_has_a_sentence() -> None:
    with pytest.raises(registry.UnknownConnector, match="No connector 'nothing' is installed"):
        registry.get("nothing")


def test_a_source_is_no_target_and_a_target_no_source() -> None:
    for key, connector in registry.installed().items():
        if not issubclass(connector, Source):
            with pytest.raises(registry.UnknownConnector):
                registry.source(key)
        if not issubclass(connector, Target):
            with pytest.raises(registry.UnknownConnector):
                registry.target(key)
