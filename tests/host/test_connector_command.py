"""`manage.py connector`, as whoever writes a connector runs it: in a checkout, without a deployment."""

import os
import subprocess
import sys

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


def test_an_unknown_connector_is_said_to_be_so() -> None:
    done = connector("check", "nobody")

    assert (done.returncode, done.stdout) == (1, "No connector 'nobody' is installed.\n")
