"""A sandbox as a process of its own: found by name, stopped by SIGTERM, killed by SIGKILL."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

VENDOR = """
from connectors.kit.sandbox.tests.specimen import Acme
sandbox_class = Acme
"""


@pytest.fixture
def places(tmp_path: Path) -> Path:
    """A vendor that is installed beside ours."""
    package = tmp_path / "connectors" / "acme" / "sandbox"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(VENDOR)
    (package.parent / "__init__.py").write_text("")
    return tmp_path


def _command(places: Path) -> list[str]:
    code = (
        f"import connectors; connectors.__path__.append({str(places / 'connectors')!r});"
        "from connectors.kit.sandbox.__main__ import main; main()"
    )
    return [sys.executable, "-c", code, "acme"]


class Process:
    def __init__(self, places: Path, *options: str) -> None:
        command = [*_command(places), "--folder", str(places / "state"), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().rsplit(" ", 1)[-1].strip()

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=20)
        return self.process.returncode


@pytest.fixture
def alone(places: Path) -> Iterator[Process]:
    process = Process(places)
    yield process
    if process.process.poll() is None:
        process.end(signal.SIGKILL)


def test_sigterm_ends_it_cleanly(alone: Process) -> None:
    assert requests.get(f"{alone.url}/_sandbox/health", timeout=10).json()["sandbox"] == "acme"
    assert alone.end(signal.SIGTERM) == 0


def test_sigkill_loses_nothing_that_was_acknowledged(alone: Process, places: Path) -> None:
    sent = [requests.post(f"{alone.url}/bills", json={"n": n}, timeout=10).json()["id"] for n in range(20)]
    alone.end(signal.SIGKILL)
    again = Process(places)
    assert [bill["id"] for bill in requests.get(f"{again.url}/bills", timeout=10).json()] == sent
    assert again.end(signal.SIGTERM) == 0


def test_a_taken_port_is_one_clear_sentence(alone: Process, places: Path) -> None:
    port = alone.url.rsplit(":", 1)[-1]
    second = subprocess.run(
        [*_command(places), "--port", port], capture_output=True, text=True, timeout=30, check=False
    )
    assert second.returncode == 1
    assert second.stderr.startswith("The acme sandbox cannot start on port")
    assert "Traceback" not in second.stderr


@pytest.mark.parametrize("key", ["nobody", "../etc"])
def test_an_unknown_vendor_is_one_clear_sentence(key: str) -> None:
    command = [sys.executable, "-m", "connectors.kit.sandbox", key]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
