"""The final event: once, whatever is lost on the way."""

from connectors.kit.errors import JobIsClosed, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.records import Ending, JobState
from connectors.kit.testing import troubles
from connectors.kit.testing.benches import SourceBench
from connectors.kit.testing.checking import Checks, Failed, expect
from connectors.kit.testing.source.telling import begun, failure, is_write, success
from connectors.kit.testing.target.texts import HARD

checks: Checks[SourceBench] = Checks()
COMPLETED = Ending(JobState.COMPLETED)


@checks
def finish_ends_the_job(bench: SourceBench) -> None:
    """A job ends as we say, and saying it again is harmless.
    Take the vendor's refusal of a repetition for a success, if the job is where we wanted it.
    """
    for state in (JobState.COMPLETED, JobState.COMPLETED_WITH_ERRORS):
        source, job, entries = begun(bench)
        last = success(entries[2])
        if state is JobState.COMPLETED_WITH_ERRORS:
            last = failure(entries[2], FailureClass.MAPPING_MISSING)
        source.report(job, [success(entries[0]), success(entries[1]), last])
        for _ in range(2):
            source.finish(job, Ending(state))
            expect(bench.customer.state(job.id) == state, f"It is {bench.customer.state(job.id)}, not {state}.")
        expect(source.job(job.id).state is state, f"It ended as {state}, and we read {source.job(job.id).state}.")


@checks
def every_failure_ends_a_job(bench: SourceBench) -> None:
    """Whatever a job failed of, the source has a word for it.
    Map every class of `connectors/kit/failures.py`; jobs may have other words than entries.
    """
    for place, one in enumerate(FailureClass):
        source, job, _ = begun(bench, 1)
        reason = ("Short.", HARD, "Long. " * 400)[place % 3]
        source.finish(job, Ending(JobState.FAILED, one, reason))
        expect(bench.customer.state(job.id) == JobState.FAILED, f"For {one} it is {bench.customer.state(job.id)}.")


@checks
def finish_whose_answer_is_lost(bench: SourceBench) -> None:
    """A final event whose answer was lost is said again, and the job has ended once.
    Raise TryLater: the second event meets a job that is where we wanted it.
    """
    source, job, entries = begun(bench)
    source.report(job, [success(entry) for entry in entries])
    bench.wire.strike(troubles.dropped(done=True), is_write)
    try:
        source.finish(job, COMPLETED)
    except TryLater:
        source.finish(job, COMPLETED)
    expect(bench.customer.state(job.id) == JobState.COMPLETED, f"It is {bench.customer.state(job.id)}.")


@checks
def finish_of_a_job_that_ended_otherwise(bench: SourceBench) -> None:
    """Who finishes a job that its user has cancelled hears that it is closed.
    Raise JobIsClosed where the job has ended otherwise than we say.
    """
    source, job, _ = begun(bench)
    bench.customer.cancel(job.id)
    try:
        source.finish(job, COMPLETED)
    except JobIsClosed:
        return
    raise Failed("A cancelled job is said to be completed.")
