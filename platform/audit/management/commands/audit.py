"""`manage.py audit verify`: whether the trail is what was sealed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import verifying
from audit.verifying import Head
from database.acting import across_tenants


class Command(BaseCommand):
    help = "Looks after the trail of what people did."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verify = parser.add_subparsers(dest="what", required=True).add_parser(
            "verify", help="Recompute every seal: finds an entry that was changed, removed, added or moved"
        )
        verify.add_argument(
            "--head",
            action="append",
            default=[],
            metavar="NUMBER:HASH",
            help="A head that was kept elsewhere: finds an end that was removed. May be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        kept = [self._read(text) for text in options["head"]]
        with across_tenants("the chain runs through the entries of every tenant"):
            found = 0
            for sentence in verifying.findings(kept):
                found += 1
                self.stdout.write(sentence)
            newest = verifying.head()
        self.stdout.write(f"Last seal: {newest}" if newest else "Nothing is sealed yet.")
        if found:
            raise CommandError(f"{found} findings: the trail is not what was sealed. Compare it with a backup.")
        self.stdout.write(
            "The trail is what was sealed. Keep the last seal elsewhere, and give it to --head next time."
        )

    def _read(self, text: str) -> Head:
        try:
            return Head.read(text)
        except ValueError:
            raise CommandError(
                f"{text!r} is no head. Give it as the last run printed it, such as 17:9f86d0…"
            ) from None
