"""Whatever the vendors answer, workers do and people decide, in any order: the ledger against its model.

Once for each way in which an ERP keeps one document from becoming two.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import timedelta
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from connectors import registry
from connectors.kit.connector import Environment
from connectors.kit.idempotency import Idempotency, NaturalKey
from connectors.kit.records import JobState
from database.acting import acting_for
from exports.models import ExportJob
from exports.noticing import note_job
from exports.retrying import retry
from incidents.models import Incident
from jobs import steering
from jobs.models import Run, RunState, TriggerKind
from jobs.slices import work_one
from tests.customer import pass_time
from tests.exports.ledger_model import IN_DOUBT, Model
from tests.exports.ledger_truths import Truths
from tests.exports.paper.books import ANSWERS, KINDS, Books, Killed
from tests.exports.paper.office import TROUBLES, Office, PaperSource
from tests.exports.paper.target import PARTS, VENDORS, PaperTarget
from tests.factories import InstallationFactory
from tests.machines import bounded

T = TypeVar("T")

#: Which of those that there are, however many: what is drawn may not hang on what time, which is real, has left.
PLACE = st.integers(0, 9_999)


class Ledger(RuleBasedStateMachine):
    """`entries` are what people have."""

    kind: Idempotency

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.books, self.office = Books(self.kind), Office()
        self.books.stolen = self.steal
        PaperTarget.books, PaperSource.office = self.books, self.office
        self.installation = InstallationFactory.create(
            source__application__connector=PaperSource.key,
            target__application__connector=PaperTarget.key,
            environment=Environment.SANDBOX,
        )
        self.tenant: UUID = self.installation.tenant_id
        self.entries: list[str] = []
        self.thefts = 0
        self.truths = Truths(self.tenant, self.books, self.office, Model(self.books))
        self.books.witness = self.truths
        self.left: list[Any] = []

    # What people do.

    @rule(kinds=st.lists(st.sampled_from(sorted(PARTS)), min_size=1, max_size=3))
    def export(self, kinds: list[str]) -> None:
        fresh = [f"{kind}-{len(self.entries) + n}" for n, kind in enumerate(kinds)]
        self.entries += fresh
        self.office.notes |= dict.fromkeys(fresh, "as it was")
        self.note(fresh)

    @rule(place=PLACE, count=st.integers(1, 3), corrected=st.booleans())
    def export_again(self, place: int, count: int, corrected: bool) -> None:
        chosen = self.some(self.free(), place, count)
        if corrected:
            self.office.notes |= dict.fromkeys(chosen, f"corrected for job {len(self.office.jobs)}")
        if chosen:
            self.note(chosen)

    def some(self, there: Sequence[T], place: int, count: int = 1) -> list[T]:
        """While there is none, workers go on instead."""
        if not there:
            self.slice()
        return [there[(place + n) % len(there)] for n in range(min(count, len(there)))]

    def free(self) -> list[str]:
        return [entry for entry in self.entries if not self.office.is_busy(entry)]

    def note(self, entries: list[str]) -> None:
        with acting_for(self.tenant):
            note_job(self.installation, self.office.export(entries), trigger=TriggerKind.WEBHOOK)

    @rule(place=PLACE)
    def void(self, place: int) -> None:
        """Or put away, if it is a vendor. What nobody knows of yet is the rarer case."""
        unseen = [one for one in self.books.live if self.truths.model.of(one.reference).known in IN_DOUBT]
        for paper in self.some(unseen or self.books.live, place):
            paper.void = True

    @rule(place=PLACE)
    def void_and_export_again(self, place: int) -> None:
        for entry in self.some(self.free(), place):
            for paper in self.books.live:
                paper.void |= paper.reference.startswith(f"{entry}-")
            self.note([entry])

    @precondition(lambda self: not isinstance(self.kind, NaturalKey))
    @rule(place=PLACE)
    def copy(self, place: int) -> None:
        for paper in self.some(self.books.live, place):
            self.books.copy(paper)

    @rule()
    def make_a_vendor_by_hand(self) -> None:
        for vendor in [vendor for vendor in VENDORS if not self.books.has(vendor)][:1]:
            self.books.by_hand(vendor)

    @rule(place=PLACE)
    def cancel(self, place: int) -> None:
        for job in self.some(self.open_jobs(), place):
            self.office.jobs[job] = JobState.FAILED

    def open_jobs(self) -> list[str]:
        return [job for job, state in self.office.jobs.items() if state.is_open]

    @rule(place=PLACE)
    def retry(self, place: int) -> None:
        with acting_for(self.tenant):
            for job in self.some(sorted(self.office.jobs), place):
                retry(ExportJob.objects.get(external_id=job), actor="user:1")

    @rule(place=PLACE, steer=st.sampled_from([steering.pause_run, steering.resume_run, steering.cancel_run]))
    def steer(self, place: int, steer: Callable[..., bool]) -> None:
        with acting_for(self.tenant):
            for job in self.some(self.open_jobs(), place):
                for run in Run.objects.filter(subject_id=ExportJob.objects.get(external_id=job).pk):
                    steer(run, actor="user:1")

    # What vendors and machines do.

    @rule(
        answers=st.lists(st.sampled_from(ANSWERS), max_size=3),
        blind=st.sampled_from([0, 0, 0, 1, 2]),
        lag=st.sampled_from([0.0, 0.0, 0.4, 0.9]),
        troubles=st.lists(st.sampled_from(TROUBLES), max_size=1),
    )
    def work(self, answers: list[str], blind: int, lag: float, troubles: list[str]) -> None:
        """One slice, and how the vendors meet what it does."""
        self.books.answers.extend(answers)
        self.books.blind, self.books.lag = self.books.blind + blind, lag
        self.office.troubles.extend(troubles)
        self.slice()

    @rule(minutes=st.sampled_from([1, 3, 7, 40]), answers=st.lists(st.sampled_from(ANSWERS), max_size=2))
    def time_passes(self, minutes: int, answers: list[str]) -> None:
        self.later(timedelta(minutes=minutes, seconds=1))
        self.work(answers, 0, self.books.lag, [])

    @rule()
    def all_goes_well(self) -> None:
        self.later(timedelta(minutes=3))
        for _ in range(4):
            self.work([], 0, self.books.lag, [])

    def slice(self) -> bool:
        """One, by a worker that may die in it, or lose its run: then it leaves all as the other one has left it."""
        self.left = []
        try:
            worked = work_one()
        except Killed:
            worked = True
        if self.left and self.left != self.truths.written():
            self.truths.model.wrongs.append("A worker that had lost its run has written")
        return worked

    def later(self, delta: timedelta) -> None:
        self.books.passed += delta
        pass_time(delta)

    def steal(self) -> None:
        """The call hangs for longer than any may: the run is taken over before its answer comes. Every other time by
        a worker who does not learn what came of it either."""
        self.later(timedelta(minutes=10))
        self.thefts += 1
        self.books.blind += self.thefts % 2
        fence = self.fence()
        while self.fence() == fence and self.slice():
            pass
        self.left = self.truths.written()

    def fence(self) -> int:
        """Of all runs of the installation together: only a claim raises it."""
        with acting_for(self.tenant):
            fences = Run.objects.filter(lane=self.installation.pk).values_list("fence", flat=True)
            return sum(fences)

    # What must always be true.

    @invariant()
    def all_is_right(self) -> None:
        self.truths.check()

    def teardown(self) -> None:
        """The troubles end, a person voids the copies: then everything comes to its end, and balances."""
        if not hasattr(self, "stack"):
            return
        with self.stack:
            self.books.answers.clear()
            self.office.troubles.clear()
            self.books.blind = 0
            self.judge_what_is_double()
            self.come_to_rest()
            self.truths.check_the_end()
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")
            transaction.set_rollback(True)

    def judge_what_is_double(self) -> None:
        for reference in {paper.reference for paper in self.books.live}:
            alike = [paper for paper in self.books.live if paper.reference == reference]
            for paper in sorted(alike, key=lambda paper: not paper.ours)[1:]:
                paper.void = True

    def come_to_rest(self) -> None:
        for n in range(60):
            if n % 10 == 0:
                self.resume_all()  # also what was put aside after many deaths
            while self.slice():
                self.truths.check()
            with acting_for(self.tenant):
                if not Run.objects.exclude(state=RunState.ENDED).exists():
                    return
            self.later(timedelta(minutes=3))
        with acting_for(self.tenant):
            runs = [f"{run.kind} {run.state}: {run.remark}" for run in Run.objects.exclude(state=RunState.ENDED)]
            raise AssertionError([*runs, *Incident.objects.filter(mended_at=None).values_list("sentence", "words")])

    def resume_all(self) -> None:
        with acting_for(self.tenant):
            for run in Run.objects.filter(state__in=[RunState.PAUSED, RunState.ASIDE]):
                steering.resume_run(run, actor="user:1")
            for job in ExportJob.objects.filter(ended_at=None):
                retry(job, actor="user:1")


def of_kind(kind: Idempotency) -> type[Ledger]:
    return type("Ledger", (Ledger,), {"kind": kind})


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_the_ledger_is_right_whatever_happens(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    known = {**registry.installed(), PaperSource.key: PaperSource, PaperTarget.key: PaperTarget}
    monkeypatch.setattr(registry, "installed", lambda: MappingProxyType(known))
    monkeypatch.setattr(PaperTarget, "idempotency", KINDS[kind])

    run_state_machine_as_test(of_kind(KINDS[kind]), settings=bounded(examples=8, steps=30))
