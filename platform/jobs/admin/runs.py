"""Runs: attempts to bring a piece of work to its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
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
from jobs import selectors, steering
from jobs.admin.standing import todos_of
from jobs.admin.steering import PAUSING, EverythingSteered
from jobs.models import Run, RunState, Stop, Trigger

TONES = {
    RunState.READY: Tone.WAITING,
    RunState.HELD: Tone.WORKING,
    RunState.WAITING: Tone.NEEDS_SOMEBODY,
    RunState.PAUSED: Tone.NEEDS_SOMEBODY,
    RunState.ASIDE: Tone.NEEDS_SOMEBODY,
    RunState.ENDED: Tone.DONE,
}
OFFERED = {
    RunState.READY: {"pause", "cancel"},
    RunState.HELD: {"pause", "cancel"},
    RunState.WAITING: {"pause", "cancel"},
    RunState.PAUSED: {"resume", "cancel"},
    RunState.ASIDE: {"resume", "cancel"},
    RunState.ENDED: set(),
}
CANCELLING = (
    "It ends within seconds. What it has done stays done and is told; what it has not done fails with that reason and"
    " can be asked for again."
)
STARTED = Prefetch("triggers", Trigger.objects.order_by("at"))


def state_of(run: Run) -> State:
    """With what was asked for and is not done yet; and paused as a whole, if it came by `selectors.with_halts`."""
    state = RunState(run.state)
    if state is RunState.ENDED:
        return (Tone.WAITING, "Cancelled") if run.stop == Stop.CANCEL else (TONES[state], state.label)
    stops = run.stop == Stop.PAUSE or getattr(run, "is_halted", False)
    if stops:
        return (Tone.WORKING, "Pausing…") if state is RunState.HELD else (Tone.NEEDS_SOMEBODY, "Paused")
    return (Tone.WORKING, "Cancelling…") if run.stop == Stop.CANCEL else (TONES[state], state.label)


def name_of(run: Run) -> str:
    return f"{run.kind.capitalize()} {str(run.pk)[:8]}"


def why(run: Run) -> str:
    """Its triggers, with how often each came."""
    kinds = Counter(trigger.get_kind_display() for trigger in run.triggers.all())
    return ", ".join(f"{kind} ({n})" if n > 1 else kind for kind, n in kinds.items())


def runs_of(subject_id: UUID) -> Table:
    """For the page of what the runs work on."""
    runs = selectors.with_halts(Run.objects.filter(subject_id=subject_id)).prefetch_related(STARTED)[:20]
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
class RunAdmin(EverythingSteered, LongList, Parts, SheetPage):
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
    actions_detail = ["pause", "resume", "cancel"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        return selectors.with_halts(super().get_queryset(request))

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
        wanted = OFFERED[RunState(run.state)] if run and not run.stop else set()
        actions = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        return [one for one in actions if one.path in wanted]

    @asked("Pause", PAUSING, button="Pause", icon="pause")
    def pause(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        run = self.row(request, object_id)
        paused = steering.pause_run(run, actor=actor(request))
        return self.done(request, run, "Paused." if paused else "It cannot be paused any more.", fine=paused)

    @asked("Resume", "The next free worker goes on with it.", button="Resume", icon="play_arrow")
    def resume(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        run = self.row(request, object_id)
        resumed = steering.resume_run(run, actor=actor(request))
        return self.done(request, run, "Resumed." if resumed else "It was not paused.", fine=resumed)

    @asked("Cancel", CANCELLING, button="Cancel the run", icon="cancel")
    def cancel(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        run = self.row(request, object_id)
        cancelled = steering.cancel_run(run, actor=actor(request))
        return self.done(request, run, "It is being cancelled." if cancelled else "It has ended.", fine=cancelled)

    @admin.action(description="Pause", permissions=["act"])
    def pause_all(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        self._steer(request, queryset, steering.pause_run, "Paused")

    @admin.action(description="Resume", permissions=["act"])
    def resume_all(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        self._steer(request, queryset, steering.resume_run, "Resumed")

    def _steer(self, request: HttpRequest, runs: QuerySet[Run], act: Callable[..., bool], done: str) -> None:
        touched = sum(act(run, actor=actor(request)) for run in runs)
        self.message_user(request, f"{done}: {touched}.")

    def sheet(self, request: HttpRequest, row: Run) -> Sheet:
        triggers = list(row.triggers.all()[:50])
        subject = self.subjects.get(row.kind, "")
        next_look = row.run_at if row.state == RunState.READY else row.look_at
        return Sheet(
            state=state_of(row),
            line=row.remark or f"{row.kind.capitalize()} run, nothing to remark.",
            todos=todos_of(selectors.halts_over(row.tenant_id, row.keys)),
            facts=[
                ("Customer", to(row.tenant)),
                ("Works on", to_page(subject, row.subject_id, short(row.subject_id))),
                ("Next look", ago(next_look) if next_look else NOTHING),
                ("Lease until", exact(row.lease_until) if row.lease_until else NOTHING),
                ("A call may be under way until", exact(row.calling_until) if row.calling_until else NOTHING),
                ("Fence", str(row.fence)),
                ("Slices without progress", str(row.attempts)),
                ("Crashes in a row", str(row.crashes)),
                ("Id", whole(row.pk)),
            ],
            moments=[
                Moment(row.created_at, "Opened"),
                *(Moment(t.at, f"{t.get_kind_display()} {t.detail[:40]}") for t in triggers),
                Moment(row.ended_at, "Ended"),
            ],
            tables=[*self.all_parts(row), exchange_table(Exchange.objects.filter(run_id=row.pk), row, by="run_id")],
        )
