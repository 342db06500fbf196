"""What is in docker/, checked as far as that goes without an engine."""

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from host.demo.programs import procfile
from tests.guards.tree import ROOT

FOLDER = ROOT / "docker"
KNOWN = {"FROM", "WORKDIR", "RUN", "ENV", "COPY", "USER", "EXPOSE", "ENTRYPOINT", "CMD"}
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SERVING = ("web", "worker", "express", "beat")
OURS = ("migrate", *SERVING)


def dockerfile() -> list[tuple[str, str]]:
    text = (FOLDER / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def of(instruction: str) -> list[str]:
    return [rest for word, rest in dockerfile() if word == instruction]


def test_the_dockerfile_has_known_instructions_and_two_stages_of_the_same_python() -> None:
    assert {word for word, _ in dockerfile()} <= KNOWN
    assert [re.split(" AS ", rest)[0] for rest in of("FROM")] == ["python:3.11-slim"] * 2


def test_the_image_installs_locked_parts_and_the_project_editable() -> None:
    installs = [rest for rest in of("RUN") if rest.startswith("pip install")]
    assert [set(shlex.split(line)) >= {"--require-hashes", "requirements.lock"} for line in installs] == [True, False]
    assert shlex.split(installs[1])[-2:] == ["-e", "."]
    assert {"--no-deps", "--no-build-isolation"} <= set(shlex.split(installs[1]))


def test_the_image_runs_as_somebody_who_is_not_root() -> None:
    (user,) = of("USER")
    assert int(user) > 0
    assert [word for word, _ in dockerfile()].index("USER") > [word for word, _ in dockerfile()].index("ENV")


def test_what_the_dockerfile_copies_is_there() -> None:
    for line in of("COPY"):
        *sources, _ = [word for word in line.split() if not word.startswith("--")]
        assert all((ROOT / source).exists() for source in sources if not source.startswith("/"))


def test_no_secret_and_no_data_enters_the_image() -> None:
    ignored = (FOLDER / "Dockerfile.dockerignore").read_text().splitlines()
    assert {"**/.env", ".git", ".causeway", ".venv"} <= set(ignored)


@pytest.mark.parametrize("name", SERVING)
def test_a_service_runs_the_procfiles_line(name: str, tmp_path: Path) -> None:
    """The image's entry point, with a `python` that only says how it was called."""
    said = tmp_path / "python"
    said.write_text('#!/bin/sh\nprintf "%s\\n" python "$@"\n')
    said.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "HOST": "0.0.0.0"}

    def run(*command: str) -> str:
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout

    assert SERVICES[name]["command"] == [name]
    assert run(str(FOLDER / "run"), name) == run("sh", "-c", procfile()[name])


def test_the_entry_point_and_what_compose_mounts_can_be_started() -> None:
    assert of("ENTRYPOINT") == ['["docker/run"]']
    for name in ("run", "roles.sh"):
        assert os.access(FOLDER / name, os.X_OK)
        assert subprocess.run(["sh", "-n", FOLDER / name], check=False).returncode == 0


def test_compose_has_the_processes_and_their_services() -> None:
    assert set(SERVICES) == {"postgres", "valkey", *OURS}
    assert set(procfile()) == set(OURS) - {"migrate"}
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert SERVICES["valkey"]["image"] == "valkey/valkey:9"
    assert SERVICES["migrate"]["command"] == ["python", "manage.py", "migrate"]


def test_only_web_is_reached_from_outside_and_only_by_the_proxy_of_this_machine() -> None:
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "web": ["127.0.0.1:8000:8000"]
    }


def test_what_others_wait_for_says_whether_it_is_healthy() -> None:
    waited = {
        name: condition["condition"] for service in SERVICES.values() for name, condition in waits(service).items()
    }
    assert waited == {
        "postgres": "service_healthy",
        "valkey": "service_healthy",
        "migrate": "service_completed_successfully",
    }
    assert {name for name, service in SERVICES.items() if "healthcheck" in service} == {"postgres", "valkey", "web"}


def waits(service: dict[str, Any]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = service.get("depends_on", {})
    return found


def test_only_the_migration_knows_the_owner() -> None:
    knows = {name for name in OURS if "OWNER_PASSWORD" in str(SERVICES[name]["environment"])}
    assert knows == {"migrate"}
    assert all(SERVICES[name]["environment"]["MIGRATION_DATABASE_URL"] == "" for name in SERVING)


def test_no_password_is_written_down() -> None:
    given = [str(value) for service in SERVICES.values() for value in service.get("environment", {}).values()]
    secrets = [value for value in given if "PASSWORD" in value]
    assert len(secrets) >= 5
    assert all(re.search(r"(^|:)\$\{(OWNER|LOGIN)_PASSWORD:\?\}(@|$)", value) for value in secrets)


def test_the_services_are_restarted_and_given_time_to_end_their_step() -> None:
    for name in SERVING:
        assert SERVICES[name]["restart"] == "unless-stopped"
        assert SERVICES[name]["stop_grace_period"] == "60s"
