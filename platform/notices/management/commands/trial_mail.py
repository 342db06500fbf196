"""`manage.py trial_mail ADDRESS`: sends one mail on the way that all mails go, and says what became of it."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from database.acting import across_tenants
from notices import mail, sending
from notices.models import Mail, MailState


class Command(BaseCommand):
    help = "Sends one mail to an address, and says whether the mail server took it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = mail.send("trial", options["address"], {"address": settings.BASE_URL})
        except ValidationError:
            raise CommandError(f"{options['address']!r} is no mail address.") from None
        except mail.TooManyMails as error:
            raise CommandError(str(error)) from None
        sending.send_due()
        with across_tenants("staff look at a trial mail"):
            made = Mail.objects.get(pk=made.pk)
        if made.error:
            raise CommandError(f"Not sent. {made.error}")
        self.stdout.write("Sent." if made.state == MailState.SENT else "It waits for a worker.")
