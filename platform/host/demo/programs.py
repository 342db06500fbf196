"""What the demo starts: the lines of the Procfile, as a deployment does, and the vendors' sandboxes."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from connectors import registry
from host.demo import leftovers
from host.demo.stage import ROOT, Stage
from host.embedded.services import Services

SANDBOXES_ABOVE = 101  # the web server's port
LET_THROUGH = ("HOME", "LANG", "POLL_SECONDS", "LOG_LEVEL")


def environment(secrets: Mapping[str, str], running: Services, folder: Path) -> dict[str, str]:
    """All that our processes see. BASE_URL and the ports come later, when they are taken at once."""
    let_through = {name: os.environ[name] for name in LET_THROUGH if name in os.environ}
    return {
        "POLL_SECONDS": "30",
        "LOG_LEVEL": "WARNING",
        **let_through,
        **running.environment,
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
        "SECRET_KEY": secrets["SECRET_KEY"],
        "VAULT_KEYS": secrets["VAULT_KEYS"],
        "BASE_URL": "http://localhost",
        "ALLOW_SANDBOX": "true",
        "EMAIL_URL": "mailbox:",
        "DJANGO_SETTINGS_MODULE": "host.settings",
        "CAUSEWAY_ENV_FILE": os.devnull,  # a deployment's own .env is not the demo's
        "BEAT_SCHEDULE": str(folder / "beat"),
        "RECEIPTS_FOLDER": str(folder / "receipts"),
        "PYTHONUNBUFFERED": "1",
        "no_proxy": "localhost,127.0.0.1",
        leftovers.MARK: str(folder),
    }


def choose_ports(play: Stage, usual: int) -> None:
    for n, key in enumerate(registry.with_sandbox()):
        play.addresses[key] = f"http://localhost:{play.ports.choose(usual + SANDBOXES_ABOVE + n, _sandbox(key))}"
    web = play.ports.choose(usual, "the web server")
    play.environment |= {"PORT": str(web), "BASE_URL": f"http://localhost:{web}"}


def start(play: Stage) -> dict[str, str]:
    """Everything, side by side. Addresses of the sandboxes, by connector."""
    folder = play.folder / "sandboxes"
    folder.mkdir(exist_ok=True)
    for key, address in play.addresses.items():
        port = address.rpartition(":")[2]
        play.start(
            f"sandbox-{key}", "-m", "connectors.kit.sandbox", _package(key), "--port", port, "--folder", str(folder)
        )
    for name, line in procfile().items():
        play.start_line(name, line)
    for key, address in play.addresses.items():
        play.wait(f"sandbox-{key}", f"{address}/_sandbox/health")
    play.wait("web", f"{play.environment['BASE_URL']}/healthz")
    return dict(play.addresses)


def _package(key: str) -> str:
    return registry.package_of(registry.get(key))


def _sandbox(key: str) -> str:
    return f"the {registry.get(key).name} sandbox"


def procfile() -> dict[str, str]:
    lines = [line.partition(":") for line in (ROOT / "Procfile").read_text().splitlines() if not line.startswith("#")]
    return {name.strip(): command.strip() for name, _, command in lines if command}
