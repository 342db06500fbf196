"""Tests that are about a connector go with its folder: with it gone they are left out, and the summary says so."""

from pathlib import Path

import pytest

from tests import needs

_left_out: dict[str, frozenset[str]] = {}


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """A folder goes as a whole if its conftest.py cannot be loaded."""
    file = collection_path / "conftest.py" if collection_path.is_dir() else collection_path
    if file.suffix != ".py" or not file.is_file() or not (gone := needs.missing(file)):
        return None
    if file != collection_path or file.name.startswith("test_"):
        _left_out[collection_path.relative_to(needs.ROOT).as_posix()] = gone
    return True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _left_out:
        gone = ", ".join(sorted(frozenset().union(*_left_out.values())))
        terminalreporter.write_line(f"Left out, for want of the connector {gone}: {', '.join(sorted(_left_out))}")
