"""Installations: which company's entries go into which books, how they are set, on or off."""

from collections.abc import Sequence
from typing import ClassVar

from django.contrib import admin
from django.db.models import Model, Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from connections.admin.authorisations import AuthorisationAdmin
from connections.admin.connections import ConnectionAdmin, todos_of
from connections.admin.connections import state_of as connection_state
from connections.models import Authorisation, Connection
from desk.formats import ago, to, whole
from desk.pages import Part, Parts, SheetPage, actor, asked, column, person, state_column
from desk.sheets import Cell, Moment, Sheet, Table
from desk.tones import State, Tone, badge
from installations import activation, services
from installations.admin import holding
from installations.admin.comparing import Comparing
from installations.admin.configuring import Configuring
from installations.forms.comparing import compare
from installations.models import Configuration, Installation, InstallationState
from jobs import selectors
from jobs.admin import RunAdmin, Steered
from jobs.admin import todos_of as halted
from jobs.admin.steering import PAUSING, ReasonForm
from jobs.steering import Scope
from tenants.admin import TenantAdmin
from tenants.models import Tenant

NONE_YET = "Some must be given first: open the settings."
TONES = {
    InstallationState.SETTING_UP: Tone.WAITING,
    InstallationState.ACTIVE: Tone.DONE,
    InstallationState.PAUSED: Tone.NEEDS_SOMEBODY,
    InstallationState.ENDED: Tone.WAITING,
}
# Switched on for the first time only by the customer, at the end of the set-up.
ALWAYS = {"configure", "versions", "hold"}
OFFERED = {
    InstallationState.ACTIVE: {"pause", "cancel_work"},
    InstallationState.PAUSED: {"activate", "cancel_work"},
}


def state_of(installation: Installation) -> State:
    state = InstallationState(installation.state)
    return TONES[state], state.label


@admin.register(Installation)
class InstallationAdmin(Configuring, Comparing, Steered, Parts, SheetPage):
    parts: ClassVar[list[Part]] = []
    views = [("All", ""), *((state.label, f"state__exact={state}") for state in InstallationState)]
    list_display = ["way", "customer", "how", "environment", "since"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("environment", ChoicesDropdownFilter),
        ("tenant", AutocompleteSelectFilter),
    ]
    list_filter_submit = True
    related = ["tenant", "source__application", "target__application"]
    search_fields = ["source__company_name", "target__company_name", "tenant__name", "id__exact"]
    search_help_text = "Company, customer, or the whole id"
    actions_detail = ["configure", "versions", "hold", "pause", "activate", "cancel_work"]

    @column("From and to")
    def way(self, installation: Installation) -> str:
        return str(installation)

    @column("Customer", ordering="tenant__name")
    def customer(self, installation: Installation) -> str:
        return installation.tenant.name

    @state_column("state")
    def how(self, installation: Installation) -> State:
        return state_of(installation)

    @column("Since", ordering="created_at")
    def since(self, installation: Installation) -> Cell:
        return ago(installation.created_at)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[object]:
        installation = self.get_object(request, object_id)
        wanted = ALWAYS | OFFERED.get(InstallationState(installation.state), set()) if installation else set()
        actions = super().get_actions_detail(request, object_id)
        return [one for one in actions if one.path in wanted]

    def scope_of(self, row: Model) -> Scope:
        assert isinstance(row, Installation)  # noqa: S101
        return services.scope_of(row)

    @asked("Pause", PAUSING, button="Pause", icon="pause", form=ReasonForm)
    def pause(self, request: HttpRequest, form: Form, object_id: str) -> HttpResponse:
        installation = self.row(request, object_id)
        try:
            services.pause(installation, actor=actor(request), reason=form.cleaned_data["reason"])
        except services.NotReady as refused:
            return self.done(request, installation, str(refused), fine=False)
        return self.done(request, installation, "Paused.")

    @asked("Activate", "Jobs are fetched and posted again.", button="Activate", icon="play_arrow")
    def activate(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        installation = self.row(request, object_id)
        try:
            services.activate(installation, actor=actor(request))
        except services.NotReady as missing:
            return self.done(request, installation, str(missing), fine=False)
        activation.tell(installation)
        return self.done(request, installation, "Active again.")

    @asked("Hold", holding.QUESTION, button="Save", icon="hourglass", form=holding.HoldForm)
    def hold(self, request: HttpRequest, form: holding.HoldForm, object_id: str) -> HttpResponse:
        installation = self.row(request, object_id)
        services.hold(installation, form.hold, actor=actor(request))
        return self.done(request, installation, f"What waits is kept open for {holding.of(installation)}.")

    def sheet(self, request: HttpRequest, row: Installation) -> Sheet:
        versions = list(Configuration.objects.filter(installation=row))
        return Sheet(
            state=state_of(row),
            line=f"{row.tenant}: {row.source} → {row.target}",
            todos=[
                *halted(selectors.halts_over(row.tenant_id, row.keys)),
                *todos_of(row.source),
                *todos_of(row.target),
            ],
            facts=[
                ("Customer", to(row.tenant)),
                ("Source", _side(row.source)),
                ("Target", _side(row.target)),
                ("Environment", row.environment),
                ("Hold", holding.of(row)),
                ("Source company", whole(row.source_company)),
                ("Books", whole(row.books)),
                ("Id", whole(row.pk)),
            ],
            moments=[Moment(row.created_at, "Made"), *(_moment(one) for one in versions)],
            tables=[_settings(row, versions), *self.all_parts(row)],
        )


def _side(connection: Connection) -> Cell:
    return format_html("{} {}", to(connection), badge(connection_state(connection)))


def _moment(configuration: Configuration) -> Moment:
    by = f"Settings, version {configuration.version}, by {person(configuration.created_by)}"
    return Moment(configuration.created_at, f"{by}: {configuration.note}" if configuration.note else by)


def _settings(installation: Installation, versions: Sequence[Configuration]) -> Table:
    """Those in force."""
    rows: list[list[Cell]] = []
    if versions:
        versions[0].installation = installation
        rows = [[one.section, one.title, one.after] for one in compare(versions[0], versions[0])]
    return Table("Settings", ["Section", "Setting", "Value"], rows, empty=NONE_YET, of="installations.installation")


def _table(*which: Q) -> Table:
    rows = Installation.objects.filter(*which).select_related("source__application", "target__application")
    return Table(
        "Installations",
        ["From and to", "State", "Environment", "Since"],
        [[to(row), badge(state_of(row)), row.environment, ago(row.created_at)] for row in rows],
        empty="None yet: one is made when both connections are usable.",
        of="installations.installation",
    )


def of_tenant(tenant: Tenant) -> Table:
    return _table(Q(tenant=tenant))


def of_connection(connection: Connection) -> Table:
    return _table(Q(source=connection) | Q(target=connection))


def of_authorisation(authorisation: Authorisation) -> Table:
    """Every installation that one refusal would stop."""
    return _table(Q(source__authorisation=authorisation) | Q(target__authorisation=authorisation))


TenantAdmin.parts += [of_tenant]
AuthorisationAdmin.parts += [of_authorisation]
ConnectionAdmin.parts += [of_connection]
RunAdmin.subjects[activation.KIND] = "installations.installation"
