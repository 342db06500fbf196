"""Work of another kind: it is taught, scheduled, worked in slices and cancelled; `jobs` knows nothing of it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from database.acting import acting_for
from jobs import handlers, services, steering
from jobs.handlers import Again, Ended, Next
from jobs.models import Run, RunState, Schedule, TriggerKind
from jobs.slices import Slice, work_one
from jobs.sweep import sweep
from tests.factories import RunFactory, TenantFactory
from tests.jobs.rows import ago, now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_sweepers")]

KIND = "stocktaking"


@dataclass
class Stocktaking:
    """Counts one shelf in each slice. If it is cancelled, its list is put away."""

    shelves: int = 3
    counted: int = 0

    def count(self, current: Slice) -> Next:
        with acting_for(current.held.tenant_id):
            current.hold()
            self.counted += 1
        return Ended("Counted.") if self.counted == self.shelves else Again(progress=True)

    def put_away(self, _: Slice) -> Next:
        return Ended("Put away.")


@pytest.fixture
def stocktaking(monkeypatch: pytest.MonkeyPatch) -> Stocktaking:
    work = Stocktaking()
    monkeypatch.setattr(handlers, "_handlers", {})
    monkeypatch.setattr(handlers, "_cancellers", {})
    handlers.register(KIND, work.count, cancel=work.put_away)
    return work


@pytest.fixture
def tenant_id() -> UUID:
    """Of a tenant whose stock is to be taken every hour, and by now."""
    tenant_id = TenantFactory.create().pk
    with acting_for(tenant_id):
        services.schedule(tenant_id, KIND, uuid4(), timedelta(hours=1))
        Schedule.objects.update(next_at=ago(60))
    return tenant_id


def the_run(tenant_id: UUID) -> Run:
    with acting_for(tenant_id):
        return Run.objects.get()


def test_it_is_opened_by_its_schedule_and_goes_on_until_it_is_done(stocktaking: Stocktaking, tenant_id: UUID) -> None:
    sweep()
    slices = [work_one() for _ in range(stocktaking.shelves + 1)]

    assert slices == [True, True, True, False]
    run = the_run(tenant_id)
    assert (run.state, run.remark) == (RunState.ENDED, "Counted.")
    with acting_for(tenant_id):
        assert [trigger.kind for trigger in run.triggers.all()] == [TriggerKind.SCHEDULE]


def test_cancelled_in_the_middle_it_leaves_things_as_they_can_be_left(
    stocktaking: Stocktaking, tenant_id: UUID
) -> None:
    sweep()
    work_one()
    with acting_for(tenant_id):
        assert steering.cancel_run(Run.objects.get(), actor="user:1")
    work_one()

    run = the_run(tenant_id)
    assert (run.state, run.remark, stocktaking.counted) == (RunState.ENDED, "Put away.", 1)


def test_a_kind_that_this_version_does_not_know_waits_for_one_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Old code beside new during a deploy: nothing crashes, and nobody has to resume anything."""
    run = RunFactory.create(kind="of tomorrow")
    work_one()

    assert now(run).state == RunState.WAITING
    assert "'of tomorrow'" in now(run).remark
    assert work_one() is False

    with acting_for(run.tenant_id):
        Run.objects.filter(look_at__lt=timezone.now() + timedelta(minutes=6)).update(look_at=ago(1))
    monkeypatch.setitem(handlers._handlers, "of tomorrow", lambda _: Ended("Done."))
    work_one()

    assert now(run).remark == "Done."
