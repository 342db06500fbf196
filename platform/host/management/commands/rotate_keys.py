"""`manage.py rotate_keys`: everything that older keys have sealed is sealed with the newest one."""

import signal
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from connections import vault
from host.rotation import NotRotated, Rotation
from host.sealed import COLUMNS, forget, keys_in_use, keys_of, missing_keys

BAR = 30


class Command(BaseCommand):
    help = "Seals everything with the newest key of VAULT_KEYS. May be stopped, and run again, at any time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Change nothing: tell which keys have how many rows")
        parser.add_argument("--batch", type=int, default=200, metavar="ROWS", help="How many at a time")
        parser.add_argument(
            "--wait", type=int, default=120, metavar="SECONDS", help="For rows that running work holds"
        )
        parser.add_argument(
            "--forget", metavar="KEY", help="Empty what a lost key has sealed, so that servers start without it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["forget"]:
            self._forget(options["forget"])
            return
        if options["check"]:
            self._tell()
            if set(keys_in_use()) - {vault.newest_key()}:
                raise CommandError("Rows need older keys. Run manage.py rotate_keys; until then keep those keys.")
            return
        if lacking := missing_keys():
            raise CommandError(lacking)
        rotation = Rotation(batch=options["batch"], patience=options["wait"])
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: rotation.stop.set())
        self._follow(rotation)
        self._tell()
        if set(keys_in_use()) - {vault.newest_key()}:
            raise CommandError("A process that does not know the newest key still seals. Restart it, and run again.")
        self.stdout.write("No row uses an older key.")

    def _follow(self, rotation: Rotation) -> None:
        done, total = 0, rotation.left()
        try:
            for more in rotation.run():
                done += more
                self._draw(done, max(total, done))
        except NotRotated as reason:
            raise CommandError(str(reason)) from None
        finally:
            self.stdout.write(f"Sealed anew: {done}.")

    def _draw(self, done: int, total: int) -> None:
        """One line that fills up on a terminal, a line a batch elsewhere."""
        bar = "#" * (BAR * done // max(total, 1))
        ending = "\r" if sys.stdout.isatty() and done < total else "\n"
        self.stdout.write(f"[{bar:<{BAR}}] {done} of {total}", ending=ending)
        self.stdout.flush()

    def _forget(self, name: str) -> None:
        lost = next((key for key in keys_in_use() if key.hex() == name), None)
        if lost is None or lost in settings.VAULT_KEYS:
            raise CommandError("Only a key that rows need and that is not in VAULT_KEYS can be forgotten.")
        self.stdout.write(f"Emptied: {forget(lost)}. Give what they sealed anew: see docs/operations.md.")

    def _tell(self) -> None:
        """Each key that is in the ring or needed, and how many rows of which column it has."""
        counted = {column: keys_of(column) for column in COLUMNS}
        for key in [*settings.VAULT_KEYS, *sorted(set(keys_in_use()) - set(settings.VAULT_KEYS))]:
            rows = {str(column): keys[key] for column, keys in counted.items() if keys[key]}
            name = "newest" if key == vault.newest_key() else "older" if key in settings.VAULT_KEYS else "missing"
            where = ", ".join(f"{column} {count}" for column, count in rows.items())
            self.stdout.write(f"Key {key.hex()} ({name}): {sum(rows.values())} rows{f': {where}' if where else ''}")
