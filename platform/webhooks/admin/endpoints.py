"""The door from outside: the endpoints of authorisations, and knocks that were refused."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from connections.admin.authorisations import AuthorisationAdmin
from connections.admin.connections import ConnectionAdmin
from connections.models import Authorisation, Connection
from desk.formats import NOTHING, ago, day, to, whole
from desk.pages import SheetPage, column
from desk.sheets import Cell, Sheet, Table
from desk.tones import Tone, badge
from jobs.admin import RunAdmin
from webhooks import subscriptions
from webhooks.models import Endpoint, RefusedKnock


@admin.register(RefusedKnock)
class RefusedKnockAdmin(SheetPage):
    list_display = ["on", "reason", "times"]
    search_fields = ["reason"]

    @column("Day", ordering="day")
    def on(self, knock: RefusedKnock) -> str:
        return day(knock.day)

    def sheet(self, request: HttpRequest, row: RefusedKnock) -> Sheet:
        return Sheet(state=None, line=f"{day(row.day)}: refused {row.times} times, because: {row.reason}.")


def of_authorisation(authorisation: Authorisation) -> Table:
    return _endpoint(Endpoint.objects.filter(authorisation=authorisation))


def of_connection(connection: Connection) -> Table:
    """That of its authorisation: it may be shared with other companies."""
    return _endpoint(Endpoint.objects.filter(authorisation__connections=connection))


def _endpoint(found: QuerySet[Endpoint]) -> Table:
    """The address itself is a secret: only what it was used for is shown."""
    return Table(
        "Endpoint",
        ["Subscription", "Secret", "Refused knocks", "Newest delivery", "Made"],
        [
            [
                whole(one.subscription_id) or NOTHING,
                badge((Tone.DONE, "Kept") if one.sealed_secret else (Tone.WAITING, "Not yet")),
                str(one.refused),
                _newest(one),
                ago(one.created_at),
            ]
            for one in found
        ],
        empty="None: no webhooks come from there.",
        of="webhooks.endpoint",
    )


def _newest(endpoint: Endpoint) -> Cell:
    newest = endpoint.deliveries.first()
    return to(newest, ago(newest.received_at)) if newest else NOTHING


AuthorisationAdmin.parts += [of_authorisation]
ConnectionAdmin.parts += [of_connection]
RunAdmin.subjects[subscriptions.KIND] = "webhooks.endpoint"
