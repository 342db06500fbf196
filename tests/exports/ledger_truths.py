"""What must always be true of the ledger: of its rows, of what stands in the books, and of what the source was told.

It also reads, at every write, what the engine had committed before it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from connectors.kit.documents import ASIDE, Key, Part, marker
from connectors.kit.http import Request
from connectors.kit.records import Result
from database.acting import acting_for
from exports.models import ExportJob, Posting, PostingState, Record, Report, Submission, SubmissionPosting
from exports.outcomes import UNANSWERED, UNDER_WAY
from jobs.models import Run, RunState
from tests.exports.ledger_model import Known, Model
from tests.exports.paper.books import KEY, Books, Element, Paper
from tests.exports.paper.office import Office
from tests.exports.paper.target import PARTS, VENDORS

IN_THE_BOOKS = {"posted", "already_there"}


@dataclass
class Truths:
    """The books' witness. `seen` is what was final when it was last looked at."""

    tenant: UUID
    books: Books
    office: Office
    model: Model
    fences: dict[UUID, int] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)

    # What is said to the ERP, and what is heard.

    def sending(self, request: Request, references: Sequence[str]) -> None:
        with acting_for(self.tenant):
            submission = self._committed(references)
            if submission is None or bytes(submission.body) != request.body:
                self.model.wrongs.append(f"{references} are sent, and no intent was committed")
                return
            self._may_be_sent(submission)
            job = submission.job.external_id
        for reference in references:
            self.model.sends(reference, request.headers.get(KEY, ""), job)

    def _committed(self, references: Sequence[str]) -> Submission | None:
        elements = SubmissionPosting.objects.filter(
            posting__reference__in=references, posting__state__in=UNDER_WAY, submission__state__in=UNANSWERED
        )
        newest = elements.order_by("submission__created_at").select_related("submission__job", "posting")
        by_reference = {element.posting.reference: element.submission for element in newest}
        one, *others = {by_reference.get(reference) for reference in references}
        return None if others else one

    def _may_be_sent(self, submission: Submission) -> None:
        """Nobody has stopped it: who asked for that did so before this slice began."""
        run, job = Run.objects.get(pk=submission.run_id), submission.job.external_id
        if (run.state, run.fence) != (RunState.HELD, submission.fence):
            self.model.wrongs.append(f"A worker of {job} that has lost its run sends")
        if run.stop or not self.office.jobs[job].is_open:
            self.model.wrongs.append(f"Something is sent for {job}, which was stopped")

    def heard(self, told: Mapping[str, Element]) -> None:
        self.model.hears(told)

    def limited(self, references: Sequence[str]) -> None:
        self.model.hears_of_limits(references)

    def unheard(self, references: Sequence[str], *, again: bool) -> None:
        self.model.hears_nothing(references, answered=not again)

    def died(self) -> None:
        with acting_for(self.tenant):
            sending = SubmissionPosting.objects.filter(posting__state=PostingState.SENDING)
            sending = sending.filter(submission__state__in=UNANSWERED)
            self.model.dies(dict(sending.values_list("posting__reference", "submission__job__external_id")))

    def looked(self, seen: Mapping[str, Sequence[Paper]]) -> None:
        for reference, papers in seen.items():
            self.model.sees(reference, papers, is_vendor=reference in VENDORS)

    def stood(self, paper: Paper) -> None:
        self.model.sees_again(paper)

    # What a worker that has lost its run must leave alone.

    def written(self) -> list[Any]:
        """All that workers write while they go on."""
        with acting_for(self.tenant):
            return [
                *Posting.objects.order_by("pk").values_list("pk", "state", "epoch", "document_id"),
                *Submission.objects.order_by("pk").values_list("pk", "state", "calls"),
                *Report.objects.order_by("pk").values_list("pk", "outcome", "told_at"),
                *ExportJob.objects.order_by("pk").values_list("pk", "state", "closed_at", "held_since"),
                *Run.objects.order_by("pk").values_list("pk", "state", "fence", "run_at"),
            ]

    # What must be true after every step.

    def check(self) -> None:
        assert not self.model.wrongs, self.model.wrongs
        assert not self.office.twice, self.office.twice
        self.no_part_of_an_entry_is_twice_in_the_books()
        self.the_source_hears_one_outcome_an_entry_and_one_end_a_job()
        with acting_for(self.tenant):
            self.every_posting_is_as_the_model_has_it()
            self.nothing_that_was_fetched_is_lost()
            self.fences_only_rise()
            self.what_is_final_stays()

    def no_part_of_an_entry_is_twice_in_the_books(self) -> None:
        ours = [paper.reference for paper in self.books.live if paper.ours]
        parts = [(entry, part) for entry in self.office.notes for part in PARTS[entry[:4]]]
        for entry, part in parts:
            marks = {f"{entry}-{marker(Key(entry, part), revision)}" for revision in range(1, 30)}
            assert sum(reference in marks for reference in ours) <= 1, (entry, part)
        assert all(ours.count(vendor) <= 1 for vendor in VENDORS)

    def the_source_hears_one_outcome_an_entry_and_one_end_a_job(self) -> None:
        assert all(len(set(results)) == 1 for results in self.office.told.values())
        assert all(len(ends) <= 1 for ends in self.office.ends.values())

    def every_posting_is_as_the_model_has_it(self) -> None:
        """And of each part's revisions, all but the newest were voided."""
        revisions: dict[tuple[str, str], list[str]] = defaultdict(list)
        rows = Posting.objects.order_by("revision").values_list("entry", "part", "reference", "state", "document_id")
        for entry, part, reference, state, document in rows:
            wrong = self.model.judge(reference, state, document)
            assert not wrong, wrong
            revisions[entry, part].append(reference)
        for references in revisions.values():
            voided = [self.model.of(reference).known is Known.VOIDED for reference in references]
            assert voided == [True] * (len(references) - 1) + [False], references

    def nothing_that_was_fetched_is_lost(self) -> None:
        for job in ExportJob.objects.exclude(fetched_at=None):
            records = set(Record.objects.filter(job=job).values_list("entry", flat=True))
            assert records == set(self.office.entries[job.external_id])
        ended = Record.objects.exclude(job__ended_at=None)
        assert not ended.filter(report=None).exists()
        ours = Posting.objects.exclude(part__in=ASIDE)
        assert not ours.exclude(record__job__ended_at=None).filter(state=PostingState.PLANNED).exists()

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
        fresh = final.keys() - self.seen.keys()
        for report in Report.objects.filter(pk__in=[pk for pk, *_ in reports if str(pk) in fresh]).select_related(
            "record"
        ):
            self.what_was_told_as_posted_is_there(report)
        self.seen = final

    def what_was_told_as_posted_is_there(self, report: Report) -> None:
        """All parts of the entry, by all that was heard of the ERP until then."""
        if report.outcome not in IN_THE_BOOKS:
            return
        own = Posting.objects.filter(entry=report.record.entry).order_by("revision")
        slips = {part: self.model.of(reference) for part, reference in own.values_list("part", "reference")}
        assert {slip.known for slip in slips.values()} == {Known.THERE}, report
        assert report.document_id == slips[Part.DOCUMENT].document

    # What must be true in the end.

    def check_the_end(self) -> None:
        self.check()
        with acting_for(self.tenant):
            assert not ExportJob.objects.filter(ended_at=None).exists()
            assert not ExportJob.objects.filter(balanced=False).exists()
            told = {key: results[-1] for key, results in self.office.told.items()}
            for report in Report.objects.select_related("record", "job"):
                heard = told.get((report.job.external_id, report.record.entry))
                fine = report.outcome in {*IN_THE_BOOKS, "skipped"}
                assert heard is None or heard == (Result.SUCCESSFUL if fine else Result.FAILED)
