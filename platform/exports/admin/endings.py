"""How an export job does, as lists and charts divide jobs: each job belongs to just one of these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest
from unfold.contrib.filters.admin import RadioFilter

from connectors.kit.records import JobState
from desk.filters import DayFilter
from desk.tones import Tone
from exports.models import ExportJob

ENDED = Q(ended_at__isnull=False)
BALANCED = Q(balanced=True) | Q(balanced=None)  # None: nothing was fetched, so there was nothing to balance


@dataclass(frozen=True)
class Ending:
    name: str
    tone: Tone
    which: Q


ENDINGS = {
    "open": Ending("Open", Tone.WORKING, Q(ended_at=None)),
    "completed": Ending("Completed", Tone.DONE, ENDED & BALANCED & Q(state=JobState.COMPLETED)),
    "errors": Ending("With errors", Tone.NEEDS_SOMEBODY, ENDED & BALANCED & Q(state=JobState.COMPLETED_WITH_ERRORS)),
    "failed": Ending(
        "Failed",
        Tone.FAILED,
        ENDED & BALANCED & ~Q(state__in=[JobState.COMPLETED, JobState.COMPLETED_WITH_ERRORS]),
    ),
    "unbalanced": Ending("Does not balance", Tone.FAILED, ENDED & Q(balanced=False)),
}
HELD = Q(ended_at=None, held_since__isnull=False)


def how() -> Case:
    """The key of the ending, for a query."""
    return Case(*(When(ending.which, then=Value(key)) for key, ending in ENDINGS.items()))


class HowFilter(RadioFilter):  # type: ignore[misc]
    title = "how it does"
    parameter_name = "how"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        named = [(key, ending.name) for key, ending in ENDINGS.items()]
        return [named[0], ("held", "Held up"), *named[1:]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ExportJob]) -> QuerySet[ExportJob]:
        wanted = self.value()
        if wanted == "held":
            return queryset.filter(HELD)
        return queryset.filter(ENDINGS[wanted].which) if wanted in ENDINGS else queryset


class NoticedFilter(DayFilter):
    title = "day it was noticed"
    field = "noticed_at"


class JobNoticedFilter(DayFilter):
    title = "day its job was noticed"
    field = "job__noticed_at"
