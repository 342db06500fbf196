import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import connectors
from connectors import registry
from connectors.kit import scaffold
from connectors.kit.testing import suite
from connectors.kit.testing.checking import Verdict

ACME = Path(connectors.__file__).parents[1] / "tests" / "plugins" / "acme-connector"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The connectors' folder, empty."""
    monkeypatch.setattr(connectors, "__path__", [str(tmp_path)])
    before = set(sys.modules)
    registry.found.cache_clear()
    yield tmp_path
    registry.found.cache_clear()
    for name in set(sys.modules) - before:
        del sys.modules[name]


def files(folder: Path) -> dict[str, str]:
    found = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in found}


def test_a_new_connector_passes_the_whole_suite_as_it_is(folder: Path) -> None:
    scaffold.make("acme_books", folder, is_package=False)

    results = list(suite.run_all(suite.declaration_of(registry.get("acme_books"))))

    assert registry.left_out() == ()
    assert [f"{one.check.name}: {one.told}" for one in results if one.verdict is Verdict.FAILED] == []
    assert sum(one.verdict is Verdict.PASSED for one in results) > 50


def test_a_logo_that_no_page_may_show_is_told_and_not_shown(folder: Path) -> None:
    made = scaffold.make("acme_books", folder, is_package=False)
    (made / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" onload="x()"/>')

    (result,) = suite.run_all(suite.declaration_of(registry.get("acme_books")), lambda name: name.startswith("logo"))

    assert result.verdict is Verdict.FAILED
    assert "Its svg has onload='x()', which runs or loads something." in result.told
    assert registry.logo("acme_books") == b""


def test_the_package_that_the_tests_install_is_what_is_made(tmp_path: Path) -> None:
    """So it cannot grow better than what a developer begins with."""
    made = scaffold.make("acme", tmp_path, is_package=True)

    assert files(made) == files(ACME)


def test_the_words_of_a_key_become_its_names(folder: Path) -> None:
    scaffold.make("acme_books", folder, is_package=False)

    connector = registry.get("acme_books")

    assert (connector.__name__, connector.name) == ("AcmeBooks", "Acme Books")


@pytest.mark.parametrize("key", ["", "Acme", "1acme", "acme-books", "acme/../x", "a" * 60, "class", "kit", "json"])
def test_a_name_that_cannot_be_one_is_refused(key: str, tmp_path: Path) -> None:
    with pytest.raises(scaffold.NotMade, match=r"Take small letters|Choose another name"):
        scaffold.make(key, tmp_path, is_package=False)

    assert list(tmp_path.iterdir()) == []


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()

    with pytest.raises(scaffold.NotMade, match="exists already"):
        scaffold.make("acme", tmp_path, is_package=False)


def test_a_folder_that_is_not_there_is_not_made_up(tmp_path: Path) -> None:
    with pytest.raises(scaffold.NotMade, match="There is no folder"):
        scaffold.make("acme", tmp_path / "nowhere", is_package=False)
