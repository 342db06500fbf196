"""Mails: to whom, what became of them, and why one was not sent. Never their text: it holds links."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from desk.formats import ago, cut, to
from desk.pages import LongList, SheetPage, column, state_column
from desk.sheets import Cell, Moment, Sheet, Todo
from desk.tones import State, Tone
from notices.models import Mail, MailState
from retention.rules import kept_until

UNSENT = "Mend what the mail server says; EMAIL_URL and MAIL_FROM are settings. It is tried again by itself."
GIVEN_UP = "It is not tried again. Make a new link, which sends a new mail."


def state_of(mail: Mail) -> State:
    if mail.state == MailState.SENT:
        return Tone.DONE, "Sent"
    if mail.state == MailState.FAILED:
        return Tone.FAILED, "Failed"
    return (Tone.NEEDS_SOMEBODY, "Tried again") if mail.error else (Tone.WAITING, "Waiting")


@admin.register(Mail)
class MailAdmin(LongList, SheetPage):
    views = [("All", ""), ("Waiting", "state__exact=waiting"), ("Failed", "state__exact=failed")]
    list_display = ["what", "receiver", "customer", "how", "when"]
    list_filter = [("state", ChoicesDropdownFilter), ("tenant", AutocompleteSelectFilter)]
    list_filter_submit = True
    related = ["tenant"]
    search_fields = ["to__iexact", "id__exact"]
    search_help_text = "The whole address, or the whole id"

    @column("Mail")
    def what(self, mail: Mail) -> Cell:
        return cut(mail.subject)

    @column("To")
    def receiver(self, mail: Mail) -> str:
        return mail.to

    @column("Customer")
    def customer(self, mail: Mail) -> str:
        return mail.tenant.name if mail.tenant else "Not of one"

    @state_column("state")
    def how(self, mail: Mail) -> State:
        return state_of(mail)

    @column("Made", ordering="created_at")
    def when(self, mail: Mail) -> Cell:
        return ago(mail.created_at)

    def sheet(self, request: HttpRequest, row: Mail) -> Sheet:
        remedy = GIVEN_UP if row.state == MailState.FAILED else UNSENT
        is_waiting = row.state == MailState.WAITING
        return Sheet(
            state=state_of(row),
            line=f"{row.subject}, to {row.to}",
            todos=[Todo("It was not sent", row.error, remedy=remedy)] if row.error else [],
            facts=[
                ("Customer", to(row.tenant) if row.tenant else "Not of one: to staff, or to a member of several"),
                ("Kind", row.kind),
                ("Tries", str(row.tries)),
                ("Kept until", kept_until(row.created_at, settings.MAIL_DAYS)),
            ],
            moments=[
                Moment(row.created_at, "Made"),
                Moment(row.sent_at, "Sent"),
                Moment(row.try_at if is_waiting and row.tries else None, "Tried again"),
                Moment(row.useless_at if is_waiting else None, "Given up"),
            ],
        )
