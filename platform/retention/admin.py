"""Retention: what is kept for how long, when it was last looked through, and what went."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Max, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst

from desk.formats import NOTHING, ago, day, exact
from desk.pages import SheetPage, actor, asked, column, state_column
from desk.sheets import Cell, Sheet, Table
from desk.tones import State, Tone
from retention import services
from retention.models import Round
from retention.rules import in_words, rule_of

SHOWN = 30
STOPPING = (
    "After the batch under way nothing more goes today. Tomorrow it is looked through again; a setting of 0 ends it."
)


def removed(one: Round) -> str:
    rule = rule_of(one.rule)
    return f"{one.removed:,} {rule.unit}" if rule and one.removed else f"{one.removed:,}"


def state_of(one: Round) -> State:
    return (Tone.DONE, "Done") if one.ended_at else (Tone.WORKING, "Under way")


@admin.register(Round)
class RoundAdmin(SheetPage):
    """A row for each rule: its newest round."""

    actions_detail = ["stop"]
    list_display = ["what", "kept", "since", "went", "how", "when"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Round]:
        rounds: QuerySet[Round] = super().get_queryset(request)
        newest = Round.objects.filter(rule=OuterRef("rule")).order_by("-day").values("pk")[:1]
        return rounds.filter(pk=Subquery(newest)).order_by("rule")

    @column("What", ordering="rule")
    def what(self, one: Round) -> str:
        rule = rule_of(one.rule)
        return rule.what if rule else one.rule

    @column("Kept")
    def kept(self, one: Round) -> str:
        rule = rule_of(one.rule)
        return capfirst(in_words(rule.days)) if rule else NOTHING

    @column("Kept since", ordering="before")
    def since(self, one: Round) -> Cell:
        return day(one.before.date()) if one.before else NOTHING

    @column("Removed then", ordering="removed")
    def went(self, one: Round) -> str:
        return removed(one)

    @state_column("ended_at")
    def how(self, one: Round) -> State:
        return state_of(one)

    @column("Looked through", ordering="began_at")
    def when(self, one: Round) -> Cell:
        return ago(one.ended_at or one.began_at)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[object]:
        offered: list[object] = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        current = self.get_object(request, object_id)
        return offered if current and not current.ended_at else []

    @asked("Stop for today", STOPPING, button="Stop", icon="stop")
    def stop(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        current = self.row(request, object_id)
        stopped = services.stop(current, actor=actor(request))
        sentence = "Nothing more is removed today." if stopped else "It had ended already."
        return self.done(request, current, sentence, fine=stopped)

    def sheet(self, request: HttpRequest, row: Round) -> Sheet:
        rule = rule_of(row.rule)
        if rule is None:
            return Sheet(state=None, line="This version has no such rule. Nothing is removed by it.")
        rounds = Round.objects.filter(rule=row.rule)
        all_of_them = rounds.aggregate(removed=Sum("removed"), newest=Max("ended_at"))
        return Sheet(
            state=state_of(row),
            line=f"{rule.what} are kept {in_words(rule.days)}. {rule.stays}".strip(),
            facts=[
                ("Setting", rule.setting),
                ("What is older is removed", exact(row.before) if row.before else NOTHING),
                ("Removed in all", f"{all_of_them['removed']:,} {rule.unit}"),
                ("Last done", ago(all_of_them["newest"])),
            ],
            tables=[
                Table(
                    "Rounds",
                    ["Day", "Removed", "Older than", "Ended"],
                    [
                        [
                            day(one.day),
                            removed(one),
                            exact(one.before) if one.before else NOTHING,
                            ago(one.ended_at),
                        ]
                        for one in rounds.order_by("-day")[:SHOWN]
                    ],
                    of="retention.round",
                )
            ],
        )
