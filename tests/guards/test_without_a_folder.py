"""A connector's folder can be deleted: what is left starts, answers, and has its own tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guards.tree import ROOT
from tests.plugin import NOWHERE, SERVICES

FOLDERS = sorted(path.parent.name for path in ROOT.glob("connectors/*/__init__.py") if path.parent.name != "kit")
NOT_COPIED = {".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache"}
A_PAGE = """
import django
django.setup()
from django.test import Client
print(Client().get("/admin/login/", headers={"host": "localhost"}).status_code)
"""


@pytest.fixture
def rest(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The tree without that folder."""
    gone = ROOT / "connectors" / request.param

    def ignore(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if name in NOT_COPIED or Path(folder, name) == gone]

    return shutil.copytree(ROOT, tmp_path / "rest", ignore=ignore)


def run(rest: Path, *arguments: str) -> str:
    environment = os.environ | dict(zip(SERVICES, NOWHERE, strict=True))
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=rest,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=environment | {"PYTHONPATH": f"{rest}:{rest / 'platform'}", "DJANGO_SETTINGS_MODULE": "host.settings"},
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


@pytest.mark.parametrize("rest", FOLDERS, indirect=True)
def test_the_rest_starts_and_answers(rest: Path) -> None:
    assert "no issues" in run(rest, "manage.py", "check")
    assert run(rest, "-c", A_PAGE).strip().endswith("200")


@pytest.mark.parametrize("rest", FOLDERS[-1:], indirect=True)
def test_the_rest_has_its_tests(rest: Path) -> None:
    """Of the folder that most tests name."""
    assert "error" not in run(rest, "-m", "pytest", "--collect-only", "-qq", "-p", "no:cacheprovider", "tests")
