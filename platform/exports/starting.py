"""Check and start: the job is still open, the ERP answers, and the source is told that work begins."""

from connectors.kit.errors import JobIsClosed
from connectors.kit.records import Job, JobState
from database.acting import acting_for
from exports.models import Record
from exports.trip import Trip, now
from jobs.handlers import Next


def start(trip: Trip) -> Next | None:
    """The job is read again in every slice that may post: what was true then may be over by now."""
    if trip.job.started_at and not _anything_left(trip):
        return None
    remote = trip.source.job(trip.job.external_id)
    _mirror(trip, remote)
    if not remote.state.is_open:
        raise JobIsClosed(f"The job has ended already: {remote.state}.", words=remote.failure)
    if trip.job.started_at:
        return None
    trip.target.probe()
    if remote.state is JobState.PENDING:
        trip.current.check()
        trip.source.start(remote)
    with acting_for(trip.tenant_id):
        trip.current.hold()
        trip.job.state, trip.job.started_at = JobState.IN_PROGRESS, now()
        trip.job.save(update_fields=["state", "started_at"])
    trip.current.progress = True
    return None


def _anything_left(trip: Trip) -> bool:
    with acting_for(trip.tenant_id):
        return trip.job.fetched_at is None or Record.objects.filter(job=trip.job, report=None).exists()


def _mirror(trip: Trip, remote: Job) -> None:
    with acting_for(trip.tenant_id):
        trip.current.hold()
        trip.job.state, trip.job.announced = remote.state, remote.count
        trip.job.created_at = remote.created_at
        trip.job.save(update_fields=["state", "announced", "created_at"])
