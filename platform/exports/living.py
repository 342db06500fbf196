"""Speaks to the source while work goes on or waits: so that it does not end the job, and says so if it has."""

from datetime import timedelta

from database.acting import acting_for
from exports.models import Record
from exports.reporting import report
from exports.trip import Trip, now

LISTEN_EVERY = timedelta(seconds=2)  # for so long at most is posted for a job that its user has just cancelled
AHEAD = timedelta(seconds=0.75)  # of that: what is committed to be sent without listening in between


def keep_alive(trip: Trip) -> None:
    """Tells of one entry that it is in work, once a third of the job's life has passed in silence.

    Raises what the source says.
    """
    if _is_due(trip):
        _say_that_we_work(trip)


def listen(trip: Trip) -> None:
    """Before a wave of writes: raises JobIsClosed if the source has ended the job, and what else it says.

    Outcomes have to be told in any case, and the answer is enough; only where there are none (they wait for their
    receipts) it costs a call.
    """
    line = trip.source_line.recorder
    before = line.last_at
    if _was_heard(trip, within=LISTEN_EVERY - AHEAD):
        return
    report(trip)
    if line.last_at == before:
        _say_that_we_work(trip)


def must_listen(trip: Trip) -> bool:
    """Before the next write of a wave: then it does not begin."""
    return not _was_heard(trip, within=LISTEN_EVERY)


def _was_heard(trip: Trip, within: timedelta) -> bool:
    before = trip.source_line.recorder.last_at
    return before is not None and trip.source.client.now - before < within


def _say_that_we_work(trip: Trip) -> None:
    with acting_for(trip.tenant_id):
        entry = Record.objects.filter(job=trip.job, report=None).values_list("entry", flat=True).first()
    if entry is None:
        return
    trip.current.check()
    trip.source.keep_alive(trip.remote, [entry])
    with acting_for(trip.tenant_id):
        trip.current.hold()
        trip.job.alive_at = trip.current.at
        trip.job.save(update_fields=["alive_at"])


def _is_due(trip: Trip) -> bool:
    job = trip.job
    if job.started_at is None or not job.expires_after:
        return False
    return now() - (job.alive_at or job.started_at) > job.expires_after / 3
