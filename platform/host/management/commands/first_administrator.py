"""`manage.py first_administrator`: prints the link by which the first administrator is made, once, within an hour."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from host.first_run import people, tokens


class Command(BaseCommand):
    help = "Prints a link that makes the first administrator: once, within an hour."

    def handle(self, *args: Any, **options: Any) -> None:
        if people.administrators().exists():
            raise CommandError("There is an administrator already. They make others under Settings, Users.")
        link = settings.BASE_URL + reverse("admin:first", args=[tokens.make()])
        self.stdout.write(f"Open this within an hour; it works once:\n\n  {link}\n")
