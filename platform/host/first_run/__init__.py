"""The first-run page: what a new deployment needs before customers can come, how it stands, and what to do.

Until all of it was good once, Today leads there; after that it is found under Settings.
"""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from desk.sheets import Todo
from desk.tones import Tone
from host.first_run import address, applications, keys, mails, people, workers
from host.first_run.findings import Finding
from host.models import FirstRun


def findings(request: HttpRequest) -> list[Finding]:
    """In the order in which they are set up. Inside `across_tenants`. Once all are good, that is remembered."""
    found = [
        address.look(request),
        keys.look(),
        people.look(),
        mails.look(),
        applications.look(),
        workers.look(),
    ]
    if all(one.tone == Tone.DONE for one in found):
        FirstRun.objects.get_or_create()
    return found


def todos() -> list[Todo]:
    """For Today, until it is finished."""
    if FirstRun.objects.exists():
        return []
    link = format_html('<a href="{}">Open the first-run page</a>', reverse("admin:first_run"))
    return [Todo("The set-up is not finished", "Its page says what is good, and what is left to do.", link=link)]
