"""Claims, leases, fences and time in any order: runs against a model in plain Python."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.models import F
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from database.acting import across_tenants, acting_for
from jobs import leases, services, steering
from jobs.handlers import Again, Crashed, End, Ended, LetGo, PutAside, WaitForSomebody
from jobs.leases import Claim, LeaseLost
from jobs.models import Run, RunState, TriggerKind
from tests.factories import TenantFactory
from tests.machines import bounded

HOUR = 60  # minutes, the model's unit of time
A_CALL = timedelta(minutes=3)


@dataclass
class Model:
    """A run as it must be. `due`: when it may be claimed, if it may be at all; `free`: when it may be taken over;
    `stop`: what people asked for."""

    tenant: UUID
    subject: UUID
    lane: UUID
    order: int
    state: Literal["ready", "held", "waiting", "paused", "aside", "ended"] = "ready"
    fence: int = 0
    due: int | None = 0
    free: int = 0
    woken: bool = False
    stop: Literal["", "pause", "cancel"] = ""


@dataclass
class Lane:
    tenant: UUID
    key: UUID = field(default_factory=uuid4)


class Runs(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        one, other = sorted(TenantFactory.create().pk for _ in range(2))  # of equals the first is served first
        self.lanes = [Lane(one), Lane(one), Lane(other)]
        self.models: dict[UUID, Model] = {}
        self.claims: list[Claim] = []
        self.time = 0

    # What opens and wakes runs.

    @rule(number=st.integers(0, 2))
    def work_comes(self, number: int) -> None:
        lane = self.lanes[number]
        self.trigger(Model(lane.tenant, uuid4(), lane.key, len(self.models), due=self.time), TriggerKind.WEBHOOK)

    @precondition(lambda self: self.models)
    @rule(
        data=st.data(),
        kind=st.sampled_from([TriggerKind.WEBHOOK, TriggerKind.POLL, TriggerKind.SCHEDULE, TriggerKind.MANUAL]),
    )
    def the_same_work_comes_again(self, data: st.DataObject, kind: TriggerKind) -> None:
        known = data.draw(st.sampled_from(list(self.models.values())))
        fresh = Model(known.tenant, known.subject, known.lane, len(self.models), due=self.time)
        open_still = next(
            (m for m in self.models.values() if m.subject == known.subject and m.state != "ended"), None
        )
        self.trigger(open_still or fresh, kind)
        if open_still and kind not in services.BY_ITSELF:
            open_still.woken = open_still.state == "held"
            if open_still.state in {"ready", "waiting"} or (open_still.state == "aside" and kind == "manual"):
                open_still.state, open_still.due = "ready", self.time

    def trigger(self, model: Model, kind: TriggerKind) -> None:
        order = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=model.order)
        with acting_for(model.tenant):
            run = services.open_run(model.tenant, "test", model.subject, lane=model.lane, trigger=kind, order=order)
        assert self.models.setdefault(run.pk, model) is model

    # What people ask for.

    @precondition(lambda self: self.models)
    @rule(data=st.data())
    def a_person_pauses(self, data: st.DataObject) -> None:
        run, model = self.some_run(data)
        can = model.state in {"ready", "waiting", "held"} and not model.stop
        with acting_for(model.tenant):
            assert steering.pause_run(run, actor="user:1") is can
        if can and model.state == "held":
            model.stop = "pause"
        elif can:
            model.state, model.due = "paused", None

    @precondition(lambda self: self.models)
    @rule(data=st.data())
    def a_person_resumes(self, data: st.DataObject) -> None:
        run, model = self.some_run(data)
        can = model.state in {"paused", "aside"} or model.stop == "pause"
        with acting_for(model.tenant):
            assert steering.resume_run(run, actor="user:1") is can
        if can and model.state == "held":
            model.stop = ""
        elif can:
            model.state, model.due = "ready", self.time

    @precondition(lambda self: self.models)
    @rule(data=st.data())
    def a_person_cancels(self, data: st.DataObject) -> None:
        run, model = self.some_run(data)
        can = model.state != "ended" and model.stop != "cancel"
        with acting_for(model.tenant):
            assert steering.cancel_run(run, actor="user:1") is can
        if can:
            model.stop = "cancel"
            model.woken = model.state == "held"
            if not model.woken:
                model.state, model.due = "ready", self.time

    def some_run(self, data: st.DataObject) -> tuple[Run, Model]:
        pk = data.draw(st.sampled_from(list(self.models)))
        model = self.models[pk]
        with acting_for(model.tenant):
            return Run.objects.get(pk=pk), model

    # What workers do: also those whose run is another's by now.

    @rule()
    def a_worker_claims(self) -> None:
        eligible = {pk for pk in self.models if self.may_be_claimed(pk)}
        claim = leases.claim()
        assert (claim.run_id in eligible) if claim else not eligible
        if claim:
            model = self.models[claim.run_id]
            model.state, model.fence, model.woken = "held", model.fence + 1, False
            model.free = self.time + 1
            assert (claim.fence, claim.stop) == (model.fence, model.stop)
            self.claims.append(claim)

    def may_be_claimed(self, pk: UUID) -> bool:
        model = self.models[pk]
        if model.state == "held":  # before all else in its lane, also what is older and was woken meanwhile
            return self.time >= model.free
        others = [other for key, other in self.models.items() if key != pk and other.lane == model.lane]
        if any(other.state == "held" or (other.state == "ready" and other.order < model.order) for other in others):
            return False
        return model.state in {"ready", "waiting"} and model.due is not None and self.time >= model.due

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), calls=st.booleans())
    def a_worker_goes_on(self, data: st.DataObject, calls: bool) -> None:
        claim = data.draw(st.sampled_from(self.claims))
        lost = not self.is_held_by(claim)
        try:
            with acting_for(claim.tenant_id):
                leases.about_to_call(claim, A_CALL) if calls else leases.hold(claim)
        except LeaseLost:
            assert lost
        else:
            assert not lost
            self.models[claim.run_id].free = self.time + 1

    @precondition(lambda self: self.claims)
    @rule(
        data=st.data(),
        then=st.sampled_from(
            [
                Again(),
                Again(timedelta(hours=1)),
                WaitForSomebody("Look."),
                WaitForSomebody("Look.", look_after=timedelta(hours=1)),
                Ended(),
                LetGo(),
                Crashed(timedelta(hours=1), progress=False, remark="It crashed."),
                PutAside("It crashed too often."),
            ]
        ),
    )
    def a_worker_ends_its_slice(self, data: st.DataObject, then: End) -> None:
        claim = data.draw(st.sampled_from(self.claims))
        lost = not self.is_held_by(claim)
        try:
            leases.finish(claim, then)
        except LeaseLost:
            assert lost
        else:
            assert not lost
            self.ends(self.models[claim.run_id], claim, then)

    def is_held_by(self, claim: Claim) -> bool:
        model = self.models[claim.run_id]
        return (model.state, model.fence) == ("held", claim.fence)

    def ends(self, model: Model, claim: Claim, then: End) -> None:
        match then:
            case Ended() if model.stop == "cancel" or not model.woken:
                model.state, model.due = "ended", None
                model.stop = "cancel" if claim.is_cancelled else ""
            case _ if model.stop == "pause":
                model.state, model.due, model.stop = "paused", None, ""
            case _ if model.woken:
                model.state, model.due = "ready", self.time
            case Again() | Crashed():
                model.state, model.due = "ready", self.time + int(then.wait / timedelta(minutes=1))
            case WaitForSomebody():
                look = then.look_after
                model.state, model.due = "waiting", self.time + HOUR if look else None
            case PutAside():
                model.state, model.due = "aside", None
            case LetGo():
                model.state, model.due = "ready", self.time
        model.woken = False

    @rule(minutes=st.sampled_from([10, 2 * HOUR]))
    def time_passes(self, minutes: int) -> None:
        """Longer than any lease and call."""
        self.time += minutes
        delta = timedelta(minutes=minutes)
        with across_tenants("time passes for everybody"):
            Run.objects.filter(state=RunState.READY).update(run_at=F("run_at") - delta)
            Run.objects.filter(state=RunState.WAITING).update(look_at=F("look_at") - delta)
            Run.objects.filter(state=RunState.HELD).update(
                lease_until=F("lease_until") - delta, calling_until=F("calling_until") - delta
            )

    # What must always be true.

    @invariant()
    def every_run_is_where_the_model_has_it(self) -> None:
        with across_tenants("the test looks at all"):
            found = {pk: what for pk, *what in Run.objects.values_list("pk", "state", "fence", "stop")}
        assert found == {pk: [model.state, model.fence, model.stop] for pk, model in self.models.items()}

    @invariant()
    def one_run_a_lane_is_held(self) -> None:
        held = [model.lane for model in self.models.values() if model.state == "held"]
        assert len(held) == len(set(held))

    def teardown(self) -> None:
        if hasattr(self, "block"):
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)


@pytest.mark.django_db
def test_a_run_is_where_it_must_be_whatever_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    # Who is served next hangs on the time that slices took; here each takes the same.
    monkeypatch.setattr(leases, "CHEAPEST", 1.0)
    monkeypatch.setattr(leases, "DEAREST", 1.0)
    run_state_machine_as_test(Runs, settings=bounded(examples=30, steps=40))
