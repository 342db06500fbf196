"""Filters that several rooms' lists have."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import RadioFilter

LAST_DAY = "24h"
ONE_DAY = timedelta(days=1)


def span(first: date, last: date) -> str:
    """The value of a `DayFilter` for these days, both included."""
    return first.isoformat() if first == last else f"{first.isoformat()}..{last.isoformat()}"


def moments_of(value: str) -> tuple[datetime, datetime] | None:
    """From when until before when. None: the value says nothing."""
    now = timezone.now()
    if value == LAST_DAY:
        return now - ONE_DAY, now + ONE_DAY
    days = _days_of(value)
    return days and (midnight(days[0]), midnight(days[1] + ONE_DAY))


def midnight(day: date) -> datetime:
    """Its beginning, in the time zone of the platform."""
    return timezone.make_aware(datetime.combine(day, time.min))


def said(first: date, last: date) -> str:
    end = f"{last:%-d %b %Y}"
    return end if first == last else f"{first:%-d %b} to {end}"


def _days_of(value: str) -> tuple[date, date] | None:
    first, _, last = value.partition("..")
    try:
        days = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        return None
    return days if min(days).year > 1900 and max(days).year < 3000 else None


class DayFilter(RadioFilter):  # type: ignore[misc]
    """Some usual days, and whatever day or span a link leads to. `field` is a moment of the row."""

    parameter_name = "day"
    field: ClassVar[str]

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: type[Model], model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        others = request.GET.copy()
        others.pop(self.parameter_name, None)
        self.without = f"?{others.urlencode()}"

    @property
    def chosen(self) -> str:
        """In words, for a line above the list: who came by a link has not opened the filters."""
        return str(dict(self.lookup_choices).get(self.value() or "", ""))

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        today = timezone.localdate()
        usual = [
            (LAST_DAY, "Last 24 hours"),
            (span(today, today), "Today"),
            (span(today - ONE_DAY, today - ONE_DAY), "Yesterday"),
            (span(today - 6 * ONE_DAY, today), "Last 7 days"),
        ]
        chosen = self.value() or ""
        days = _days_of(chosen)
        return [*usual, (chosen, said(*days))] if days and chosen not in dict(usual) else usual

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        found = moments_of(self.value() or "")
        if found is None:
            return queryset
        return queryset.filter(**{f"{self.field}__gte": found[0], f"{self.field}__lt": found[1]})
