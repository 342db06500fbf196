"""Runs and triggers that grow by the minute go when they are old; what tells of an export job stays."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from database.acting import across_tenants, acting_for
from jobs.models import Run, RunState, Trigger, TriggerKind
from retention.models import Round
from retention.services import tend
from tests.factories import RunFactory

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()
OLD = NOW - timedelta(days=31)


def run(*triggers: str, at: datetime = OLD, **more: Any) -> Run:
    made: Run = RunFactory.create(**{"kind": "poll", "state": RunState.ENDED, "ended_at": at, **more})
    with acting_for(made.tenant_id):
        Run.objects.filter(pk=made.pk).update(created_at=OLD)
        for n, kind in enumerate(triggers):
            one = Trigger.objects.create(tenant=made.tenant, run=made, kind=kind)
            Trigger.objects.filter(pk=one.pk).update(at=OLD + timedelta(seconds=n))
    return made


def left() -> set[Run]:
    with across_tenants("a test counts what is left"):
        return set(Run.objects.all())


def triggers(of: Run) -> list[str]:
    with acting_for(of.tenant_id):
        return [trigger.kind for trigger in of.triggers.all()]


def test_an_old_run_that_ended_goes_with_its_triggers() -> None:
    run(TriggerKind.SCHEDULE)

    tend()

    assert left() == set()
    with across_tenants("a test counts what is left"):
        assert not Trigger.objects.exists()
    assert Round.objects.get(rule="runs").removed == 1


def test_what_is_young_open_or_an_export_jobs_stays() -> None:
    kept = {
        run(at=NOW - timedelta(days=29)),
        run(state=RunState.WAITING, ended_at=None),
        run(kind="export"),
    }

    tend()

    assert left() == kept


def test_of_what_came_again_by_itself_only_the_first_stays() -> None:
    polled = run(*[TriggerKind.POLL] * 5, TriggerKind.MANUAL, TriggerKind.POLL, kind="export")
    told = run(TriggerKind.WEBHOOK, TriggerKind.POLL, TriggerKind.WEBHOOK, TriggerKind.REPLAY, kind="export")

    tend()

    assert triggers(polled) == [TriggerKind.POLL, TriggerKind.MANUAL]
    assert triggers(told) == [TriggerKind.WEBHOOK, TriggerKind.WEBHOOK, TriggerKind.REPLAY]


def test_young_triggers_stay() -> None:
    polled = run(*[TriggerKind.POLL] * 3, state=RunState.WAITING, ended_at=None, kind="export")
    with acting_for(polled.tenant_id):
        Trigger.objects.update(at=NOW)

    tend()

    assert len(triggers(polled)) == 3
