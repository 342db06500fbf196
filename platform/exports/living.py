"""Keeps a job alive at its source while work waits: outcomes do it by themselves, and so does this."""

from database.acting import acting_for
from exports.models import Record
from exports.trip import Trip, now


def keep_alive(trip: Trip) -> None:
    """Tells of one entry that it is in work, once a third of the job's life has passed in silence.

    Raises what the source says.
    """
    if not _is_due(trip):
        return
    with acting_for(trip.tenant_id):
        entry = Record.objects.filter(job=trip.job, report=None).values_list("entry", flat=True).first()
    if entry is None:
        return
    trip.current.check()
    trip.source.keep_alive(trip.remote, [entry])
    with acting_for(trip.tenant_id):
        trip.current.hold()
        trip.job.alive_at = now()
        trip.job.save(update_fields=["alive_at"])


def _is_due(trip: Trip) -> bool:
    job = trip.job
    if job.started_at is None or not job.expires_after:
        return False
    return now() - (job.alive_at or job.started_at) > job.expires_after / 3
