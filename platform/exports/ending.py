"""The end of a job: one final event, decided and committed before it is told, and the balance beside it."""

import structlog

from connectors.kit.errors import OutcomeUnknown, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.records import Ending, JobState
from database.acting import acting_for
from database.bulk import insert_all
from exports import deciding, leaving_out, receipts, rows, uploading
from exports.models import FinalEvent
from exports.places import OfTrip
from exports.selectors import Balance, balance
from exports.trip import Trip
from incidents import services as incidents
from jobs.failpoints import failpoint
from jobs.handlers import Ended, Next

log = structlog.get_logger()


def end_as_decided(trip: Trip) -> Next | None:
    """Whoever decided how the job ends died or met no answer: it ends like that, and nothing else is done for it."""
    with acting_for(trip.tenant_id):
        event = FinalEvent.objects.filter(job=trip.job).first()
    return conclude(trip, _of(event)) if event else None


def conclude(trip: Trip, ending: Ending) -> Ended:
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
        deciding.skip(trip, rows.undecided(trip), ending.reason)  # there are any only where nothing was begun
        struck = balance(trip.job)
    end(trip, struck, ending.state, ending.reason)
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


def end(trip: Trip, struck: Balance, state: JobState, reason: str) -> None:
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
