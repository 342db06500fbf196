"""Runs: attempts to bring a piece of work to its end."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RadioFilter

from connections.admin.exchanges import exchange_table
from connections.models import Exchange
from desk.formats import NOTHING, ago, cut, exact, short, to, to_page, whole
from desk.pages import LongList, Part, Parts, SheetPage, actor, asked, column, state_column
from desk.sheets import Cell, Moment, Sheet, Table
from desk.tones import State, Tone, badge
from jobs import services
from jobs.models import Run, RunState, Trigger

TONES = {
    RunState.READY: Tone.WAITING,
    RunState.HELD: Tone.WORKING,
    RunState.WAITING: Tone.NEEDS_SOMEBODY,
    RunState.PAUSED: Tone.NEEDS_SOMEBODY,
    RunState.ENDED: Tone.DONE,
}
OFFERED = {RunState.READY: "pause", RunState.PAUSED: "resume"}
STARTED = Prefetch("triggers", Trigger.objects.order_by("at"))


def state_of(run: Run) -> State:
    state = RunState(run.state)
    return TONES[state], state.label


def name_of(run: Run) -> str:
    return f"{run.kind.capitalize()} {str(run.pk)[:8]}"


def why(run: Run) -> str:
    """Its triggers, with how often each came."""
    kinds = Counter(trigger.get_kind_display() for trigger in run.triggers.all())
    return ", ".join(f"{kind} ({n})" if n > 1 else kind for kind, n in kinds.items())


def runs_of(subject_id: UUID) -> Table:
    """For the page of what the runs work on."""
    runs = Run.objects.filter(subject_id=subject_id).prefetch_related(STARTED)[:20]
    return Table(
        "Runs",
        ["Run", "State", "Triggers", "Remark", "Opened"],
        [
            [to(run, short(run.pk)), badge(state_of(run)), why(run), cut(run.remark, 60), ago(run.created_at)]
            for run in runs
        ],
        of="jobs.run",
    )


class KindFilter(RadioFilter):  # type: ignore[misc]
    """The kinds that the rooms above have named: asking the table would read all of it."""

    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, kind.capitalize()) for kind in RunAdmin.subjects]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> QuerySet[Run]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Run)
class RunAdmin(LongList, Parts, SheetPage):
    """`subjects`: which page shows what a kind of run works on; the rooms above say it."""

    parts: ClassVar[list[Part]] = []
    subjects: ClassVar[dict[str, str]] = {}
    views = [("All", ""), *((state.label, f"state__exact={state}") for state in RunState)]
    list_display = ["work", "customer", "how", "remarked", "opened"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        KindFilter,
        ("tenant", AutocompleteSelectFilter),
    ]
    list_filter_submit = True
    related = ["tenant"]
    search_fields = ["id__exact", "subject_id__exact"]
    search_help_text = "The whole id of the run, or of what it works on"
    actions = ["pause_all", "resume_all"]
    actions_detail = ["pause", "resume"]

    @column("Run", ordering="kind")
    def work(self, run: Run) -> str:
        return name_of(run)

    @column("Customer", ordering="tenant__name")
    def customer(self, run: Run) -> str:
        return run.tenant.name

    @state_column("state")
    def how(self, run: Run) -> State:
        return state_of(run)

    @column("Remark")
    def remarked(self, run: Run) -> Cell:
        return cut(run.remark, 60)

    @column("Opened", ordering="created_at")
    def opened(self, run: Run) -> Cell:
        return ago(run.created_at)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[object]:
        run = self.get_object(request, object_id)
        wanted = OFFERED.get(RunState(run.state)) if run else None
        actions = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        return [one for one in actions if one.path == wanted]

    @asked("Pause", "Nobody works on it until it is resumed.", button="Pause", icon="pause")
    def pause(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        run = self.row(request, object_id)
        services.set_paused(run, True, actor=actor(request))
        return self.done(request, run, "Paused.")

    @asked("Resume", "The next free worker goes on with it.", button="Resume", icon="play_arrow")
    def resume(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        run = self.row(request, object_id)
        services.set_paused(run, False, actor=actor(request))
        return self.done(request, run, "Resumed.")

    @admin.action(description="Pause", permissions=["act"])
    def pause_all(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        self._set_paused(request, queryset.filter(state=RunState.READY), True)

    @admin.action(description="Resume", permissions=["act"])
    def resume_all(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        self._set_paused(request, queryset.filter(state=RunState.PAUSED), False)

    def _set_paused(self, request: HttpRequest, runs: QuerySet[Run], paused: bool) -> None:
        touched = list(runs)
        for run in touched:
            services.set_paused(run, paused, actor=actor(request))
        self.message_user(request, f"{'Paused' if paused else 'Resumed'}: {len(touched)}.")

    def sheet(self, request: HttpRequest, row: Run) -> Sheet:
        triggers = list(row.triggers.all()[:50])
        subject = self.subjects.get(row.kind, "")
        next_look = row.run_at if row.state == RunState.READY else row.look_at
        return Sheet(
            state=state_of(row),
            line=row.remark or f"{row.kind.capitalize()} run, nothing to remark.",
            facts=[
                ("Customer", to(row.tenant)),
                ("Works on", to_page(subject, row.subject_id, short(row.subject_id))),
                ("Mode", row.get_mode_display()),
                ("Next look", ago(next_look) if next_look else NOTHING),
                ("Lease until", exact(row.lease_until) if row.lease_until else NOTHING),
                ("A call may be under way until", exact(row.calling_until) if row.calling_until else NOTHING),
                ("Fence", str(row.fence)),
                ("Slices without progress", str(row.attempts)),
                ("Id", whole(row.pk)),
            ],
            moments=[
                Moment(row.created_at, "Opened"),
                *(Moment(t.at, f"{t.get_kind_display()} {t.detail[:40]}") for t in triggers),
                Moment(row.ended_at, "Ended"),
            ],
            tables=[*self.all_parts(row), exchange_table(Exchange.objects.filter(run_id=row.pk), row, by="run_id")],
        )
