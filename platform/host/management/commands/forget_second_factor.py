"""`manage.py forget_second_factor kim`: for the last administrator who has lost the telephone and all codes."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from audit import services as audit
from database.acting import across_tenants
from host import second_factor


class Command(BaseCommand):
    help = "Lets somebody set up another authenticator app at the next log-in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        person = User.objects.filter(username=username, is_staff=True).first()
        if person is None:
            raise CommandError(f"Nobody of the staff is called {username!r}.")
        with across_tenants("a second factor is no tenant's"):
            gone = second_factor.forget(person, actor=audit.PLATFORM)
        self.stdout.write("It is set up anew at the next log-in." if gone else "There was none.")
