"""Finish: everything decided and told, the balance struck, one final event. Or: the source ended it first."""

from datetime import timedelta

import structlog
from django.conf import settings

from connectors.kit.documents import ASIDE, Part
from connectors.kit.errors import ConnectorError, JobIsClosed, OutcomeUnknown, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.records import Ending, JobState
from database.acting import acting_for
from database.bulk import insert_all
from exports import deciding, leaving_out, outcomes, receipts, rows, uploading
from exports.models import FinalEvent, Posting, PostingState, Record
from exports.places import OfTrip
from exports.planning import plan
from exports.rechecking import recheck_at_last
from exports.reporting import report
from exports.selectors import Balance, balance, most_frequent_failure
from exports.trip import Trip, now
from incidents import services as incidents
from incidents.models import Incident
from jobs.failpoints import failpoint
from jobs.handlers import Again, Ended, Next, WaitForSomebody

log = structlog.get_logger()

SOON = timedelta(seconds=5)
LATER = timedelta(seconds=30)
STILL_TO_COME = {PostingState.PLANNED, PostingState.SENDING, PostingState.UNCERTAIN}
BY_HAND = (
    "If it is not there, make it there by hand under this reference. Then export the entry again: what bears the"
    " reference is taken as this entry's."
)
THEN_AGAIN = "Then export the entry again: it is looked up first, and posted only if it is not there."
CLOSED = "The job ended at the source before this entry was posted. Export it again there."


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
    return _conclude(trip, ending_of(trip, struck))


def end_as_decided(trip: Trip) -> Next | None:
    """Whoever decided how the job ends died or met no answer: it ends like that, and nothing else is done for it."""
    with acting_for(trip.tenant_id):
        event = FinalEvent.objects.filter(job=trip.job).first()
    return _conclude(trip, _of(event)) if event else None


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


def fail_early(trip: Trip, error: ConnectorError, subject: str, incident: Incident | None) -> Next:
    """The hold is over: what waits is failed with the reason, so that the bookkeeper reads it at the source."""
    if not trip.job.fetched_at:
        return _conclude(trip, Ending(JobState.FAILED, error.failure, error.sentence, subject))
    if more := plan(trip) or recheck_at_last(trip, incident):
        return more
    with acting_for(trip.tenant_id):
        trip.current.hold()
        records = _undecided(trip)
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
        _fail_the_uncertain(trip)
        left = len(_undecided(trip))
    if more := report(trip):
        return more
    if left:  # not in vain, however often: this wait has its own end
        return Again(LATER, progress=True, remark="The hold is over; what waited has failed.")
    return finish(trip)


def _fail_the_uncertain(trip: Trip) -> None:
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


def _undecided(trip: Trip) -> list[Record]:
    return list(Record.objects.filter(job=trip.job, report=None))


def closed(trip: Trip, why: JobIsClosed) -> None:
    """The source ended the job: what was not posted is skipped; what is uncertain is only looked up."""
    with acting_for(trip.tenant_id):
        trip.current.hold()
        trip.job.closed_at, trip.job.failure, trip.job.reason = trip.current.at, why.failure, why.sentence
        trip.job.save(update_fields=["closed_at", "failure", "reason"])
        _skip_the_planned(_undecided(trip))


def _skip_the_planned(records: list[Record]) -> None:
    planned = Posting.objects.filter(record__in=records, state=PostingState.PLANNED).exclude(part__in=ASIDE)
    planned.update(state=PostingState.SKIPPED, reason=CLOSED)


def end_closed(trip: Trip) -> Next:
    """After the look-ups of a closed job. Its outcomes can be told to nobody any more."""
    with acting_for(trip.tenant_id):
        trip.current.hold()
        undecided = _undecided(trip)
        _skip_the_planned(undecided)  # a look-up that finds a voided document plans its next revision
        uncertain = {
            posting.record_id
            for posting in Posting.objects.filter(record__in=undecided, state__in=deciding.OPEN)
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
    _end(trip, struck, JobState.FAILED if state.is_open else state, trip.job.reason)
    return Ended(trip.job.reason)


def _conclude(trip: Trip, ending: Ending) -> Ended:
    """Decided and committed, told, and written. What was decided before stands: the source may have heard it."""
    ending = _decided(trip, ending)
    failpoint(OfTrip.BEFORE_FINAL_EVENT)
    try:
        trip.source.finish(trip.remote, ending)
    except OutcomeUnknown as error:  # the connector reads the job before it tells the same again
        raise TryLater(error.sentence, words=error.words) from error
    failpoint(OfTrip.AFTER_FINAL_EVENT)
    with acting_for(trip.tenant_id):
        trip.current.hold()
        deciding.skip(trip, _undecided(trip), ending.reason)  # there are any only where nothing was begun
        struck = balance(trip.job)
    _end(trip, struck, ending.state, ending.reason)
    return Ended(ending.reason)


def _decided(trip: Trip, ending: Ending) -> Ending:
    told = {"state": ending.state, "reason": ending.reason, "subject": ending.subject[:200]}
    with acting_for(trip.tenant_id):
        trip.current.hold()
        event = FinalEvent(tenant_id=trip.tenant_id, job=trip.job, failure=ending.failure or "", **told)
        if not insert_all([event], ignore_conflicts=True):
            event = FinalEvent.objects.get(job=trip.job)
    return _of(event)


def _of(event: FinalEvent) -> Ending:
    failure = FailureClass(event.failure) if event.failure else None
    return Ending(JobState(event.state), failure, event.reason, event.subject)


def _end(trip: Trip, struck: Balance, state: JobState, reason: str) -> None:
    job = trip.job
    with acting_for(trip.tenant_id):
        trip.current.hold()
        job.state, job.reason, job.ended_at = state, reason, trip.current.at
        job.balanced = struck.balances if job.fetched_at else None  # nothing was fetched: nothing to balance
        job.save(update_fields=["state", "reason", "ended_at", "balanced"])
        FinalEvent.objects.filter(job=job, state=state, told_at=None).update(told_at=job.ended_at)
        leaving_out.without_a_document(trip)
        receipts.after_the_end(trip)
        uploading.leave(trip)
        if job.balanced is False:
            incidents.open_incident(
                job.tenant_id,
                FailureClass.BALANCE_MISMATCH,
                about=str(job.pk),
                sentence=f"{job} does not balance: {struck.fetched} entries fetched of {struck.announced} announced.",
            )
    log.info("job.ended", job=str(job.pk), state=str(state), balanced=job.balanced)
