"""Starts the whole product with sandboxes for vendors, connects customers, exports, and shows the balance."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from rich.console import Console

from host.demo import keeping
from host.demo.sentences import DemoFailed
from host.demo.stage import Stage, port, stage
from host.embedded import services
from host.embedded.homes import ServiceFailed, home

PROJECT = Path(__file__).resolve().parents[3]
WEB_PORT, SANDBOX_PORT = 8000, 8101
ENTRIES = 60
CUSTOMERS = 2
OWN_SETTINGS = ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL")

console = Console()


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the balance; exit status 0 if all balances")
    parser.add_argument("--fresh", action="store_true", help="start over: forget the data of earlier starts")
    parser.add_argument("--entries", type=int, default=ENTRIES, help="entries that each customer exports")
    options = parser.parse_args()
    for ending in (signal.SIGINT, signal.SIGTERM):  # also where a shell started us with Ctrl-C switched off
        signal.signal(ending, _interrupt)
    try:
        return _run(options)
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return 0
    except (DemoFailed, ServiceFailed) as failure:
        console.print(f"[red]The demo cannot go on.[/] {failure}", highlight=False)
        return 1


def _run(options: argparse.Namespace) -> int:
    began, folder = time.monotonic(), PROJECT / ".causeway" / "demo"
    with keeping.only_one(folder):
        if options.fresh:
            _start_over(folder)
        secrets = keeping.kept_secrets(folder)
        with services.start(PROJECT) as running:
            environment = _environment(secrets, running)
            os.environ.update(environment)
            with stage(folder, environment) as play:
                return _play(play, secrets, began, options)


def _start_over(folder: Path) -> None:
    if any(os.environ.get(name) for name in OWN_SETTINGS[:2]):
        raise DemoFailed("--fresh forgets embedded data only. Empty the database of DATABASE_URL yourself.")
    place = home(PROJECT)
    keeping.forget(folder / "sandboxes", place.folder / "postgres", place.folder / "valkey")
    (folder / "secrets.json").unlink(missing_ok=True)


def _environment(secrets: Mapping[str, str], running: services.Services) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    web = port(WEB_PORT)
    return {
        **kept,
        **running.environment,
        "SECRET_KEY": secrets["SECRET_KEY"],
        "VAULT_KEYS": secrets["VAULT_KEYS"],
        "BASE_URL": f"http://localhost:{web}",
        "POLL_SECONDS": os.environ.get("POLL_SECONDS", "30"),
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        "DJANGO_SETTINGS_MODULE": "host.settings",
        "CAUSEWAY_ENV_FILE": os.devnull,  # a deployment's own .env is not the demo's
        "PYTHONUNBUFFERED": "1",
    }


def _play(play: Stage, secrets: Mapping[str, str], began: float, options: argparse.Namespace) -> int:
    with console.status("Preparing the database"):
        play.run("migrate", "manage.py", "migrate", "--verbosity", "0")
    import django

    django.setup()
    from host.demo import customers, progress

    with console.status("Starting the vendors' sandboxes, the web server, the worker and beat"):
        sandboxes = _start_everything(play)
    with console.status("Connecting the customers through the consent pages"):
        vendors = customers.register(sandboxes, secrets["client_secret"])
        customers.staff(secrets["staff_password"])
        names = _common_companies(list(sandboxes.values()))
        installations = customers.connect(vendors, names)
        customers.wait_until_listening()
    console.print(f"Up after {time.monotonic() - began:.1f} s. {len(installations)} customers click Export.")
    since = datetime.now(UTC)
    for installation in installations:
        customers.export(installation, options.entries)
    ended = progress.watch(console, since, len(installations), lambda: _revive(play))
    balanced = progress.show_balances(console, ended)
    if options.once:
        return 0 if balanced else 1
    _addresses(sandboxes, customers.consent_link(vendors), customers.STAFF, secrets["staff_password"])
    return _until_stopped(play)


def _start_everything(play: Stage) -> dict[str, str]:
    """Addresses of the sandboxes, by connector."""
    folder = play.folder / "sandboxes"
    folder.mkdir(exist_ok=True)
    sandboxes = {}
    for n, key in enumerate(_with_sandbox()):
        chosen = port(SANDBOX_PORT + n)
        words = ("-m", "connectors.kit.sandbox", key, "--port", str(chosen), "--folder", str(folder))
        sandboxes[key] = f"http://localhost:{chosen}"
        play.start(f"sandbox-{key}", *words)
    base = play.environment["BASE_URL"]
    web_port = base.rsplit(":", 1)[1]
    play.start("worker", "-m", "celery", "-A", "host", *WORKER)
    play.start(
        "beat", "-m", "celery", "-A", "host", "beat", "--loglevel", "WARNING", "--schedule", str(folder / "beat")
    )
    play.start(
        "web", "-m", "granian", *WEB, "--port", web_port, "host.wsgi:application", answers_at=f"{base}/healthz"
    )
    for key, address in sandboxes.items():
        play.wait(f"sandbox-{key}", f"{address}/_sandbox/health")
    return sandboxes


WORKER = (
    "worker",
    "--pool",
    "threads",
    "--concurrency",
    "8",
    "--loglevel",
    "WARNING",
    "--without-gossip",
    "--without-mingle",
)
WEB = ("--interface", "wsgi", "--host", "127.0.0.1", "--workers", "1", "--blocking-threads", "8", "--no-access-log")


def _with_sandbox() -> list[str]:
    """Every connector that brings a sandbox; the demo names no vendor."""
    from importlib.util import find_spec

    from connectors import registry

    return [key for key in registry.installed() if find_spec(f"connectors.{key}.sandbox")]


def _common_companies(addresses: list[str]) -> list[str]:
    """Companies that exist on both sides, so that names tell which belongs to which."""
    import requests

    offered = [
        [one["name"] for one in requests.get(f"{address}/_sandbox/choices", timeout=10).json()]
        for address in addresses
    ]
    return [name for name in offered[0] if all(name in other for other in offered[1:])][:CUSTOMERS]


def _addresses(sandboxes: Mapping[str, str], consent: str, user: str, password: str) -> None:
    base = os.environ["BASE_URL"]
    console.print(f"\n[bold]Admin[/]         {base}/admin/   {user} / {password}", highlight=False, soft_wrap=True)
    console.print(f"[bold]Consent page[/]  {consent}", highlight=False, soft_wrap=True)
    for key, address in sandboxes.items():
        console.print(f"[bold]{key.title():13}[/] {address}/   (sandbox)", highlight=False, soft_wrap=True)
    console.print("\nCtrl-C stops everything.")


def _until_stopped(play: Stage) -> int:
    while True:
        _revive(play)
        time.sleep(0.5)


def _revive(play: Stage) -> None:
    for name in play.revive():
        console.print(f"{name} had ended and was started again. Its log is {play.log(name)}.", highlight=False)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
