"""What is told to the source: begun, outcomes, still at it."""

from datetime import UTC, datetime

from connectors.kit.connector import Source
from connectors.kit.errors import ConnectorError, JobIsClosed, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.records import Ending, EntryOutcome, Job, JobState, Result
from connectors.kit.testing import troubles
from connectors.kit.testing.benches import SourceBench
from connectors.kit.testing.checking import Checks, Failed, expect
from connectors.kit.testing.source.listing import entries_of, exported, flat
from connectors.kit.testing.target.texts import HARD
from connectors.kit.testing.wire import Call

checks: Checks[SourceBench] = Checks()
AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def begun(bench: SourceBench, entries: int = 3) -> tuple[Source, Job, list[str]]:
    """A job in progress, and its entries."""
    source, job = exported(bench, entries)
    source.start(job)
    return source, source.job(job.id), flat(entries_of(source, job))


def success(entry: str) -> EntryOutcome:
    return EntryOutcome(entry, Result.SUCCESSFUL, AT, f"doc-{entry}", f"https://erp.example/{entry}")


def failure(entry: str, failure: FailureClass, reason: str = "It was refused.", subject: str = "") -> EntryOutcome:
    return EntryOutcome(entry, Result.FAILED, AT, failure=failure, reason=reason, subject=subject)


def is_write(call: Call) -> bool:
    return call.method not in {"GET", "HEAD"}


@checks
def start_moves_the_job(bench: SourceBench) -> None:
    """A job that was begun is in progress, and beginning it again is harmless.
    Tell nothing for a job that is in progress already; take the vendor's refusal of a repetition for what it is.
    """
    source, job = exported(bench)
    source.start(job)
    expect(bench.customer.state(job.id) == JobState.IN_PROGRESS, f"It is {bench.customer.state(job.id)}.")
    source.start(job)  # the answer to the first one was lost
    source.start(source.job(job.id))
    expect(source.job(job.id).state is JobState.IN_PROGRESS, "It is in progress, and we read something else.")


@checks
def outcomes_are_told(bench: SourceBench) -> None:
    """Each entry's outcome arrives as it is, and telling it again changes nothing.
    Key outcomes by entry; return as refused what the vendor's answer does not accept.
    """
    source, job, entries = begun(bench)
    outcomes = [success(entries[0]), success(entries[1]), failure(entries[2], FailureClass.MAPPING_MISSING)]
    for _ in range(2):
        refused = source.report(job, outcomes)
        expect(not refused, f"These were refused: {refused}")
        told = bench.customer.told(job.id)
        wanted = dict(zip(entries, ("successful", "successful", "failed"), strict=True))
        expect(told == wanted, f"The vendor shows {told}.")
    expect(source.report(job, []) == (), "Telling nothing gave refusals.")


@checks
def every_failure_has_a_word(bench: SourceBench) -> None:
    """Whatever an entry failed of, the source has a word for it and takes the reason as it is written.
    Map every class of `connectors/kit/failures.py` to one of the vendor's words, and cut what is too long.
    """
    classes = list(FailureClass)
    source, job, entries = begun(bench, len(classes))
    subjects = ("", "account:5800", "tax:I25", "vendor", "source")
    for subject, reason in zip(subjects, ("Short.", HARD, "Long. " * 400, "", HARD), strict=True):
        outcomes = [failure(entry, one, reason, subject) for entry, one in zip(entries, classes, strict=True)]
        refused = source.report(job, outcomes[: source.report_batch])
        expect(not refused, f"Of failures about {subject or 'anything'} these were refused: {refused}")


@checks
def strange_entry_is_returned(bench: SourceBench) -> None:
    """An outcome that the source does not accept comes back as refused; the others are taken.
    Read the answer's own list of errors: a 200 does not mean that every item was taken.
    """
    source, job, entries = begun(bench)
    stranger = "00000000-0000-4000-8000-000000000000"
    refused = source.report(job, [success(entries[0]), success(stranger)])
    expect([one.entry for one in refused] == [stranger], f"Refused came back {refused}.")
    expect(bench.customer.told(job.id)[entries[0]] == "successful", "The good one was not taken.")


@checks
def whole_batches_are_told(bench: SourceBench) -> None:
    """As many outcomes as `report_batch` says are taken at once.
    Say the vendor's own limit there.
    """
    size = bench.kit.connector.report_batch
    source, job, entries = begun(bench, size)
    refused = source.report(job, [success(entry) for entry in entries])
    expect(not refused, f"Of {size} at once {len(refused)} were refused.")
    expect(set(bench.customer.told(job.id).values()) == {"successful"}, "Not all of them were taken.")


@checks
def report_whose_answer_is_lost(bench: SourceBench) -> None:
    """Outcomes whose answer was lost are told again, and stand once.
    Raise TryLater: telling outcomes is safe to repeat.
    """
    source, job, entries = begun(bench)
    outcomes = [success(entry) for entry in entries]
    bench.wire.strike(troubles.dropped(done=True), is_write)
    try:
        source.report(job, outcomes)
    except TryLater:
        source.report(job, outcomes)
    expect(set(bench.customer.told(job.id).values()) == {"successful"}, "Not all of them were taken.")


@checks
def report_in_an_outage(bench: SourceBench) -> None:
    """A 5xx, a 429 or a page of HTML in answer to outcomes is TryLater; nothing counts as told.
    Judge the answer before reading it.
    """
    source, job, entries = begun(bench)
    for trouble in (troubles.answered(503, b"{}"), troubles.limited("7"), troubles.answered(502, troubles.HTML)):
        bench.wire.strike(trouble, is_write)
        error = _telling(source, job, [success(entries[0])])
        expect(isinstance(error, TryLater), f"Telling it came to {type(error).__name__}: {error}")
    expect("successful" not in bench.customer.told(job.id).values(), "It was told all the same.")


@checks
def report_of_a_closed_job(bench: SourceBench) -> None:
    """Who tells outcomes of a job that its user has cancelled hears that it is closed, and how.
    Raise JobIsClosed, with job.cancelled or job.expired where the vendor says so.
    """
    source, job, entries = begun(bench)
    bench.customer.cancel(job.id)
    works = (
        lambda: source.report(job, [success(entries[0])]),
        lambda: source.keep_alive(job, entries),
    )
    for work in works:
        try:
            work()
        except JobIsClosed as closed:
            expect(
                closed.failure is FailureClass.JOB_CANCELLED, f"It was cancelled, and is said to be {closed.failure}."
            )
        else:
            raise Failed("A cancelled job took it.")


@checks
def keep_alive_tells_no_outcome(bench: SourceBench) -> None:
    """Saying that work goes on makes nothing successful and nothing failed, and may be said again.
    Use the vendor's word for "in progress".
    """
    source, job, entries = begun(bench)
    for _ in range(2):
        source.keep_alive(job, entries)
    told = set(bench.customer.told(job.id).values())
    expect(not told & {"successful", "failed"}, f"The vendor shows {told}.")
    expect(bench.customer.state(job.id) == JobState.IN_PROGRESS, "The job has ended.")


@checks
def keep_alive_is_told(bench: SourceBench) -> None:
    """Saying that work goes on is said to the vendor: nothing else keeps a long job from expiring.
    Send the vendor's word for it in `keep_alive`, for the entries that it is given.
    """
    source, job, entries = begun(bench)
    before = len(_writes(bench))
    source.keep_alive(job, entries)
    expect(len(_writes(bench)) > before, "Nothing was sent.")


@checks
def nothing_is_told_twice(bench: SourceBench) -> None:
    """Beginning, outcomes, a sign of life and the final event are each sent once where the vendor answers.
    The engine repeats what was lost; a connector sends what it is asked to, once.
    """
    source, job, entries = begun(bench)
    source.keep_alive(job, entries)
    source.report(job, [success(entry) for entry in entries])
    source.finish(job, Ending(JobState.COMPLETED))
    sent = _writes(bench)
    expect(len(sent) == len(set(sent)), f"Of {len(sent)} things that were told {len(set(sent))} differ.")


def _writes(bench: SourceBench) -> list[tuple[str, str, bytes]]:
    return [(call.method, call.target, call.body) for call in bench.wire.calls if is_write(call)]


def _telling(source: Source, job: Job, outcomes: list[EntryOutcome]) -> ConnectorError | None:
    try:
        source.report(job, outcomes)
    except ConnectorError as error:
        return error
    return None
