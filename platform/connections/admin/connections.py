"""Connections: whose, at which vendor, for which company, and how they do."""

from datetime import timedelta
from typing import ClassVar

from django.contrib import admin
from django.db.models import Avg, Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RelatedDropdownFilter

from connections import disconnecting
from connections.admin.exchanges import exchange_table
from connections.models import Certificate, Connection, ConnectionState, ConnectionStep, Exchange
from desk.formats import NOTHING, ago, list_address, logo, to, whole
from desk.pages import Part, Parts, SheetPage, actor, asked, column, person, state_column
from desk.sheets import Cell, Fact, Moment, Sheet, Table, Todo
from desk.tones import State, Tone, badge
from desk.viewing import may, may_see
from incidents.admin import todo_of
from incidents.models import Incident
from tenants.admin import TenantAdmin
from tenants.models import Tenant

DISCONNECTING = (
    "Its work stops at once, the vendor is told to end the access, and the tokens are destroyed. Settings and history"
    " stay, and the customer can connect the same company again."
)
SOON = timedelta(minutes=5)
HEALTH_OVER = timedelta(hours=24)
STEPS_SHOWN = 100
TONES = {
    ConnectionState.AUTHORISED: Tone.NEEDS_SOMEBODY,
    ConnectionState.USABLE: Tone.DONE,
    ConnectionState.NEEDS_RECONNECT: Tone.NEEDS_SOMEBODY,
    ConnectionState.DISCONNECTED: Tone.WAITING,
}


def state_of(connection: Connection) -> State:
    state = ConnectionState(connection.state)
    return TONES[state], _label(state)


@admin.register(Connection)
class ConnectionAdmin(Parts, SheetPage):
    parts: ClassVar[list[Part]] = []
    views = [("All", ""), *((state.label.partition(",")[0], f"state__exact={state}") for state in ConnectionState)]
    list_display = ["company", "customer", "how", "vendor", "since"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("application", RelatedDropdownFilter),
        ("tenant", AutocompleteSelectFilter),
    ]
    list_filter_submit = True
    related = ["tenant", "application", "authorisation__application"]
    search_fields = ["company_name", "company_id__exact", "tenant__name", "id__exact"]
    search_help_text = "Company, its id at the vendor, customer, or the whole id"
    actions_detail = ["disconnect"]

    @column("Company", ordering="company_name")
    def company(self, connection: Connection) -> str:
        return connection.company_name or "No company chosen"

    @column("Customer", ordering="tenant__name")
    def customer(self, connection: Connection) -> str:
        return connection.tenant.name

    @state_column("state")
    def how(self, connection: Connection) -> State:
        return state_of(connection)

    @column("Vendor", ordering="application__connector")
    def vendor(self, connection: Connection) -> str:
        return str(connection.application)

    @column("Authorised", ordering="authorised_at")
    def since(self, connection: Connection) -> Cell:
        return ago(connection.authorised_at)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[object]:
        row = self.get_object(request, object_id)
        offered: list[object] = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        return offered if row and row.state != ConnectionState.DISCONNECTED else []

    @asked("Disconnect", DISCONNECTING, button="Disconnect", icon="link_off")
    def disconnect(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        row = self.row(request, object_id)
        if disconnecting.disconnect(row, actor=actor(request)):
            return self.done(request, row, "Disconnected. The vendor is told within a minute.")
        return self.done(request, row, "It was disconnected already.")

    def sheet(self, request: HttpRequest, row: Connection) -> Sheet:
        vendor = row.application.vendor.name
        return Sheet(
            state=state_of(row),
            line=format_html(
                "{}{} at {}: {}",
                logo(row.application.connector),
                row.tenant,
                vendor,
                row.company_name or "no company chosen yet",
            ),
            todos=todos_of(row),
            facts=[
                ("Customer", to(row.tenant)),
                ("Application", to(row.application)),
                ("Company", row.company_name or NOTHING),
                ("Its id there", whole(row.company_id)),
                ("Authorisation", to(row.authorisation)),
                *[("Remark", remark) for remark in row.remarks.splitlines()],
                *([("Account", whole(row.account))] if row.account else []),
                *(health(row) if may_see("connections.exchange") else []),
            ],
            moments=[Moment(row.created_at, "Made"), Moment(row.authorised_at, "Authorised by the customer")],
            tables=[
                timeline(row),
                *self.all_parts(row),
                exchange_table(Exchange.objects.filter(connection_id=row.pk), row),
            ],
        )


def timeline(connection: Connection) -> Table:
    steps = ConnectionStep.objects.filter(connection_id=connection.pk).order_by("-at")
    return Table(
        "States",
        ["When", "From", "To", "Why", "By"],
        [
            [ago(one.at), _label(one.before), _label(one.after), one.why, person(one.actor)]
            for one in steps[:STEPS_SHOWN]
        ],
        count=steps.count(),
        empty="It has kept its state since it was made.",
        of="connections.connection",
    )


def _label(state: str) -> str:
    return ConnectionState(state).label.partition(",")[0]


def todos_of(connection: Connection) -> list[Todo]:
    """The open incidents; and for a connection that must be made again, the way to do it."""
    todos = [todo_of(i) for i in Incident.objects.filter(connection_id=connection.pk, mended_at=None)[:5]]
    if connection.state == ConnectionState.NEEDS_RECONNECT:
        address = f"{reverse('admin:connections_connectlink_add')}?tenant={connection.tenant_id}"
        todos.insert(
            0,
            Todo(
                title="Connect again",
                sentence="Configuration and history are kept; what waits goes on after it.",
                who="the customer",
                remedy=f"Connect {connection.company_name or 'the same company'} again with a connect link.",
                link=format_html('<a href="{}">Make a connect link</a>', address)
                if may("connections.add_connectlink")
                else "",
            ),
        )
    return todos


def health(connection: Connection) -> list[Fact]:
    """The last day's exchanges, in one query."""
    lately = Exchange.objects.filter(connection_id=connection.pk, at__gt=timezone.now() - HEALTH_OVER)
    numbers = lately.order_by().aggregate(
        calls=Count("pk"),
        refused=Count("pk", filter=Q(status__gte=400)),
        unanswered=Count("pk", filter=Q(status=0)),
        pace=Avg("milliseconds"),
        last=Max("at"),
    )
    if not numbers["calls"]:
        return [("Last 24 hours", "No calls")]
    more = list_address("connections.exchange", connection_id__exact=connection.pk)
    pace = round(numbers["pace"])
    return [
        ("Last 24 hours", format_html('<a href="{}">{} calls</a>, {} ms each', more, numbers["calls"], pace)),
        ("Refused, unanswered", f"{numbers['refused']}, {numbers['unanswered']}"),
        ("Last call", ago(numbers["last"])),
    ]


def certificates(connection: Connection) -> Table:
    """Public, all of it: the keys are in the vault."""
    rows = Certificate.objects.filter(connection=connection).order_by("made_at")
    return Table(
        "Certificates",
        ["State", "Id at the vendor", "Good until", "Certificate"],
        [[badge(_use(one)), whole(one.vendor_id), ago(one.expires_at), _shown(one)] for one in rows],
        empty="None: it is connected in another way, or not yet.",
        of="connections.connection",
    )


def _use(certificate: Certificate) -> State:
    return (Tone.DONE, "In use") if certificate.accepted_at else (Tone.WAITING, "Waits for its id")


def _shown(certificate: Certificate) -> Cell:
    return format_html("<details><summary>Show</summary><pre>{}</pre></details>", certificate.pem)


def of_tenant(tenant: Tenant) -> Table:
    rows = Connection.objects.filter(tenant=tenant).select_related("application")
    return Table(
        "Connections",
        ["Connection", "State", "Application", "Authorised"],
        [[to(row), badge(state_of(row)), to(row.application), ago(row.authorised_at)] for row in rows],
        empty="None yet: make a connect link and send it to the customer.",
        of="connections.connection",
    )


ConnectionAdmin.parts += [certificates]
TenantAdmin.parts += [of_tenant]
