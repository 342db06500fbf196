"""Brings stored settings to the connectors of today, as every start does, and says what became of each."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from installations.upgrading import upgrade_all


class Command(BaseCommand):
    help = "Brings stored settings to the connectors of today. Ends with 1 if somebody must choose some anew."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(upgrade_all())
        for one in found:
            self.stdout.write(f"{'brought' if one.is_done else 'PAUSED'}  {one.installation}  {one.sentence}")
        if not found:
            self.stdout.write("All settings are of today.")
        if not all(one.is_done for one in found):
            sys.exit(1)
