"""`manage.py connector`, as whoever writes a connector runs it: in a checkout, without a deployment."""

import os
import subprocess
import sys
from contextlib import suppress

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

    assert (done.returncode, done.stdout) == (1, "No connector 'nobody' is installed.\n")


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

    assert (done.returncode, done.stdout) == (1, "The suite has no check probe_goood.\n")
