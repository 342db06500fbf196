"""The source ended the job before we did: nothing more is posted, and what is uncertain is only looked up."""

from datetime import timedelta

from connectors.kit.documents import ASIDE, Part
from connectors.kit.errors import JobIsClosed
from connectors.kit.records import JobState
from database.acting import acting_for
from exports import deciding, giving_up, rows
from exports.ending import end
from exports.models import Posting, PostingState, Record
from exports.selectors import balance
from exports.trip import Trip
from jobs.handlers import Again, Ended, Next

SOON = timedelta(seconds=5)
CLOSED = "The job ended at the source before this entry was posted. Export it again there."


def close(trip: Trip, why: JobIsClosed) -> None:
    with acting_for(trip.tenant_id):
        trip.current.hold()
        trip.job.closed_at, trip.job.failure, trip.job.reason = trip.current.at, why.failure, why.sentence
        trip.job.save(update_fields=["closed_at", "failure", "reason"])
        _skip_the_planned(rows.undecided(trip))


def _skip_the_planned(records: list[Record]) -> None:
    planned = Posting.objects.filter(record__in=records, state=PostingState.PLANNED).exclude(part__in=ASIDE)
    planned.update(state=PostingState.SKIPPED, reason=CLOSED)


def end_closed(trip: Trip) -> Next:
    """After the look-ups of a closed job, and after the wait for a person. Its outcomes can be told to nobody any
    more."""
    with acting_for(trip.tenant_id):
        trip.current.hold()
        _skip_the_planned(rows.undecided(trip))  # a look-up that finds a voided document plans its next revision
        giving_up.fail_the_uncertain(trip)
        undecided = rows.undecided(trip)
        uncertain = {
            posting.record_id
            for posting in Posting.objects.filter(record__in=undecided, state__in=deciding.OPEN, incident=None)
            if posting.part != Part.ATTACHMENT
        }
        deciding.skip(trip, [r for r in undecided if r.pk not in uncertain], CLOSED)
        trip.job.reports.filter(told_at=None).update(
            told_at=trip.current.at, refusal="The job had ended at the source already."
        )
        struck = balance(trip.job)
    if uncertain:
        return Again(SOON, remark="A closed job has entries whose outcome is not known yet.")
    state = JobState(trip.job.state)
    end(trip, struck, JobState.FAILED if state.is_open else state, trip.job.reason)
    return Ended(trip.job.reason)
