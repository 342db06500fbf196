"""`manage.py connector`, as whoever writes a connector runs it: in a checkout, without a deployment."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from connectors import registry
from connectors.kit.testing import suite
from tests.guards.tree import ROOT


def connector(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", "connector", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=environment | {"CAUSEWAY_ENV_FILE": os.devnull},
    )


def some_declared_connector() -> str:
    for key, kind in registry.installed().items():
        with suppress(suite.NotDeclaredAtAll):
            suite.declaration_of(kind)
            return key
    raise LookupError("No connector declares anything.")


def test_an_unknown_connector_is_said_to_be_so() -> None:
    done = connector("check", "nobody")

    assert done.returncode == 1
    assert done.stdout.startswith("No connector 'nobody' is installed. There are: ")


def test_a_check_is_told_in_a_line_and_counted() -> None:
    done = connector("check", some_declared_connector(), "--only", "probe_good", "--only", "settings_refuse_nonsense")

    assert done.returncode == 0, done.stdout + done.stderr
    first, *_, last = done.stdout.splitlines()
    assert (
        first == "ok    probe_good: A connection that works is probed, and answers for the company that was chosen."
    )
    assert last == "2 passed, 0 failed, 0 do not apply."


def test_a_check_that_the_suite_does_not_have_is_said_to_be_so() -> None:
    done = connector("check", some_declared_connector(), "--only", "probe_goood")

    assert done.returncode == 1
    assert done.stdout.startswith("The suite has no check probe_goood. It has: declaration, probe_good,")


def test_a_new_package_is_made_and_says_what_comes_next(tmp_path: Path) -> None:
    done = connector("new", "acme_books", "--package", "--into", str(tmp_path))

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "acme-books-connector" / "acme_books_connector" / "connector.py").exists()
    assert "connector check acme_books" in done.stdout


def test_what_cannot_be_made_is_said(tmp_path: Path) -> None:
    done = connector("new", "Acme", "--into", str(tmp_path))

    assert done.returncode == 1
    assert done.stdout.startswith("'Acme' cannot be a connector's name.")


@pytest.mark.parametrize("key", registry.with_sandbox())
def test_a_run_at_the_sandbox_shows_each_exchange_and_what_came_of_it(key: str) -> None:
    done = connector("run", key, "--sandbox")

    assert done.returncode == 0, done.stderr
    assert "1. " in done.stdout
    assert "-> 200" in done.stdout
    assert "posted" in done.stdout or "reported" in done.stdout
    assert "Bearer" not in done.stdout


def test_a_run_elsewhere_is_refused() -> None:
    done = connector("run", registry.with_sandbox()[0])

    assert (done.returncode, done.stdout[:14]) == (1, "Say --sandbox.")
