"""Settings refuse nonsense with a sentence that names the setting, and `.env.example` knows them all."""

import ast
import os
import re
import subprocess
import sys
from itertools import pairwise

import pytest

from tests.guards.tree import ROOT

READERS = {
    "text",
    "flag",
    "number",
    "days",
    "words",
    "address",
    "colour",
    "image",
    "database",
    "redis",
    "secret_key",
    "key_ring",
    "mail",
    "one_of",
    "time_zone",
}


def settings_read() -> set[str]:
    """The names in `env.text("NAME", …)` and its like."""
    calls = (node for node in ast.walk(_settings()) if isinstance(node, ast.Call))
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in READERS
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def _settings() -> ast.Module:
    return ast.parse((ROOT / "platform" / "host" / "settings.py").read_text())


def load_settings(**changes: str | None) -> subprocess.CompletedProcess[str]:
    """As every program does, in a process of its own. None takes a setting away."""
    environment = {name: value for name, value in {**os.environ, **changes}.items() if value is not None}
    command = [sys.executable, "-c", "import host.settings"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_the_example_lists_every_setting_and_nothing_else() -> None:
    example = (ROOT / ".env.example").read_text()
    listed = re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE)

    assert sorted(listed) == sorted(settings_read())


def test_the_example_says_what_each_setting_is_for() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    for before, line in pairwise(lines):
        if re.match(r"#? ?[A-Z_]+=", line):
            assert before.startswith("# "), line


def test_good_settings_are_accepted() -> None:
    done = load_settings()
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY_FILE", "/nowhere/at/all"),
        ("VAULT_KEYS", ""),
        ("VAULT_KEYS", "bm90IDMyIGJ5dGVz"),
        ("VAULT_KEYS", "!"),
        ("BASE_URL", "causeway.example"),
        ("DATABASE_URL", None),
        ("DATABASE_URL", "mysql://user@host/name"),
        ("REDIS_URL", "localhost:6379"),
        ("DEBUG", "maybe"),
        ("WORKER_SLOTS", "many"),
        ("WORKER_PROCESSES", "0"),
        ("POLL_SECONDS", "1"),
        ("BODY_DAYS", "6"),
        ("DELIVERY_DAYS", "395"),
        ("TIME_ZONE", "Mars/Olympus"),
        ("LOG_LEVEL", "CHATTY"),
        ("DATABASE_URL", "postgres://user:pass@host:port/name"),
        ("BASE_URL", "http://[half"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence_that_names_it(setting: str, value: str | None) -> None:
    done = load_settings(**{setting: value})

    assert done.returncode != 0
    assert done.stderr.startswith(f"causeway: the setting {setting} ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("program", [["manage.py", "check"], ["-m", "celery", "-A", "host", "report"]])
def test_every_program_stops_the_same_way(program: list[str]) -> None:
    environment = {**os.environ, "VAULT_KEYS": "nonsense"}
    done = subprocess.run(
        [sys.executable, *program], env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode != 0
    assert "causeway: the setting VAULT_KEYS must hold" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_secret_is_never_repeated_in_the_sentence() -> None:
    done = load_settings(SECRET_KEY="hunter2", VAULT_KEYS="hunter3")
    assert "hunter" not in done.stderr
