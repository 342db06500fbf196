"""The trip of an export job, a slice at a time: start, fetch, plan, post, report, resolve, finish.

The connector says what happened; here stands what happens next.
"""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

import structlog
from django.conf import settings

from audit import services as audit
from connections.models import Connection
from connections.services import AUTHORISATION_FAILURES
from connections.tokens import needs_reconnect
from connectors.kit.errors import (
    AskForPermission,
    ConnectorError,
    ContractBroken,
    JobIsClosed,
    MendSettings,
    OutcomeUnknown,
    RateLimited,
    Reconnect,
    TryLater,
)
from database.acting import acting_for
from exports import failpoints, finishing
from exports.collecting import collect
from exports.fetching import fetch
from exports.finishing import finish
from exports.living import keep_alive
from exports.planning import plan
from exports.posting import post
from exports.rechecking import recheck
from exports.reporting import report
from exports.resolving import resolve
from exports.starting import start
from exports.trip import Trip, load, now, require_usable, set_out
from incidents import services as incidents
from jobs.handlers import Again, Ended, Next, WaitForSomebody
from jobs.slices import ATTEMPTS_AT_MOST, Slice, pause

log = structlog.get_logger()

Step = Callable[[Trip], Next | None]
NEEDS_SOMEBODY = (Reconnect, AskForPermission, MendSettings)
HELD_LOOKS = timedelta(seconds=30)
CROWDED = 10  # times in a row without room for a single call: more than others who were quicker
SHORT_WAIT, LONG_WAIT = timedelta(minutes=2), timedelta(minutes=5)


def export(current: Slice) -> Next:
    failpoints.failpoint("after_claim")
    with acting_for(current.held.tenant_id):
        job = load(current)
    if not job.is_open:
        return Ended("The job had ended already.")
    if not job.installation.is_active:
        return WaitForSomebody("The installation is not active. Activate it, and the job goes on.")
    with ExitStack() as lines:
        trip = set_out(current, job, lines)
        try:
            then = _travel(trip)
        except ConnectorError as error:
            _went_on(trip)
            return _kept_alive(trip, _what_next(trip, error))
        _went_on(trip)
        return _kept_alive(trip, then)


def connected(trip: Trip) -> Next | None:
    require_usable(trip.installation.source)
    require_usable(trip.installation.target)
    return None


STEPS: tuple[Step, ...] = (connected, start, fetch, collect, plan, recheck, post, report, resolve, finish)
CLOSED_STEPS: tuple[Step, ...] = (resolve, finishing.end_closed)


def _travel(trip: Trip) -> Next:
    for step in STEPS if trip.job.closed_at is None else CLOSED_STEPS:
        then = step(trip)
        if then is not None:
            return then
    return Again()


def _what_next(trip: Trip, error: ConnectorError) -> Next:
    attempts = trip.current.held.attempts
    log.info("trip.stopped", job=str(trip.job.pk), error=type(error).__name__, sentence=error.sentence)
    match error:
        case JobIsClosed():
            return _closed(trip, error)
        case RateLimited() if error.wait and error.wait <= SHORT_WAIT and attempts <= CROWDED:
            return Again(max(error.wait, pause(attempts - 3)), remark=error.sentence)
        case OutcomeUnknown():
            return _hold(trip, error, pause(attempts))
        case RateLimited():  # a day's limit: the job may not live to see its end
            return _hold(trip, error, min(max(error.wait or SHORT_WAIT, pause(attempts - 3)), LONG_WAIT))
        case TryLater():
            return _hold(trip, error, error.wait or pause(attempts))
        case _ if isinstance(error, NEEDS_SOMEBODY):
            return _hold(trip, error, HELD_LOOKS)
        case ContractBroken():
            return _hold(trip, error, pause(attempts))
    raise error


def _kept_alive(trip: Trip, then: Next) -> Next:
    """While work waits, the source hears of it in time, or it would end the job."""
    if isinstance(then, Ended) or not trip.may_post:
        return then
    try:
        keep_alive(trip)
    except JobIsClosed as ended:
        return _closed(trip, ended)
    except ConnectorError as error:  # it is tried again in the next slice
        log.info("trip.not_kept_alive", job=str(trip.job.pk), sentence=error.sentence)
    return then


def _closed(trip: Trip, why: JobIsClosed) -> Next:
    finishing.closed(trip, why)
    return Again(remark=why.sentence)


def _hold(trip: Trip, error: ConnectorError, wait: timedelta) -> Next:
    """Waits for the vendor or a person, but not longer than the hold: then the bookkeeper is told why."""
    if trip.job.held_since or not isinstance(error, OutcomeUnknown):  # one lost answer is nobody's business
        _incident(trip, error)
    with acting_for(trip.tenant_id):
        trip.current.hold()
        trip.job.held_since = trip.job.held_since or now()
        trip.job.save(update_fields=["held_since"])
    if now() - trip.job.held_since > timedelta(seconds=settings.HOLD_SECONDS) and trip.may_post:
        return _after_the_hold(trip, error)
    # The hold ends it, not the count of attempts, which therefore begins anew.
    counted_out = trip.current.held.attempts >= ATTEMPTS_AT_MOST
    return Again(wait, progress=counted_out and trip.may_post, remark=error.sentence)


def _after_the_hold(trip: Trip, error: ConnectorError) -> Next:
    try:
        require_usable(trip.installation.source)
        return finishing.fail_early(trip, error, _subject(trip, error))
    except JobIsClosed as ended:
        return _closed(trip, ended)
    except TryLater as other:
        return Again(HELD_LOOKS, remark=other.sentence)
    except ConnectorError as other:  # the source itself cannot be told: it will end the job by itself
        return WaitForSomebody(other.sentence)


def _subject(trip: Trip, error: ConnectorError) -> str:
    """The source itself, if it is what failed us."""
    return "source" if _culprit(trip) == trip.installation.source else ""


def _went_on(trip: Trip) -> None:
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


def _incident(trip: Trip, error: ConnectorError) -> None:
    """A refused authorisation is the connection's; all else holds up this installation."""
    culprit = _culprit(trip)
    about = str(culprit.pk) if error.failure in AUTHORISATION_FAILURES else _about(trip)
    with acting_for(trip.tenant_id):
        trip.current.hold()  # a worker that lost its run may not disconnect a customer either
        if isinstance(error, Reconnect) and culprit.is_usable:
            _give_up(culprit, error)
            return
        incidents.open_incident(
            trip.tenant_id,
            error.failure,
            about=about,
            sentence=error.sentence,
            words=error.words,
            connection_id=culprit.pk,
        )


def _give_up(culprit: Connection, error: Reconnect) -> None:
    """Unless somebody has authorised it anew since this slice began."""
    row = Connection.objects.select_for_update(of=("self",)).select_related("application").get(pk=culprit.pk)
    if row.is_usable and row.authorised_at == culprit.authorised_at:
        needs_reconnect(row, error)


def _culprit(trip: Trip) -> Connection:
    """The connection that is not usable; with both usable, the one that was spoken to last."""
    source: Connection = trip.installation.source
    target: Connection = trip.installation.target
    with acting_for(trip.tenant_id):
        states = dict(Connection.objects.filter(pk__in=[source.pk, target.pk]).values_list("pk", "state"))
    for connection in (source, target):
        connection.state = states[connection.pk]
        if not connection.is_usable:
            return connection
    spoke = trip.source_line.recorder.last_at, trip.target_line.recorder.last_at
    return source if spoke[0] and (not spoke[1] or spoke[0] > spoke[1]) else target


def _about(trip: Trip) -> str:
    return str(trip.installation.pk)
