"""Incidents: one cause each, who must act, and what they can do about it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RadioFilter

from connectors.kit.failures import FailureClass
from desk.formats import ago, cut, short, to, to_page
from desk.pages import Part, Parts, SheetPage, actor, asked, column, state_column
from desk.sheets import Cell, Moment, Sheet, Todo
from desk.tones import State, Tone
from incidents import services
from incidents.catalogue import CATALOGUE, FailureKind, Who
from incidents.models import Incident

MENDING = "Say that its cause is gone. What waited for it goes on; what has failed must be exported again."


def kind_of(failure: str) -> FailureKind:
    return CATALOGUE[FailureClass(failure)]


def state_of(incident: Incident) -> State:
    if not incident.is_open:
        return Tone.DONE, "Mended"
    who = kind_of(incident.failure).who
    return (Tone.WORKING, "Goes on by itself") if who == Who.PLATFORM else (Tone.NEEDS_SOMEBODY, f"Needs {who}")


def todo_of(incident: Incident, *, act: str = "") -> Todo:
    """What other pages say of an incident that concerns them."""
    kind = kind_of(incident.failure)
    return Todo(
        title=kind.title,
        sentence=incident.sentence,
        who=kind.who,
        remedy=kind.remedy,
        words=incident.words,
        link="" if act else to(incident, "Incident"),
        act=act,
        act_text="Mend",
        tone=state_of(incident)[0],
        of="incidents.incident",
    )


class OpenFilter(RadioFilter):  # type: ignore[misc]
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [("open", "Open"), ("mended", "Mended")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Incident]) -> QuerySet[Incident]:
        if self.value() not in {"open", "mended"}:
            return queryset
        return queryset.filter(mended_at__isnull=self.value() == "open")


@admin.register(Incident)
class IncidentAdmin(Parts, SheetPage):
    parts: ClassVar[list[Part]] = []
    views = [("All", ""), ("Open", "state=open"), ("Mended", "state=mended")]
    list_display = ["cause", "customer", "how", "kind", "seen"]
    list_filter = [OpenFilter, ("failure", ChoicesDropdownFilter), ("tenant", AutocompleteSelectFilter)]
    list_filter_submit = True
    related = ["tenant"]
    search_fields = ["sentence", "words", "id__exact"]
    search_help_text = "Words of the sentence or of the vendor, or the whole id"
    actions = ["mend_all"]
    actions_detail = ["mend"]

    @column("Cause")
    def cause(self, incident: Incident) -> Cell:
        return cut(incident.sentence)

    @column("Customer", ordering="tenant__name")
    def customer(self, incident: Incident) -> str:
        return incident.tenant.name

    @state_column("mended_at")
    def how(self, incident: Incident) -> State:
        return state_of(incident)

    @column("Class", ordering="failure")
    def kind(self, incident: Incident) -> str:
        return kind_of(incident.failure).title

    @column("Last seen", ordering="seen_at")
    def seen(self, incident: Incident) -> Cell:
        return ago(incident.seen_at)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[object]:
        offered: list[object] = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        incident = self.get_object(request, object_id)
        return offered if incident and incident.is_open else []

    @asked("Mend", MENDING, button="Mend", icon="build")
    def mend(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        incident = self.row(request, object_id)
        if incident.is_open:
            services.mend(incident, actor=actor(request))
        return self.done(request, incident, "Mended. What waited for it goes on.")

    @admin.action(description="Mend", permissions=["act"])
    def mend_all(self, request: HttpRequest, queryset: QuerySet[Incident]) -> None:
        still_open = list(queryset.filter(mended_at=None))
        for incident in still_open:
            services.mend(incident, actor=actor(request))
        self.message_user(request, f"Mended: {len(still_open)}.")

    def sheet(self, request: HttpRequest, row: Incident) -> Sheet:
        may_mend = row.is_open and self.has_act_permission(request)
        about = to_page("connections.connection", row.connection_id, short(row.connection_id))
        return Sheet(
            state=state_of(row),
            line=row.sentence,
            todos=[todo_of(row, act=self.act_address("mend", row) if may_mend else "")] if row.is_open else [],
            facts=[
                ("Customer", to(row.tenant)),
                ("Class", f"{kind_of(row.failure).title} ({row.failure})"),
                ("Connection", about),
                ("Reference", str(row.pk)),
            ],
            moments=[
                Moment(row.opened_at, "Opened"),
                Moment(row.seen_at if row.is_open else None, "Last seen"),
                Moment(row.mended_at, f"Mended by {row.mended_by}"),
            ],
            tables=self.all_parts(row),
        )
