"""Starts the whole product with sandboxes for vendors, connects customers, exports, and shows the balance."""

import argparse
import logging
import os
import time
import traceback
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from connectors import registry
from host.demo import keeping, leftovers, programs
from host.demo.reach import silent
from host.demo.sentences import DemoFailed
from host.demo.stage import Stage, stage
from host.embedded import services
from host.embedded.services import ServiceFailed

PROJECT = Path(__file__).resolve().parents[3]
ENTRIES = 20  # with their receipts, what fits into a minute of the target
ENTRIES_AT_MOST = 5000
PORT, PORT_AT_MOST = 8000, 65_000

console = Console()


@dataclass(frozen=True)
class Options:
    once: bool
    fresh: bool
    entries: int
    folder: Path
    port: int

    @property
    def own(self) -> Path:
        """What the demo itself keeps; PostgreSQL and Valkey have their own place."""
        return self.folder / ".causeway" / "demo"


def main(words: list[str]) -> int:
    options = _options(words)
    try:
        return _run(options)
    except (DemoFailed, ServiceFailed) as failure:
        sentence = str(failure)
    except OSError as error:
        sentence = f"{error.strerror or error}: {error.filename or options.own}"
    except Exception as error:
        log = options.own / "logs" / "demo.log"
        log.parent.mkdir(exist_ok=True)
        log.write_text(traceback.format_exc())
        sentence = f"{type(error).__name__}: {str(error).partition(chr(10))[0]} The whole story is in {log}."
    console.print("[red]The demo cannot go on.[/]", end=" ")
    console.print(sentence, markup=False, highlight=False, soft_wrap=True)
    return 1


def _options(words: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the balance; exit status 0 if all balances")
    parser.add_argument("--fresh", action="store_true", help="start over: forget the data of earlier starts")
    parser.add_argument("--entries", type=int, default=ENTRIES, help="entries that each customer exports")
    parser.add_argument("--folder", type=Path, default=PROJECT, help="keep the data below this one")
    parser.add_argument("--port", type=int, default=PORT, help="of the web server; the sandboxes follow 101 above")
    given = parser.parse_args(words)
    if not 1 <= given.entries <= ENTRIES_AT_MOST:
        parser.error(f"--entries must be a number from 1 to {ENTRIES_AT_MOST}")
    if not 1 <= given.port <= PORT_AT_MOST:
        parser.error(f"--port must be a number from 1 to {PORT_AT_MOST}")
    return Options(given.once, given.fresh, given.entries, given.folder.resolve(), given.port)


def _run(options: Options) -> int:
    began = time.monotonic()
    with keeping.only_one(options.own), ExitStack() as stack:
        leftovers.end(options.own)
        if options.fresh:
            _refuse_foreign_database()
        if options.fresh or not keeping.has_secrets(options.own):  # without them the data cannot be opened
            keeping.forget(options.own)
            services.forget(options.folder)
        secrets = keeping.kept_secrets(options.own)
        with console.status("Starting PostgreSQL and Valkey"):
            running = stack.enter_context(services.start(options.folder))
        if sentence := silent(running):
            raise DemoFailed(sentence)
        play = stack.enter_context(stage(options.own, programs.environment(secrets, running, options.own)))
        return _Show(options, play, secrets, stack, running).perform(began)


def _refuse_foreign_database() -> None:
    if any(os.environ.get(name) for name in ("DATABASE_URL", "DATABASE_URL_FILE")):
        raise DemoFailed("--fresh forgets embedded data only. Empty the database of DATABASE_URL yourself.")


def _read_settings(environment: dict[str, str]) -> None:
    """As our processes see them; afterwards the environment says again what is embedded and what is not."""
    import django

    given = dict(os.environ)
    os.environ.update(environment)
    django.setup()
    logging.disable(logging.WARNING)  # the terminal is for the progress
    for name in set(services.NAMES) - given.keys():
        del os.environ[name]


@dataclass
class _Show:
    """One performance, from the migrations to Ctrl-C."""

    options: Options
    play: Stage
    secrets: dict[str, str]
    stack: ExitStack
    running: services.Services

    def perform(self, began: float) -> int:
        with console.status("Preparing the database"):
            self._migrate()
            programs.choose_ports(self.play, self.options.port)
        for sentence in self.play.ports.moved:
            self._say(sentence)
        _read_settings(self.play.environment)
        from host.demo import balances, customers, progress

        with console.status("Starting the vendors' sandboxes, the web server, the worker and beat"):
            sandboxes = programs.start(self.play)
        with console.status("Connecting the customers through the consent pages"):
            vendors = customers.register(sandboxes, self.secrets["client_secret"])
            customers.staff(self.secrets["staff_password"])
            installations = customers.connect(vendors, customers.pair(vendors))
            customers.wait_until_listening()
        console.print(f"Up after {time.monotonic() - began:.1f} s. {len(installations)} customers click Export.")
        unfinished, since = progress.open_jobs(), datetime.now(UTC)
        for installation in installations:
            customers.export(installation, self.options.entries)
        ended = progress.watch(console, since, unfinished, len(installations), self.look_after)
        balanced = balances.show(console, ended)
        if self.options.once:
            return 0 if balanced else 1
        self._addresses(sandboxes, customers.consent_link(vendors), customers.STAFF, customers.OWNER)
        while True:
            self.look_after()
            time.sleep(0.5)

    def _migrate(self) -> None:
        try:
            self.play.run("migrate", "manage.py", "migrate", "--verbosity", "0")
        except DemoFailed as failure:
            raise DemoFailed(f"{failure} If its data is of an older version: --fresh starts over.") from failure

    def look_after(self) -> None:
        for name in self.play.revive():
            log = self.play.log(name)
            self._say(f"{name} had ended and was started again. Its log is {log}.")
        if sentence := silent(self.running):
            self._say(f"{sentence} Starting it again.")
            again = self.stack.enter_context(services.start(self.options.folder))
            if again.environment != self.running.environment or silent(again):
                raise DemoFailed(f"{sentence} Start the demo again: its data is kept.")

    def _say(self, sentence: str) -> None:
        console.print(sentence, markup=False, highlight=False, soft_wrap=True)

    def _addresses(self, sandboxes: dict[str, str], consent: str, user: str, owner: str) -> None:
        base = self.play.environment["BASE_URL"]
        lines = {
            "Admin": f"{base}/admin/",
            "Log-in": f"{user} / {self.secrets['staff_password']}",
            "Consent page": consent,
            "Portal": f"{base}/sign-in/ as {owner}",
            "Mailbox": f"{base}/demo/mailbox/",
        }
        lines |= {f"{registry.get(key).name} sandbox": f"{address}/" for key, address in sandboxes.items()}
        console.print()
        for name, value in lines.items():
            console.print(f"[bold]{name:13}[/] {value}", highlight=False, soft_wrap=True)
        console.print("\nCtrl-C stops everything.")
