"""Customers who leave or have left, with what becomes of each kind of row."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

from desk.formats import NOTHING, ago, day, list_address, to_page, whole
from desk.pages import SheetPage, actor, asked, column, person, state_column
from desk.sheets import Cell, Moment, Sheet, Table, Todo
from desk.tones import State, Tone
from leaving import by_hand, services
from leaving.fates import FATES
from leaving.models import Leaving, LeavingState
from tenants.models import Tenant

TONES: dict[str, Tone] = {
    LeavingState.ASKED: Tone.WAITING,
    LeavingState.CALLED_OFF: Tone.DONE,
    LeavingState.ERASING: Tone.WORKING,
    LeavingState.ERASED: Tone.DONE,
}
LINES: dict[str, str] = {
    LeavingState.ASKED: "Work stands still. Until the day it is due it can be called off, on the customer's page.",
    LeavingState.CALLED_OFF: "Nothing was erased.",
    LeavingState.ERASING: "It goes on by itself, a little at a time. A row that cannot go is tried again.",
    LeavingState.ERASED: "What stays is said below. The name went with the rest: the id is what the trail knows.",
}

LEFT = "A vendor could not be told for three days to end our access."
END = "End it at the vendor, as the customer's row says, and say there that it is ended."
ENDED = "At every vendor that this page names, a person has ended the access. The answer goes to the trail."


def state_of(leaving: Leaving) -> State:
    if leaving.access_left:
        return Tone.NEEDS_SOMEBODY, "Erased, access left"
    return TONES[leaving.state], leaving.get_state_display()


def timeline(leaving: Leaving) -> list[Moment]:
    return [
        Moment(leaving.asked_at, f"Asked for by {person(leaving.asked_by)}"),
        Moment(leaving.exported_at, "Data downloaded"),
        Moment(leaving.called_off_at, "Called off"),
        Moment(leaving.began_at, "Erasure began"),
        Moment(leaving.erased_at, "Everything erased"),
    ]


def todos() -> list[Todo]:
    """What customers who left have left to do."""
    many = Leaving.objects.filter(access_left=True).count()
    if not many:
        return []
    who = "A customer who left has" if many == 1 else f"{many} customers who left have"
    link = format_html('<a href="{}">Show</a>', list_address("leaving.leaving", access_left__exact=1))
    return [Todo(f"{who} access to end by hand", LEFT, "operations", END, link=link, of="leaving.leaving")]


def left_to_do(leaving: Leaving, act: str = "") -> list[Todo]:
    """At the vendors, by a person. `act`: where that is said, once nothing else will end it."""
    return [
        Todo(
            f"{one.vendor} has not ended our access",
            "It could not be told for three days." if one.is_given_up else "It is still being told.",
            who="the customer, or whoever looks after the application at the vendor",
            remedy=f"End it there by hand. {one.remedy}",
            act=act if leaving.access_left else "",
            act_text="It is ended",
        )
        for one in by_hand.of(leaving)
    ]


def fates() -> Table:
    return Table(
        "What becomes of it",
        ["Rows", "What becomes of them", "Why"],
        [
            [str(apps.get_model(label)._meta.verbose_name_plural).capitalize(), _fate(label), line.why]
            for label, line in sorted(FATES.items())
        ],
        of="leaving.leaving",
    )


def _fate(label: str) -> str:
    line = FATES[label]
    return f"{line.fate.capitalize()} {line.kept_for}".strip()


@admin.register(Leaving)
class LeavingAdmin(SheetPage):
    list_display = ["customer", "how", "since", "due"]
    list_filter = ["state", "access_left"]
    actions_detail = ["access_ended"]
    search_fields = ["tenant_id__exact"]
    search_help_text = "The customer's whole id"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Leaving]:
        rows: QuerySet[Leaving] = super().get_queryset(request)
        names = Tenant.objects.filter(pk=OuterRef("tenant_id")).values("name")
        return rows.annotate(name=Subquery(names))

    @column("Customer")
    def customer(self, leaving: Any) -> Cell:
        return str(leaving.name) if leaving.name else whole(leaving.tenant_id)

    @state_column("state")
    def how(self, leaving: Leaving) -> State:
        return state_of(leaving)

    @column("Asked for", ordering="asked_at")
    def since(self, leaving: Leaving) -> Cell:
        return ago(leaving.asked_at)

    @column("Due", ordering="due_at")
    def due(self, leaving: Leaving) -> Cell:
        return day(leaving.due_at.date()) if leaving.is_open else NOTHING

    def has_leave_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("leaving.let_leave")

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[object]:
        """It stands beside what it ends."""
        return []

    @asked("Our access is ended", ENDED, button="It is ended", icon="check", permission="leave")
    def access_ended(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        leaving = self.row(request, object_id)
        if not services.access_ended(leaving, actor=actor(request)):
            return self.done(request, leaving, "It was said before.", fine=False)
        return self.done(request, leaving, "Nothing of this customer is left to do.")

    def _end_access(self, request: HttpRequest, leaving: Leaving) -> str:
        return self.act_address("access_ended", leaving) if self.has_leave_permission(request) else ""

    def sheet(self, request: HttpRequest, row: Leaving) -> Sheet:
        tenant = Tenant.objects.filter(pk=row.tenant_id).first()
        return Sheet(
            state=state_of(row),
            todos=left_to_do(row, self._end_access(request, row)),
            line=LINES[row.state],
            facts=[
                (
                    "Customer",
                    to_page("tenants.tenant", row.tenant_id, tenant.name) if tenant else whole(row.tenant_id),
                ),
                ("Due", day(row.due_at.date())),
                ("Rows erased", f"{row.erased:,}"),
                ("Trail", to_trail(row)),
            ],
            moments=timeline(row),
            tables=[fates()],
        )


def to_trail(leaving: Leaving) -> Cell:
    address = list_address("audit.auditentry", tenant_id__exact=leaving.tenant_id)
    return format_html('<a href="{}">What was done for this customer</a>', address)
