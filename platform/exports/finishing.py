"""Finish: everything decided and told, the balance struck: how the job ends."""

from datetime import timedelta

from connectors.kit.failures import FailureClass
from connectors.kit.records import Ending, JobState
from database.acting import acting_for
from exports import receipts, rows
from exports.ending import conclude
from exports.models import PostingState
from exports.selectors import Balance, balance, most_frequent_failure
from exports.trip import Trip
from incidents import services as incidents
from jobs.handlers import Again, Next, WaitForSomebody

LATER = timedelta(seconds=30)
STILL_TO_COME = {PostingState.PLANNED, PostingState.SENDING, PostingState.UNCERTAIN}


def finish(trip: Trip) -> Next:
    """Only a job whose every record is decided ends; the final event is sent once it balances or not."""
    with acting_for(trip.tenant_id):
        struck = balance(trip.job)
        on_their_way = receipts.next_look(trip)
    if struck.waiting:
        return _not_yet(trip, struck, on_their_way)
    if on_their_way:
        # Not in vain: the patience for them has its own end.
        return Again(on_their_way, progress=True, remark="Receipts are on their way.")
    return conclude(trip, ending_of(trip, struck))


def _not_yet(trip: Trip, struck: Balance, on_their_way: timedelta | None) -> Next:
    """Waits for another run's vendor, say. With nothing left that could decide them, a person has to look."""
    sentence = f"{struck.waiting} entries are not decided yet."
    with acting_for(trip.tenant_id):
        if on_their_way or rows.own(trip).filter(state__in=STILL_TO_COME).exists():
            return Again(LATER, progress=on_their_way is not None, remark=sentence)
        trip.current.hold()
        incidents.open_incident(trip.tenant_id, FailureClass.CODE_CRASH, about=str(trip.job.pk), sentence=sentence)
    return WaitForSomebody(sentence)


def ending_of(trip: Trip, struck: Balance) -> Ending:
    """All fine, some failed, or all failed; a job that does not balance is never simply completed."""
    if not struck.balances:
        reason = "The job does not balance; operations look into it."
        return Ending(JobState.COMPLETED_WITH_ERRORS, FailureClass.BALANCE_MISMATCH, reason)
    if not struck.failed:
        return _all_fine(trip)
    if struck.failed < struck.fetched:
        return Ending(JobState.COMPLETED_WITH_ERRORS)
    with acting_for(trip.tenant_id):
        failure, subject, reason = most_frequent_failure(trip.job)
    reason = f"None of the entries could be posted. {reason}"
    return Ending(JobState.FAILED, FailureClass(failure or FailureClass.VALIDATION_FIELD), reason, subject)


def _all_fine(trip: Trip) -> Ending:
    """But the source may not have taken every outcome, and then it shows those entries as not exported."""
    with acting_for(trip.tenant_id):
        refused = trip.job.reports.exclude(refusal="").count()
    if not refused:
        return Ending(JobState.COMPLETED)
    reason = f"{trip.source.name} did not accept the outcomes of {refused} entries. Export them again to tell them."
    return Ending(JobState.COMPLETED_WITH_ERRORS, FailureClass.CONFIG_INVALID, reason)
