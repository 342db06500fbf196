"""A wave of writes to a vendor: intents committed, calls, outcomes committed. Also the same bytes once more."""

from collections.abc import Iterable, Sequence
from time import monotonic

from connectors.kit.connector import Target
from connectors.kit.documents import Draft
from connectors.kit.http import Ready
from exports import intents, outcomes
from exports.intents import Write
from exports.living import must_listen
from exports.models import Posting, Submission
from exports.places import OfTrip
from exports.trip import Trip
from jobs.calls import Line
from jobs.failpoints import failpoint


def submit(trip: Trip, drafts: Iterable[tuple[Draft, Sequence[Posting]]]) -> bool:
    """Outcomes of single postings are written, not raised; then what concerns a call as a whole is.

    After such a call, and after one of which nothing was told, no further one begins: what was committed and never
    sent is planned as before. False: no call was told of anything, so there is no use in more of them now.
    """
    failpoint(OfTrip.BEFORE_INTENT)
    ready = trip.target.client.prepare()
    wave = intents.commit(trip, drafts)
    failpoint(OfTrip.AFTER_INTENT)
    _send(trip, wave, ready)
    return not all(write.told_nothing for write in wave)


def submit_again(trip: Trip, submission: Submission, draft: Draft, postings: Sequence[Posting]) -> None:
    """The same bytes once more. Raises as `submit` does."""
    ready = trip.target.client.prepare()
    intents.commit_again(trip, submission)
    _send(trip, [Write(submission, draft, postings)], ready)


def _send(trip: Trip, wave: Sequence[Write], ready: Ready) -> None:
    """The calls and what came of them. The submissions stand committed; their bytes and keys are as stored."""
    first = wave[0]

    def call(line: Line[Target], write: Write) -> bool:
        if write is not first and (monotonic() > ready.begin_by or trip.current.is_stopped or must_listen(trip)):
            return False
        request = intents.stored_request(trip, write.submission)
        try:
            with line.recorder.holding(write.exchanges, write.submission.pk):
                write.answer = line.connector.client.send(request, ready)
            failpoint(OfTrip.AFTER_CALL)
            write.outcomes = line.connector.read(write.draft, write.answer)
        except Exception as error:
            write.error = error
        return not write.told_nothing

    trip.target_lines.each(wave, call)
    trip.target_line.recorder.write_down([row for write in wave for row in write.exchanges])
    outcomes.write(trip, wave)
    failpoint(OfTrip.AFTER_OUTCOME)
    if any(write.answer and not write.error for write in wave):
        trip.current.progress = True
    for write in wave:
        if write.error:
            raise write.error
