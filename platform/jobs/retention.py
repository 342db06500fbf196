"""Ended runs and repeated triggers: they grow by the minute, and say little once they are old."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from jobs.models import Run, RunState, Trigger
from jobs.services import BY_ITSELF
from retention.rules import Batch, Rule, register
from retention.services import next_batch

_stay: set[str] = set()


def runs_stay(kind: str) -> None:
    """Runs of this kind are the history of something that is kept: they stay with it."""
    _stay.add(kind)


def remove_runs(since: datetime | None, before: datetime) -> Batch:
    ended = Run.objects.filter(state=RunState.ENDED, ended_at__lt=before).exclude(kind__in=_stay)
    return next_batch(ended, "created_at", since, before)


def remove_triggers(since: datetime | None, before: datetime) -> Batch:
    """What came again by itself, while its run waited; what opened the run stays with it."""
    repeated = Trigger.objects.filter(kind__in=BY_ITSELF)
    earlier = Trigger.objects.filter(run=OuterRef("run"), at__lt=OuterRef("at"))
    return next_batch(repeated.filter(Exists(earlier)), "at", since, before, among=repeated)


def register_rules() -> None:
    register(
        Rule(
            "runs",
            "Ended runs",
            "RUN_DAYS",
            "old runs of every tenant are removed",
            remove_runs,
            stays="Those that are the history of something which is kept stay with it.",
        )
    )
    register(
        Rule(
            "triggers",
            "Triggers of polls and schedules",
            "RUN_DAYS",
            "old triggers of every tenant are removed",
            remove_triggers,
            stays="What opened a run, and what people and webhooks asked for, stays with the run.",
        )
    )
