"""Authorisations: what a customer granted, and every connection that stands on it."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RelatedDropdownFilter

from connections.admin.connections import ConnectionAdmin, todos_of
from connections.admin.connections import state_of as connection_state
from connections.models import Authorisation, Connection, ConnectionState
from desk.formats import NOTHING, ago, to, whole
from desk.pages import Part, Parts, SheetPage, column, state_column
from desk.sheets import Cell, Moment, Sheet, Table
from desk.tones import State, Tone, badge


def state_of(authorisation: Authorisation) -> State:
    if not authorisation.sealed_tokens:
        return Tone.NEEDS_SOMEBODY, "No tokens"
    return (Tone.WAITING, "Being checked") if authorisation.replaces_id else (Tone.DONE, "Tokens kept")


@admin.register(Authorisation)
class AuthorisationAdmin(Parts, SheetPage):
    parts: ClassVar[list[Part]] = []
    list_display = ["vendor", "customer", "how", "companies", "since"]
    list_filter = [("application", RelatedDropdownFilter), ("tenant", AutocompleteSelectFilter)]
    list_filter_submit = True
    related = ["tenant", "application"]
    search_fields = ["tenant__name", "id__exact"]
    search_help_text = "Customer, or the whole id"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Authorisation]:
        found: QuerySet[Authorisation] = super().get_queryset(request)
        return found.annotate(used=Count("connections"))

    @column("Vendor", ordering="application__connector")
    def vendor(self, authorisation: Authorisation) -> str:
        return str(authorisation)

    @column("Customer", ordering="tenant__name")
    def customer(self, authorisation: Authorisation) -> str:
        return authorisation.tenant.name

    @state_column()
    def how(self, authorisation: Authorisation) -> State:
        return state_of(authorisation)

    @column("Connections, companies seen", ordering="used")
    def companies(self, authorisation: Authorisation) -> str:
        return f"{authorisation.used}, {authorisation.companies_seen}"  # type: ignore[attr-defined]

    @column("Authorised", ordering="authorised_at")
    def since(self, authorisation: Authorisation) -> Cell:
        return ago(authorisation.authorised_at)

    def sheet(self, request: HttpRequest, row: Authorisation) -> Sheet:
        return Sheet(
            state=state_of(row),
            line=f"{row.tenant} granted it at {row.application.vendor.name}. {_reach(row)}",
            todos=[todo for one in _in_need(row) for todo in todos_of(one)[:1]],
            facts=[
                ("Customer", to(row.tenant)),
                ("Application", to(row.application)),
                ("Access token", _expiry(row)),
                *([("Certificate", ago(row.certificate_expires_at))] if row.certificate_expires_at else []),
                ("Companies it sees", str(row.companies_seen) if row.companies_seen else NOTHING),
                ("Id", whole(row.pk)),
            ],
            moments=[Moment(row.created_at, "Made"), Moment(row.authorised_at, "Authorised by the customer")],
            tables=[_connections("Connections", row.connections.all()), *self.all_parts(row)],
        )


def _in_need(row: Authorisation) -> QuerySet[Connection]:
    return row.connections.filter(state=ConnectionState.NEEDS_RECONNECT).select_related("application")[:5]


def _reach(row: Authorisation) -> str:
    """What one refusal, or one reconnect, is about."""
    if _in_need(row):
        return "One sign-in that sees all of its companies connects all of them again."
    return "All of its connections share one set of tokens."


def _connections(title: str, rows: QuerySet[Connection]) -> Table:
    return Table(
        title,
        ["Connection", "State", "Taken for it"],
        [
            [to(one), badge(connection_state(one)), ago(one.authorised_at)]
            for one in rows.select_related("application")
        ],
        empty="None: no other company is connected with the same authorisation.",
        of="connections.connection",
    )


def _expiry(row: Authorisation) -> Cell:
    expires = row.tokens_expire_at
    if expires is None or not row.sealed_tokens:
        return "None kept"
    verb = "expires" if expires > timezone.now() else "expired"
    return format_html("{} {}, then it is refreshed", verb, ago(expires))


def beside(connection: Connection) -> Table:
    """The other connections that stand on the same authorisation."""
    others = Connection.objects.exclude(pk=connection.pk).exclude(authorisation=None)
    return _connections("Same authorisation", others.filter(authorisation=connection.authorisation_id))


ConnectionAdmin.parts += [beside]
