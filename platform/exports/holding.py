"""Hold: work waits for a vendor or a person, the job kept alive at its source, for as long as its installation says.

Then what waits fails with its reason, so that the bookkeeper reads it at the source and can export again.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from audit import services as audit
from connections.models import Connection
from connections.services import AUTHORISATION_FAILURES
from connections.tokens import needs_reconnect
from connectors.kit.errors import ConnectorError, JobIsClosed, OutcomeUnknown, Reconnect, TryLater
from connectors.kit.failures import FailureClass
from database.acting import acting_for
from exports import closing, giving_up, outcomes, rows
from exports.living import keep_alive
from exports.trip import Trip, now, require_usable
from incidents import services as incidents
from incidents.models import Incident
from jobs.handlers import Again, Ended, Next, WaitForSomebody

log = structlog.get_logger()

LOOKS = timedelta(seconds=30)
SOMEBODYS_LOOKS = timedelta(minutes=2)
# The engine puts aside what has waited a thousand times in vain. A hold may be of three days, or be made so late: at
# this distance, the looks that are left after the first ones are enough for it.
FIRST_LOOKS, LATER_LOOKS = 100, timedelta(minutes=5)


def kept_alive(trip: Trip, then: Next) -> Next:
    """While work waits, the source hears of it in time, or it would end the job."""
    if isinstance(then, Ended) or not trip.may_post:
        return then
    try:
        keep_alive(trip)
    except JobIsClosed as ended:
        return closed(trip, ended)
    except ConnectorError as error:  # it is tried again in the next slice
        log.info("trip.not_kept_alive", job=str(trip.job.pk), sentence=error.sentence)
    return then


def closed(trip: Trip, why: JobIsClosed) -> Next:
    closing.close(trip, why)
    return Again(remark=why.sentence)


def hold(trip: Trip, error: ConnectorError, wait: timedelta) -> Next:
    """For a vendor, or for a person who mends what the whole job stands on."""
    lost = isinstance(error, OutcomeUnknown) and not trip.job.held_since  # one lost answer is nobody's business
    incident = None if lost else tell(trip, error)
    if _has_lasted(trip) and trip.may_post:
        return _after_the_hold(trip, error, incident)
    return Again(_spread(trip, wait), remark=error.sentence)


def _spread(trip: Trip, wait: timedelta) -> timedelta:
    if trip.current.held.attempts <= FIRST_LOOKS:
        return wait
    return max(wait, LATER_LOOKS)


def hold_for_somebody(trip: Trip, then: WaitForSomebody) -> Next:
    """For a person who has to judge single entries, and has their incidents; the later jobs go on meanwhile. A job
    that the source has ended is held as long: then it ends, and what nobody has judged waits for its entry to come
    again."""
    if not _has_lasted(trip):
        return replace(then, look_after=SOMEBODYS_LOOKS)
    if not trip.may_post:
        return closing.end_closed(trip)
    with acting_for(trip.tenant_id):
        unknown = rows.own(trip).filter(state__in=outcomes.UNDER_WAY, record__report=None).exists()
    failure = FailureClass.OUTCOME_UNCERTAIN if unknown else FailureClass.CODE_CRASH
    return _after_the_hold(trip, ConnectorError(then.remark, failure=failure), None)


def let_go(trip: Trip) -> None:
    """Something went through in this slice: whatever held the job is mended."""
    if not trip.current.progress:
        return
    installation = trip.installation
    with acting_for(trip.tenant_id):
        trip.current.hold()
        if trip.job.held_since:
            trip.job.held_since = None
            trip.job.save(update_fields=["held_since"])
        for about in (installation.pk, installation.source_id, installation.target_id):
            incidents.mend_about(trip.tenant_id, str(about), actor=audit.PLATFORM)


def begin(trip: Trip) -> datetime:
    """Since when the job is held up."""
    with acting_for(trip.tenant_id):
        trip.current.hold()
        trip.job.held_since = since = trip.job.held_since or trip.current.at
        trip.job.save(update_fields=["held_since"])
    return since


def _has_lasted(trip: Trip) -> bool:
    return now() - begin(trip) > trip.installation.holds_for


def _after_the_hold(trip: Trip, error: ConnectorError, incident: Incident | None) -> Next:
    try:
        require_usable(trip.installation.source)
        return giving_up.fail_what_waits(trip, error, _subject(trip, error), incident)
    except JobIsClosed as ended:
        return closed(trip, ended)
    except TryLater as other:
        return Again(LOOKS, progress=True, remark=other.sentence)  # the source ends the job, if we cannot
    except ConnectorError as other:  # the source itself cannot be told: it will end the job by itself
        return WaitForSomebody(other.sentence)


def _subject(trip: Trip, error: ConnectorError) -> str:
    """The source itself, if it is what failed us."""
    return "source" if _culprit(trip) == trip.installation.source else ""


def tell(trip: Trip, error: ConnectorError) -> Incident | None:
    """A refused authorisation is the connection's; all else holds up this installation. None: mended meanwhile."""
    culprit = _culprit(trip)
    about = str(culprit.pk) if error.failure in AUTHORISATION_FAILURES else _about(trip)
    with acting_for(trip.tenant_id):
        trip.current.hold()  # a worker that lost its run may not disconnect a customer either
        if isinstance(error, Reconnect) and culprit.is_usable:
            return _give_up(culprit, error)
        return incidents.open_incident(
            trip.tenant_id,
            error.failure,
            about=about,
            sentence=error.sentence,
            words=error.words,
            connection_id=culprit.pk,
        )


def _give_up(culprit: Connection, error: Reconnect) -> Incident | None:
    """Unless somebody has authorised it anew since this slice began."""
    row = Connection.objects.select_for_update(of=("self",)).select_related("application").get(pk=culprit.pk)
    if row.is_usable and row.authorised_at == culprit.authorised_at:
        return needs_reconnect(row, error)
    return None


def _culprit(trip: Trip) -> Connection:
    """The connection that is not usable; with both usable, the one that was spoken to last."""
    source: Connection = trip.installation.source
    target: Connection = trip.installation.target
    with acting_for(trip.tenant_id):
        for connection in (source, target):
            connection.refresh_from_db(fields=["state"])
    for connection in (source, target):
        if not connection.is_usable:
            return connection
    spoke = trip.source_line.recorder.last_at, trip.target_lines.last_at
    return source if spoke[0] and (not spoke[1] or spoke[0] > spoke[1]) else target


def _about(trip: Trip) -> str:
    return str(trip.installation.pk)
