"""Report: outcomes go back to the source in batches as they happen, at least once each."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from connectors.kit.errors import OutcomeUnknown, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.records import EntryOutcome, Refusal, Result
from database.acting import acting_for
from database.bulk import save_all
from exports import receipts
from exports.models import Report, ReportOutcome
from exports.places import OfTrip
from exports.trip import Trip
from jobs.failpoints import failpoint
from jobs.handlers import Again, Next

FINE = {ReportOutcome.POSTED, ReportOutcome.ALREADY_THERE, ReportOutcome.SKIPPED}


class Untold(NamedTuple):
    """What is told of a report; the row itself need not be loaded for that."""

    pk: UUID
    entry: str
    outcome: str
    decided_at: datetime
    document_id: str
    document_url: str
    failure: str
    reason: str
    subject: str


def report(trip: Trip) -> Next | None:
    untold = _first(trip)
    while untold:
        trip.current.save_point()
        try:
            refusals = trip.source.report(trip.remote, [_outcome(one) for one in untold])
        except OutcomeUnknown as error:  # telling the same again is harmless
            raise TryLater(error.sentence, words=error.words) from error
        failpoint(OfTrip.AFTER_REPORT)
        untold = _next_after(trip, untold, refusals)
        trip.current.progress = True
        if untold and trip.current.is_over:
            return Again()
    return None


def _first(trip: Trip) -> Sequence[Untold]:
    with acting_for(trip.tenant_id):
        trip.current.hold()
        return _untold(trip)


def _next_after(trip: Trip, told: Sequence[Untold], refusals: Sequence[Refusal]) -> Sequence[Untold]:
    with acting_for(trip.tenant_id):
        trip.current.hold()
        _told(trip, told, refusals)
        return _untold(trip) if len(told) == trip.source.report_batch else ()


def _untold(trip: Trip) -> Sequence[Untold]:
    """Read under the fence: what is told next is told by whoever holds the run."""
    mine = Report.objects.filter(job=trip.job, told_at=None).exclude(receipts.holding_up())
    found = mine.order_by("decided_at").values_list("pk", "record__entry", *Untold._fields[2:])
    return [Untold(*row) for row in found[: trip.source.report_batch]]


def _outcome(one: Untold) -> EntryOutcome:
    return EntryOutcome(
        entry=one.entry,
        result=Result.SUCCESSFUL if one.outcome in FINE else Result.FAILED,
        at=one.decided_at,
        document_id=one.document_id,
        document_url=one.document_url,
        failure=FailureClass(one.failure) if one.failure else None,
        reason=one.reason,
        subject=one.subject,
    )


def _told(trip: Trip, untold: Sequence[Untold], refusals: Sequence[Refusal]) -> None:
    """A refused outcome is kept with the source's words; telling it again would be refused again."""
    words = {refusal.entry: refusal.words for refusal in refusals if refusal.words}
    trip.job.alive_at = trip.current.at
    refused = [Report(pk=one.pk, refusal=words[one.entry]) for one in untold if one.entry in words]
    save_all(refused, ["refusal"])
    Report.objects.filter(pk__in=[one.pk for one in untold]).update(told_at=trip.current.at)
    trip.job.save(update_fields=["alive_at"])
