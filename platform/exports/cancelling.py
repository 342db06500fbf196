"""Cancel: somebody here ends an export job before its time. Nothing more is posted, and nothing is forgotten.

What is in the ERP stays there and is told; what became of uncertain writes is looked up; all else fails with the
reason, so that the bookkeeper can export it again; and the source hears the final outcome as of any job.
"""

from contextlib import ExitStack

from connectors.kit.errors import ConnectorError, JobIsClosed, TryLater
from connectors.kit.failures import FailureClass
from database.acting import acting_for
from exports import closing, ending, giving_up, holding, receipts
from exports.handler import NEEDS_SOMEBODY
from exports.resolving import resolve
from exports.trip import Trip, load, require_usable, set_out
from jobs.handlers import Again, Ended, Next, WaitForSomebody
from jobs.slices import Slice, pause

SENTENCE = "The export was cancelled before this entry was posted. Export it again."
CANCELLED = JobIsClosed(SENTENCE, failure=FailureClass.JOB_CANCELLED)


def cancel(current: Slice) -> Next:
    """The handler of cancelled export runs."""
    with acting_for(current.held.tenant_id):
        job = load(current)
    if not job.is_open:
        return Ended("The job had ended already.")
    with ExitStack() as lines:
        trip = set_out(current, job, lines)
        try:
            return _cancel(trip)
        except JobIsClosed as ended:
            return holding.closed(trip, ended)
        except ConnectorError as error:
            return _wait(trip, error)


def _cancel(trip: Trip) -> Next:
    if trip.job.closed_at:
        return _looked_up(trip) or closing.end_closed(trip)
    require_usable(trip.installation.source)
    if ended := ending.end_as_decided(trip):
        return ended
    holding.begin(trip)
    with acting_for(trip.tenant_id):
        trip.current.hold()
        receipts.cancel(trip.job)
    then = giving_up.fail_what_waits(trip, CANCELLED, "", None)
    if isinstance(then, Ended):
        return Ended("Cancelled.")
    return _looked_up(trip) or then


def _looked_up(trip: Trip) -> Next | None:
    """Nobody is waited for: what a person would have to judge has failed."""
    then = resolve(trip)
    return None if isinstance(then, WaitForSomebody) else then


def _wait(trip: Trip, error: ConnectorError) -> Next:
    """Also after a lost answer of the source: telling the same again is harmless."""
    if isinstance(error, NEEDS_SOMEBODY):
        holding.tell(trip, error)
        return Again(holding.LOOKS, remark=f"The job is cancelled as soon as this is mended. {error.sentence}")
    wait = error.wait if isinstance(error, TryLater) else None
    return Again(wait or pause(trip.current.held.attempts), remark=error.sentence)
