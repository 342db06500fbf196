"""Whatever the vendors answer, workers do and people decide, in any order: the ledger against a model on paper."""

from contextlib import ExitStack
from datetime import timedelta
from types import MappingProxyType
from typing import Any
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
from connectors.kit.documents import Key, Part, marker
from connectors.kit.records import JobState, Result
from database.acting import acting_for
from exports.models import ExportJob, Posting, PostingState, Record, Report, Submission
from exports.noticing import note_job
from exports.retrying import retry
from incidents.models import Incident
from jobs.models import Run, RunState, TriggerKind
from jobs.slices import work_one
from tests.customer import pass_time
from tests.exports.paper import ANSWERS, TROUBLES, Books, Killed, Office, Paper, PaperSource, PaperTarget
from tests.factories import InstallationFactory
from tests.machines import bounded

IN_THE_BOOKS = {"posted", "already_there"}
PARTS = {"paid": (Part.DOCUMENT, Part.PAYMENT), "bill": (Part.DOCUMENT,)}


class Ledger(RuleBasedStateMachine):
    """`entries` are what people have; `seen` is what was final when it was last looked at."""

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.books, self.office = Books(stolen=self.steal), Office()
        PaperTarget.books, PaperSource.office = self.books, self.office
        self.installation = InstallationFactory.create(
            source__application__connector=PaperSource.key,
            target__application__connector=PaperTarget.key,
            environment=Environment.SANDBOX,
        )
        self.tenant: UUID = self.installation.tenant_id
        self.entries: list[str] = []
        self.fences: dict[UUID, int] = {}
        self.seen: dict[str, Any] = {}

    # What people do.

    @rule(kinds=st.lists(st.sampled_from(sorted(PARTS)), min_size=1, max_size=3))
    def export(self, kinds: list[str]) -> None:
        fresh = [f"{kind}-{len(self.entries) + n}" for n, kind in enumerate(kinds)]
        self.entries += fresh
        self.office.notes |= dict.fromkeys(fresh, "as it was")
        self.note(fresh)

    @precondition(lambda self: self.free())
    @rule(data=st.data(), corrected=st.booleans())
    def export_again(self, data: st.DataObject, corrected: bool) -> None:
        chosen = data.draw(st.lists(st.sampled_from(self.free()), min_size=1, max_size=3, unique=True))
        if corrected:
            self.office.notes |= dict.fromkeys(chosen, f"corrected for job {len(self.office.jobs)}")
        self.note(chosen)

    def free(self) -> list[str]:
        return [entry for entry in self.entries if not self.office.is_busy(entry)]

    def note(self, entries: list[str]) -> None:
        with acting_for(self.tenant):
            note_job(self.installation, self.office.export(entries), trigger=TriggerKind.WEBHOOK)

    @precondition(lambda self: self.live())
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.live())).void = True

    @precondition(lambda self: self.live())
    @rule(data=st.data())
    def copy(self, data: st.DataObject) -> None:
        """In the ERP, reference and all."""
        paper = data.draw(st.sampled_from(self.live()))
        self.books.papers.append(Paper(f"copy-{next(self.books.ids)}", paper.reference, paper.total, ours=False))

    def live(self) -> list[Paper]:
        return [paper for paper in self.books.papers if not paper.void]

    @precondition(lambda self: self.open_jobs())
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self.office.jobs[data.draw(st.sampled_from(self.open_jobs()))] = JobState.FAILED

    def open_jobs(self) -> list[str]:
        return [job for job, state in self.office.jobs.items() if state.is_open]

    @precondition(lambda self: self.office.jobs)
    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from(sorted(self.office.jobs)))
        with acting_for(self.tenant):
            retry(ExportJob.objects.get(external_id=chosen), actor="user:1")

    # What vendors and machines do.

    @rule(
        answers=st.lists(st.sampled_from(ANSWERS), max_size=3),
        blind=st.sampled_from([0, 0, 0, 1, 2]),
        troubles=st.lists(st.sampled_from(TROUBLES), max_size=1),
    )
    def work(self, answers: list[str], blind: int, troubles: list[str]) -> None:
        """One slice, and how the vendors meet what it does."""
        self.books.answers.extend(answers)
        self.books.blind += blind
        self.office.troubles.extend(troubles)
        self.slice()

    @rule(minutes=st.sampled_from([1, 3, 7, 40]), answers=st.lists(st.sampled_from(ANSWERS), max_size=2))
    def time_passes(self, minutes: int, answers: list[str]) -> None:
        self.later(timedelta(minutes=minutes, seconds=1))
        self.work(answers, 0, [])

    def slice(self) -> bool:
        try:
            return work_one()
        except Killed:
            return True

    def later(self, delta: timedelta) -> None:
        self.books.passed += delta
        pass_time(delta)

    def steal(self) -> None:
        """The call hangs for longer than any may: the run is taken over before its answer comes."""
        self.later(timedelta(minutes=10))
        self.slice()

    # What must always be true.

    @invariant()
    def all_is_right(self) -> None:
        self.no_part_of_an_entry_is_twice_in_the_books()
        self.the_source_hears_one_outcome_an_entry_and_one_end_a_job()
        with acting_for(self.tenant):
            self.nothing_that_was_fetched_is_lost()
            self.what_is_posted_is_in_the_books()
            self.fences_only_rise()
            self.what_is_final_stays()

    def no_part_of_an_entry_is_twice_in_the_books(self) -> None:
        for entry in self.entries:
            for part in PARTS[entry[:4]]:
                marks = {f"{entry}-{marker(Key(entry, part), revision)}" for revision in range(1, 30)}
                twice = [paper for paper in self.live() if paper.ours and paper.reference in marks]
                assert len(twice) <= 1, twice

    def the_source_hears_one_outcome_an_entry_and_one_end_a_job(self) -> None:
        assert all(len(set(results)) == 1 for results in self.office.told.values())
        assert all(len(ends) <= 1 for ends in self.office.ends.values())

    def nothing_that_was_fetched_is_lost(self) -> None:
        for job in ExportJob.objects.exclude(fetched_at=None):
            records = set(Record.objects.filter(job=job).values_list("entry", flat=True))
            assert records == set(self.office.entries[job.external_id])
        ended = Record.objects.exclude(job__ended_at=None)
        assert not ended.filter(report=None).exists()
        assert not ended.filter(postings__state=PostingState.PLANNED).exists()

    def what_is_posted_is_in_the_books(self) -> None:
        posted = Posting.objects.filter(state=PostingState.POSTED).values_list("document_id", flat=True)
        assert set(posted) <= {paper.id for paper in self.books.papers}

    def fences_only_rise(self) -> None:
        for run, fence in Run.objects.values_list("pk", "fence"):
            assert fence >= self.fences.get(run, 0)
            self.fences[run] = fence
        for run, fence in Submission.objects.values_list("run_id", "fence"):
            assert fence <= self.fences[run]

    def what_is_final_stays(self) -> None:
        ended = ExportJob.objects.exclude(ended_at=None).values_list("pk", "state", "balanced")
        reports = Report.objects.values_list("pk", "outcome", "document_id", "reason")
        final = {str(pk): what for pk, *what in (*ended, *reports)}
        assert self.seen.items() <= final.items()
        self.seen = final

    def teardown(self) -> None:
        """The troubles end, a person voids the copies: then everything comes to its end, and balances."""
        if not hasattr(self, "stack"):
            return
        with self.stack:
            self.books.answers.clear()
            self.office.troubles.clear()
            self.books.blind = 0
            for paper in self.live():
                paper.void |= not paper.ours
            self.come_to_rest()
            self.check_the_end()
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")
            transaction.set_rollback(True)

    def come_to_rest(self) -> None:
        for n in range(60):
            if n % 10 == 0:
                self.retry_all()  # what was put aside after many deaths waits for a person
            while self.slice():
                pass
            with acting_for(self.tenant):
                if not Run.objects.exclude(state=RunState.ENDED).exists():
                    return
            self.later(timedelta(minutes=3))
        with acting_for(self.tenant):
            runs = [f"{run.kind} {run.state}: {run.remark}" for run in Run.objects.exclude(state=RunState.ENDED)]
            raise AssertionError([*runs, *Incident.objects.filter(mended_at=None).values_list("sentence", "words")])

    def retry_all(self) -> None:
        with acting_for(self.tenant):
            for job in ExportJob.objects.filter(ended_at=None):
                retry(job, actor="user:1")

    def check_the_end(self) -> None:
        self.all_is_right()
        with acting_for(self.tenant):
            assert not ExportJob.objects.filter(ended_at=None).exists()
            assert not ExportJob.objects.filter(balanced=False).exists()
            for report in Report.objects.filter(outcome__in=IN_THE_BOOKS).select_related("record"):
                assert report.document_id in {paper.id for paper in self.books.papers}
            told = {key: results[-1] for key, results in self.office.told.items()}
            for report in Report.objects.select_related("record", "job"):
                heard = told.get((report.job.external_id, report.record.entry))
                fine = report.outcome in {*IN_THE_BOOKS, "skipped"}
                assert heard is None or heard == (Result.SUCCESSFUL if fine else Result.FAILED)


@pytest.mark.django_db
def test_the_ledger_is_right_whatever_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {**registry.installed(), PaperSource.key: PaperSource, PaperTarget.key: PaperTarget}
    monkeypatch.setattr(registry, "installed", lambda: MappingProxyType(known))

    run_state_machine_as_test(Ledger, settings=bounded(examples=20, steps=30))
