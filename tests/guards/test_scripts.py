"""The commands that people and robots start."""

import os
import re
import subprocess

import pytest

from tests.guards.tree import ROOT, files, name_of
from tests.machines import ASKED, bounded

SCRIPTS = sorted(path for path in (ROOT / "scripts").iterdir() if path.read_bytes().startswith(b"#!"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_may_be_started_and_parses(script: os.PathLike[str]) -> None:
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0


def test_the_robots_call_the_one_check_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands == ['exec "$(dirname "$0")/../scripts/test"']


def test_an_unknown_kind_of_install_is_refused_with_the_usage() -> None:
    done = subprocess.run([ROOT / "scripts" / "install", "nonsense"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "usage: scripts/install demo|dev|bench\n")


def test_at_night_state_machines_take_other_steps_and_more_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ASKED, raising=False)
    by_day = bounded(examples=20, steps=30)
    monkeypatch.setenv(ASKED, "300")
    at_night = bounded(examples=20, steps=30)

    assert (by_day.derandomize, by_day.max_examples) == (True, 20)
    assert (at_night.derandomize, at_night.max_examples) == (False, 300)
    soak = (ROOT / "scripts" / "soak").read_text()
    is_machine = re.compile(r"^class \w+\(RuleBasedStateMachine\)", re.MULTILINE).search
    machines = [path for path in files("tests", "connectors") if is_machine(path.read_text())]
    assert [path for path in machines if name_of(path) not in soak] == []
    assert f"{ASKED}=" in soak
