"""The trip of an export job, a slice at a time: start, fetch, plan, post, report, resolve, finish.

The connector says what happened; here stands what happens next.
"""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

import structlog

from connectors import registry
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
from exports import closing, ending, holding
from exports.collecting import collect
from exports.fetching import fetch
from exports.finishing import finish
from exports.places import OfTrip
from exports.planning import plan, plan_what_waited
from exports.posting import post
from exports.rechecking import recheck
from exports.reporting import report
from exports.resolving import resolve
from exports.starting import start
from exports.trip import Trip, load, require_usable, set_out
from jobs.failpoints import failpoint
from jobs.handlers import Again, Ended, Next, WaitForSomebody
from jobs.slices import Slice, pause

log = structlog.get_logger()

Step = Callable[[Trip], Next | None]
NEEDS_SOMEBODY = (Reconnect, AskForPermission, MendSettings)
CROWDED = 10  # times in a row without room for a single call: more than others who were quicker
SHORT_WAIT, LONG_WAIT = timedelta(minutes=2), timedelta(minutes=5)


def export(current: Slice) -> Next:
    failpoint(OfTrip.AFTER_CLAIM)
    with acting_for(current.held.tenant_id):
        job = load(current)
    if not job.is_open:
        return Ended("The job had ended already.")
    with ExitStack() as lines:
        trip = set_out(current, job, lines)
        try:
            then = _travel(trip)
        except ConnectorError as error:
            holding.let_go(trip)
            return holding.kept_alive(trip, _what_next(trip, error))
        holding.let_go(trip)
        if isinstance(then, WaitForSomebody):
            then = holding.hold_for_somebody(trip, then)
        return holding.kept_alive(trip, then)


def active(trip: Trip) -> Next | None:
    if not trip.installation.is_active:
        raise MendSettings("The installation is not active. Activate it, and its jobs go on.")
    return None


def equipped(trip: Trip) -> Next | None:
    """Nothing is sent for a connector that is not there to read the answer."""
    registry.require(trip.installation.source.application.connector, trip.installation.target.application.connector)
    return None


def configured(trip: Trip) -> Next | None:
    if trip.unreadable:
        raise trip.unreadable
    return None


def connected(trip: Trip) -> Next | None:
    require_usable(trip.installation.source)
    require_usable(trip.installation.target)
    return None


#: Planned before receipts are collected: those of entries that fail are not even fetched.
TO_WORK: tuple[Step, ...] = (start, fetch, plan, collect, plan_what_waited, recheck, post, report, resolve, finish)
STEPS: tuple[Step, ...] = (active, equipped, configured, connected, ending.end_as_decided, *TO_WORK)
CLOSED_STEPS: tuple[Step, ...] = (active, equipped, configured, resolve, closing.end_closed)


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
            return holding.closed(trip, error)
        case RateLimited() if error.wait and error.wait <= SHORT_WAIT and attempts <= CROWDED:
            return Again(max(error.wait, pause(attempts - 3)), remark=error.sentence)
        case OutcomeUnknown():
            return holding.hold(trip, error, pause(attempts))
        case RateLimited():  # a day's limit: the job may not live to see its end
            return holding.hold(trip, error, min(max(error.wait or SHORT_WAIT, pause(attempts - 3)), LONG_WAIT))
        case TryLater():
            return holding.hold(trip, error, error.wait or pause(attempts))
        case _ if isinstance(error, NEEDS_SOMEBODY):
            return holding.hold(trip, error, holding.LOOKS)
        case ContractBroken():
            return holding.hold(trip, error, pause(attempts))
    raise error
