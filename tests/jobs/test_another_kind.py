"""Work of another kind, of which `jobs` knows nothing: it is taught, found, scheduled, worked in slices, stopped,
cancelled, waited for, tried again and put aside."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from connectors.kit.failures import FailureClass
from database.acting import acting_for
from incidents.models import Incident
from jobs import handlers, services, slices, steering
from jobs.handlers import Again, Ended, Kind, Next, WaitForSomebody
from jobs.models import Run, RunState, Schedule, TriggerKind
from jobs.slices import Slice, work_one
from jobs.steering import EVERYTHING, Scope
from jobs.sweep import sweep
from tenants.models import Tenant
from tests.factories import RunFactory, TenantFactory
from tests.guards.tree import files
from tests.jobs.rows import ago, change, now
from tests.jobs.steered import steer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_sweepers")]

KIND, GUARDING = "stocktaking", "guarding"


@dataclass
class Stocktaking:
    """Counts one shelf in each slice. If it is cancelled, its list is put away."""

    shelves: int = 3
    counted: int = 0
    meanwhile: Callable[[], object] = lambda: None
    locked: set[int] = field(default_factory=set)

    def count(self, current: Slice) -> Next:
        if self.counted in self.locked:
            return WaitForSomebody("Unlock the shelf.")
        self.meanwhile()
        current.check()
        with acting_for(current.held.tenant_id):
            current.hold()
            self.counted += 1
        return Ended("Counted.") if self.counted == self.shelves else Again(progress=True)

    def put_away(self, _: Slice) -> Next:
        return Ended("Put away.")


@pytest.fixture
def stocktaking(monkeypatch: pytest.MonkeyPatch) -> Stocktaking:
    work = Stocktaking()
    monkeypatch.setattr(handlers, "_kinds", {})
    handlers.register(KIND, work.count, cancel=work.put_away)
    handlers.register(GUARDING, lambda _: Ended("All is quiet."), despite_pause=True)
    return work


@pytest.fixture
def tenant() -> Tenant:
    """Whose stock is to be taken every hour, and by now."""
    tenant: Tenant = TenantFactory.create()
    with acting_for(tenant.pk):
        services.schedule(tenant.pk, KIND, uuid4(), timedelta(hours=1))
        Schedule.objects.update(next_at=ago(60))
    return tenant


def the_run(tenant: Tenant) -> Run:
    with acting_for(tenant.pk):
        return Run.objects.get()


def test_it_is_opened_by_its_schedule_and_goes_on_until_it_is_done(stocktaking: Stocktaking, tenant: Tenant) -> None:
    sweep()
    worked = [work_one() for _ in range(stocktaking.shelves + 1)]

    assert worked == [True, True, True, False]
    run = the_run(tenant)
    assert (run.state, run.remark) == (RunState.ENDED, "Counted.")
    with acting_for(tenant.pk):
        assert [trigger.kind for trigger in run.triggers.all()] == [TriggerKind.SCHEDULE]


@pytest.mark.usefixtures("stocktaking")
def test_it_is_opened_by_what_its_room_finds_in_the_sweep(no_sweepers: list[Callable[[], None]]) -> None:
    tenant_id, shop = TenantFactory.create().pk, uuid4()

    def find() -> None:
        with acting_for(tenant_id):
            services.open_run(tenant_id, KIND, shop, lane=shop, trigger=TriggerKind.SCHEDULE)

    handlers.on_sweep(find)
    sweep()

    assert work_one()
    with acting_for(tenant_id):
        assert Run.objects.get().subject_id == shop


def test_cancelled_in_the_middle_it_leaves_things_as_they_can_be_left(
    stocktaking: Stocktaking, tenant: Tenant
) -> None:
    sweep()
    work_one()
    with acting_for(tenant.pk):
        assert steering.cancel_run(Run.objects.get(), actor="user:1")
    work_one()

    run = the_run(tenant)
    assert (run.state, run.remark, stocktaking.counted) == (RunState.ENDED, "Put away.", 1)


def test_stopped_in_a_slice_it_lets_go_and_goes_on_where_it_stood(stocktaking: Stocktaking, tenant: Tenant) -> None:
    scope = Scope(tenant, tenant.pk)
    sweep()
    work_one()
    stocktaking.meanwhile = lambda: steer(steering.pause, scope)
    work_one()

    assert (the_run(tenant).state, stocktaking.counted) == (RunState.READY, 1)
    assert work_one() is False

    stocktaking.meanwhile = lambda: None
    steer(steering.resume, scope)
    while work_one():
        pass
    assert (the_run(tenant).remark, stocktaking.counted) == ("Counted.", 3)


@pytest.mark.usefixtures("stocktaking")
def test_a_kind_may_go_on_although_its_tenant_is_paused_but_not_when_the_platform_is() -> None:
    run = RunFactory.create(kind=GUARDING)
    steer(steering.pause, Scope(run.tenant, run.tenant_id))
    steer(steering.pause, EVERYTHING)
    assert (sweep(), work_one()) == (0, False)

    steer(steering.resume, EVERYTHING)
    assert (sweep(), work_one()) == (1, True)
    assert now(run).remark == "All is quiet."


def test_it_waits_for_somebody_and_goes_on_when_it_is_woken(stocktaking: Stocktaking, tenant: Tenant) -> None:
    stocktaking.locked = {0}
    sweep()
    work_one()
    assert (the_run(tenant).state, the_run(tenant).remark) == (RunState.WAITING, "Unlock the shelf.")
    assert work_one() is False

    stocktaking.locked.clear()
    with acting_for(tenant.pk):
        services.wake_waiting(tenant.pk)
    assert work_one() is True
    assert stocktaking.counted == 1


def test_crashing_again_and_again_it_is_put_aside_until_a_person_resumes_it(
    stocktaking: Stocktaking, tenant: Tenant
) -> None:
    def crash() -> None:
        raise ZeroDivisionError("a defect of its room")

    stocktaking.meanwhile = crash
    sweep()
    for _ in range(slices.CRASHES_AT_MOST):
        change(the_run(tenant), run_at=ago(1))
        work_one()

    assert the_run(tenant).state == RunState.ASIDE
    with acting_for(tenant.pk):
        incident = Incident.objects.get()
        assert steering.resume_run(Run.objects.get(), actor="user:1")
    assert incident.failure == FailureClass.CODE_CRASH
    assert incident.sentence.startswith("A stocktaking run crashed 8 times in a row")

    stocktaking.meanwhile = lambda: None
    work_one()
    assert stocktaking.counted == 1


def test_a_kind_that_this_version_does_not_know_waits_for_one_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Old code beside new during a deploy: nothing crashes, and nobody has to resume anything."""
    run = RunFactory.create(kind="of tomorrow")
    work_one()

    assert now(run).state == RunState.WAITING
    assert "'of tomorrow'" in now(run).remark
    assert work_one() is False

    with acting_for(run.tenant_id):
        Run.objects.filter(look_at__lt=timezone.now() + timedelta(minutes=6)).update(look_at=ago(1))
    monkeypatch.setitem(handlers._kinds, "of tomorrow", Kind(lambda _: Ended("Done.")))
    work_one()

    assert now(run).remark == "Done."


def test_no_word_of_the_rooms_above_stands_in_jobs() -> None:
    """Imports are the linter's; this is about names in texts and statements."""
    theirs = re.compile(
        r"\b(exports?_|bills?\b|postings?\b|export.?jobs?\b|ledger\b|deliver(y|ies)\b|webhooks_|installations?\b)",
        re.I,
    )
    found = {path.name: theirs.findall(path.read_text()) for path in files("platform/jobs")}
    assert {name: words for name, words in found.items() if words} == {}
