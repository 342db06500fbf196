"""The hold is over, or a person cancels: what waits fails with its reason, so that the bookkeeper reads it at the
source and can export again."""

from datetime import timedelta

from django.conf import settings

from connectors.kit.documents import ASIDE
from connectors.kit.errors import ConnectorError
from connectors.kit.failures import FailureClass
from connectors.kit.records import Ending, JobState
from database.acting import acting_for
from exports import deciding, outcomes, rows
from exports.ending import conclude
from exports.finishing import LATER, finish
from exports.models import Posting, PostingState, Record
from exports.planning import plan
from exports.rechecking import recheck_at_last
from exports.reporting import report
from exports.trip import Trip, now
from incidents.models import Incident
from jobs.handlers import Again, Next

BY_HAND = (
    "If it is not there, make it there by hand under this reference. Then export the entry again: what bears the"
    " reference is taken as this entry's."
)
THEN_AGAIN = "Then export the entry again: it is looked up first, and posted only if it is not there."


def fail_what_waits(trip: Trip, error: ConnectorError, subject: str, incident: Incident | None) -> Next:
    """`subject`: "source" if it is what failed us. `incident`: of what it waited for."""
    if not trip.job.fetched_at:
        return conclude(trip, Ending(JobState.FAILED, error.failure, error.sentence, subject))
    if more := plan(trip) or recheck_at_last(trip, incident):
        return more
    with acting_for(trip.tenant_id):
        trip.current.hold()
        records = rows.undecided(trip)
        Posting.objects.filter(record__in=records, state=PostingState.PLANNED).exclude(part__in=ASIDE).update(
            state=PostingState.REFUSED,
            failure=error.failure,
            subject=subject,
            reason=error.sentence,
            words=error.words,
            incident=incident,
        )
        deciding.decide(trip, records)
        unplanned = Record.objects.filter(job=trip.job, report=None, postings=None)  # their receipts did not come
        deciding.fail(trip, unplanned, error.failure, subject, error.sentence, incident)
        fail_the_uncertain(trip)
        left = len(rows.undecided(trip))
    if more := report(trip):
        return more
    if left:  # not in vain, however often: this wait has its own end
        return Again(LATER, progress=True, remark="The hold is over; what waited has failed.")
    return finish(trip)


def fail_the_uncertain(trip: Trip) -> None:
    """At once where a person has to judge; where the ERP cannot be asked, it is waited for longer: it may be there.

    The entry is then free at the source; its posting stays uncertain. When it comes again, it is looked up first.
    """
    uncertain = rows.own(trip).filter(state__in=deciding.OPEN, record__report=None)
    held_for = now() - (trip.job.held_since or now())
    if held_for <= timedelta(seconds=settings.HOLD_UNCERTAIN_SECONDS):
        uncertain = uncertain.exclude(incident=None)
    for posting in uncertain.select_related("record", "incident"):
        incident = outcomes.nobody_knows(trip, posting)
        then = THEN_AGAIN if outcomes.can_be_found(trip, posting) else BY_HAND
        sentence = f"{incident.sentence} {then}"
        deciding.fail(trip, [posting.record], FailureClass.OUTCOME_UNCERTAIN, "", sentence, incident)
