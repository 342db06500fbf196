"""Loaded before the settings are read (`-p tests.plugin`): names what the suite runs on, and starts it.

The environment's DATABASE_URL, MIGRATION_DATABASE_URL and REDIS_URL are used if they are set; else the embedded
services start with throw-away data. With xdist the controller starts them and the workers inherit its environment.
"""

import base64
import os
import secrets
import tempfile
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import needs


def _can_be_loaded(module: str) -> bool:
    file = needs.file_of(module)
    return file is None or not needs.missing(file)


OURS = ("tests.missing", "tests.browser", "tests.leaving_out", "tests.meanwhile")
pytest_plugins = ["connectors.kit.testing.plugin", *filter(_can_be_loaded, OURS)]

ROOT = Path(__file__).resolve().parents[1]
SERVICES = ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL")
NOWHERE = ("postgres://nobody:x@127.0.0.1:1/nowhere", "", "redis://127.0.0.1:1/0")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """A wrapper, because pytest-django reads the settings in this very hook."""
    say_settings()
    if not all(os.environ.get(name) for name in SERVICES):
        if _only_connectors(early_config):
            os.environ.update(zip(SERVICES, NOWHERE, strict=True))
        else:
            _start_services(early_config)
    _own_redis_database()
    return (yield)


def say_settings() -> None:
    """Nothing of the developer's own `.env` counts here."""
    os.environ["CAUSEWAY_ENV_FILE"] = os.devnull
    os.environ["SECRET_KEY"] = secrets.token_urlsafe(48)
    os.environ["VAULT_KEYS"] = base64.b64encode(secrets.token_bytes(32)).decode()
    os.environ["BASE_URL"] = "http://localhost:8000"
    os.environ["ALLOW_SANDBOX"] = "true"
    os.environ["STAFF_TOTP"] = "false"
    os.environ["RECEIPTS_FOLDER"] = os.path.join(tempfile.gettempdir(), f"causeway-test-receipts-{os.getpid()}")


def _only_connectors(config: pytest.Config) -> bool:
    """`pytest connectors/kit` needs neither database nor Valkey: connectors know of none."""
    paths = [Path(str(name).split("::")[0]).resolve() for name in config.known_args_namespace.file_or_dir]
    return bool(paths) and all(path.is_relative_to(ROOT / "connectors") for path in paths)


def _start_services(config: pytest.Config) -> None:
    from host.embedded import services

    running = ExitStack()
    config.add_cleanup(running.close)
    try:
        started = running.enter_context(services.start(ROOT, throw_away=True))
    except services.ServiceFailed as failure:
        raise pytest.UsageError(str(failure)) from failure
    os.environ.update(started.environment)


def _own_redis_database() -> None:
    """Each xdist worker has its own numbered one."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        base = os.environ["REDIS_URL"].rpartition("/")[0]
        os.environ["REDIS_URL"] = f"{base}/{int(worker.removeprefix('gw')) % 15 + 1}"
