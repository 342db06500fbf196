"""Opening and waking runs."""

from uuid import uuid4

import pytest

from database.acting import acting_for
from jobs import services
from jobs.models import Run, RunState, Trigger, TriggerKind
from tenants.models import Tenant
from tests.factories import RunFactory, TenantFactory
from tests.jobs.rows import now
from tests.threads import at_once

pytestmark = pytest.mark.django_db

SUBJECT, LANE = uuid4(), uuid4()


def open_run(tenant: Tenant, detail: str = "") -> Run:
    with acting_for(tenant.pk):
        return services.open_run(tenant.pk, "test", SUBJECT, lane=LANE, trigger=TriggerKind.WEBHOOK, detail=detail)


def test_a_subject_has_one_open_run_with_all_its_triggers() -> None:
    tenant = TenantFactory.create()

    assert open_run(tenant, "first") == open_run(tenant, "second")

    with acting_for(tenant.pk):
        assert [trigger.detail for trigger in Trigger.objects.all()] == ["first", "second"]


def test_a_subject_whose_run_has_ended_gets_a_new_one() -> None:
    tenant = TenantFactory.create()
    first = open_run(tenant)
    with acting_for(tenant.pk):
        Run.objects.update(state=RunState.ENDED)
    assert open_run(tenant) != first


@pytest.mark.django_db(transaction=True)
def test_a_hundred_webhooks_at_once_open_one_run() -> None:
    tenant = TenantFactory.create()

    runs = at_once(20, lambda number: [open_run(tenant, f"{number}-{turn}").pk for turn in range(5)])

    assert len({run for some in runs for run in some}) == 1
    with acting_for(tenant.pk):
        assert Trigger.objects.count() == 100


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (RunState.WAITING, RunState.READY),
        (RunState.READY, RunState.READY),
        (RunState.HELD, RunState.HELD),
        (RunState.PAUSED, RunState.PAUSED),
    ],
)
def test_a_trigger_wakes_what_waits_and_nothing_else(before: RunState, after: RunState) -> None:
    run = RunFactory.create(kind="test", subject_id=SUBJECT, state=before)
    open_run(run.tenant)
    assert now(run).state == after


def test_the_order_of_a_lane_is_the_vendors() -> None:
    tenant = TenantFactory.create()
    with acting_for(tenant.pk):
        created = tenant.created_at
        run = services.open_run(
            tenant.pk, "test", uuid4(), lane=LANE, trigger=TriggerKind.POLL, order=created, detail="x" * 1000
        )
    assert now(run).order == created


def test_a_run_learns_what_it_belongs_to_by_now() -> None:
    run, key = RunFactory.create(kind="test", subject_id=SUBJECT), uuid4()
    with acting_for(run.tenant_id):
        services.open_run(run.tenant_id, "test", SUBJECT, lane=LANE, trigger=TriggerKind.POLL, keys=[key])
    assert now(run).keys == [key]
