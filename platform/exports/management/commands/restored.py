"""`manage.py restored`: said once after the database was put back from a backup, before the workers start."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from database.acting import across_tenants
from exports import restoring

LONGEST = 3650


class Command(BaseCommand):
    help = "After a restore: looks in the ERP for each document before it is posted, so that nothing is posted twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=90, help="For how long. Without it 90")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["days"] <= LONGEST:
            raise CommandError(f"--days is a number from 1 to {LONGEST}.")
        with across_tenants("the whole database was put back"):
            row = restoring.restored(options["days"])
        self.stdout.write(
            f"Until {row.until:%Y-%m-%d %H:%M} UTC each document is looked for in the ERP before it is posted.\n"
            "Start the workers now. Customers whose refresh tokens were rotated since the backup are asked to connect"
            " again."
        )
