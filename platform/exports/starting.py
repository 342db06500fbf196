"""Check and start: the job is still open, the ERP answers, and the source is told that work begins."""

from hashlib import sha256

from connections import services as connections
from connectors.kit import exact_json
from connectors.kit.errors import JobIsClosed
from connectors.kit.failures import FailureClass
from connectors.kit.records import Job, JobState
from database.acting import acting_for
from exports import states
from exports.models import Record, ReferenceData
from exports.trip import Trip
from jobs.handlers import Next


def start(trip: Trip) -> Next | None:
    """The job is read again in every slice that may post: what was true then may be over by now."""
    if trip.job.started_at and not _anything_left(trip):
        return None
    remote = trip.source.job(trip.job.external_id)
    _mirror(trip, remote)
    if not remote.state.is_open:
        raise closed_by(trip, remote)
    if not trip.job.started_at:
        _probe(trip)
    if trip.job.reference_data is None:
        _learn_the_books(trip)
    if trip.job.started_at:
        return None
    if remote.state is JobState.PENDING:
        trip.current.check()
        trip.source.start(remote)
    with acting_for(trip.tenant_id):
        trip.current.hold()
        trip.job.state = JobState.IN_PROGRESS
        trip.job.started_at = trip.job.alive_at = trip.current.at
        trip.job.save(update_fields=["state", "started_at", "alive_at"])
    trip.current.progress = True
    return None


def _probe(trip: Trip) -> None:
    probe = trip.target.probe()
    with acting_for(trip.tenant_id):
        connections.keep_remarks(trip.installation.target, probe)


def closed_by(trip: Trip, remote: Job) -> JobIsClosed:
    """Why the source has ended the job, in words for the person who reads it here."""
    source = trip.source.name
    match remote.failure_class:
        case FailureClass.JOB_EXPIRED:
            sentence = f"{source} ended the job because it heard nothing of it in time. Export the entries again."
        case FailureClass.JOB_CANCELLED:
            sentence = f"The job was cancelled in {source}."
        case _:
            sentence = f"{source} has ended the job already: {remote.state.replace('_', ' ')}."
    return JobIsClosed(sentence, words=remote.failure, failure=remote.failure_class)


def _learn_the_books(trip: Trip) -> None:
    """What every document of this job is planned by, whatever changes in the ERP meanwhile."""
    content = exact_json.dumps(trip.target.reference())
    with acting_for(trip.tenant_id):
        trip.current.hold()
        trip.job.reference_data, _ = ReferenceData.objects.get_or_create(
            tenant_id=trip.tenant_id,
            books=trip.installation.books,
            digest=sha256(content.encode()).hexdigest(),
            defaults={"content": content},
        )
        trip.job.save(update_fields=["reference_data"])


def _anything_left(trip: Trip) -> bool:
    with acting_for(trip.tenant_id):
        return trip.job.fetched_at is None or Record.objects.filter(job=trip.job, report=None).exists()


def _mirror(trip: Trip, remote: Job) -> None:
    with acting_for(trip.tenant_id):
        trip.current.hold()
        if remote.state in states.EXPORT_JOB[trip.job.state]:  # an answer from a moment ago takes nothing back
            trip.job.state = remote.state
        trip.job.announced = remote.count
        trip.job.created_at, trip.job.expires_after = remote.created_at, remote.expires_after
        trip.job.save(update_fields=["state", "announced", "created_at", "expires_after"])
