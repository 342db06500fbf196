"""The door from outside: the endpoints of authorisations, and knocks that were refused."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from connections.admin.authorisations import AuthorisationAdmin
from connections.admin.connections import ConnectionAdmin
from connections.models import Authorisation, Connection
from desk.formats import NOTHING, ago, day, to, whole
from desk.pages import SheetPage, actor, asked, column, state_column
from desk.sheets import Cell, Moment, Sheet, Table, Todo
from desk.tones import State, Tone, badge
from jobs.admin import RunAdmin
from webhooks import rotating, silence, subscriptions
from webhooks.models import Endpoint, RefusedKnock


def state_of(endpoint: Endpoint) -> State:
    if not endpoint.sealed_secret:
        return Tone.WAITING, "Not subscribed yet"
    if endpoint.missed >= silence.IN_A_ROW:
        return Tone.NEEDS_SOMEBODY, "No webhooks arrive"
    return (Tone.WORKING, "Being rotated") if endpoint.rotation_asked_at else (Tone.DONE, "Subscribed")


@admin.register(Endpoint)
class EndpointAdmin(SheetPage):
    """The address itself is a secret: only what it was used for is shown."""

    list_display = ["whose", "customer", "how", "checked", "put_right"]
    list_filter = [("tenant", AutocompleteSelectFilter)]
    list_filter_submit = True
    related = ["tenant", "authorisation__application"]
    search_fields = ["tenant__name", "subscription_id__exact", "id__exact"]
    search_help_text = "Customer, the vendor's whole subscription id, or the whole id"
    actions_detail = ["look", "rotate", "refuse_former"]

    @column("Of")
    def whose(self, endpoint: Endpoint) -> str:
        return str(endpoint.authorisation)

    @column("Customer", ordering="tenant__name")
    def customer(self, endpoint: Endpoint) -> str:
        return endpoint.tenant.name

    @state_column()
    def how(self, endpoint: Endpoint) -> State:
        return state_of(endpoint)

    @column("Checked", ordering="checked_at")
    def checked(self, endpoint: Endpoint) -> Cell:
        return ago(endpoint.checked_at)

    @column("Last mended", ordering="mended_at")
    def put_right(self, endpoint: Endpoint) -> Cell:
        return ago(endpoint.mended_at)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[object]:
        endpoint = self.get_object(request, object_id)
        wanted = {"look", "refuse_former" if endpoint and endpoint.overlaps else "rotate"}
        actions = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        return [one for one in actions if one.path in wanted]

    @asked(
        "Check now",
        "The vendor is asked for its subscription, and what is not as it should be is mended. It is done every day.",
        button="Check",
        icon="published_with_changes",
    )
    def look(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        endpoint = self.row(request, object_id)
        subscriptions.ask_check(endpoint, actor=actor(request))
        return self.done(request, endpoint, "It is checked now.")

    @asked(
        "Rotate the secret",
        "The vendor gets a new secret. The former one is accepted for a while, so that no message is refused.",
        button="Rotate",
        icon="key",
    )
    def rotate(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        endpoint = self.row(request, object_id)
        try:
            rotating.ask(endpoint, actor=actor(request))
        except rotating.CannotRotate as reason:
            return self.done(request, endpoint, str(reason), fine=False)
        return self.done(request, endpoint, "The secret is rotated now.")

    @asked(
        "Refuse the former secret",
        "What the vendor has signed with it and not delivered yet is refused; its jobs are found by polling.",
        button="Refuse",
        icon="key_off",
    )
    def refuse_former(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        endpoint = self.row(request, object_id)
        was_there = rotating.refuse_former(endpoint, actor=actor(request))
        said = "It is refused from now on." if was_there else "There is no former secret."
        return self.done(request, endpoint, said, fine=was_there)

    def sheet(self, request: HttpRequest, row: Endpoint) -> Sheet:
        return Sheet(
            state=state_of(row),
            line=f"{row.authorisation.application.vendor.name} tells here of new jobs of {row.tenant}.",
            todos=_todos(row),
            facts=[
                ("Customer", to(row.tenant)),
                ("Authorisation", to(row.authorisation)),
                ("The vendor's subscription", whole(row.subscription_id) or NOTHING),
                ("Jobs in a row without a webhook", str(row.missed)),
                ("Refused knocks", str(row.refused)),
                ("Newest delivery", _newest(row)),
                ("Id", whole(row.pk)),
            ],
            moments=[Moment(at, text) for at, text in _moments(row) if at],
        )


def _todos(row: Endpoint) -> list[Todo]:
    if row.missed < silence.IN_A_ROW:
        return []
    said = f"Polling found the last {row.missed} jobs, and no webhook told of them."
    remedy = f"See that {settings.BASE_URL} is reached from the internet, and that nothing refuses the vendor."
    return [Todo("No webhooks arrive", said, "operations", remedy)]


def _moments(row: Endpoint) -> list[tuple[datetime | None, str]]:
    return [
        (row.created_at, "Made"),
        (row.secret_since, "Present secret kept"),
        (row.rotation_asked_at, "Another secret asked for"),
        (row.mended_at, f"Mended. {row.mended}"),
        (row.checked_at, "Subscription checked"),
        (row.former_until if row.overlaps else None, "Former secret refused from then on"),
    ]


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
        ["Endpoint", "State", "Checked", "Last mended", "Refused knocks", "Newest delivery"],
        [
            [
                to(one, whole(one.subscription_id) or "Not subscribed yet"),
                badge(state_of(one)),
                ago(one.checked_at),
                ago(one.mended_at),
                str(one.refused),
                _newest(one),
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
