"""Report: outcomes go back to the source in batches as they happen, at least once each."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F

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


@dataclass(frozen=True)
class Untold:
    """A report, and the entry that it is about."""

    row: Report
    entry: str


def report(trip: Trip) -> Next | None:
    while untold := _untold(trip):
        trip.current.save_point()
        try:
            refusals = trip.source.report(trip.remote, [_outcome(one.entry, one.row) for one in untold])
        except OutcomeUnknown as error:  # telling the same again is harmless
            raise TryLater(error.sentence, words=error.words) from error
        failpoint(OfTrip.AFTER_REPORT)
        _told(trip, untold, refusals)
        trip.current.progress = True
        if len(untold) < trip.source.report_batch:
            break
        if trip.current.is_over:
            return Again()
    return None


def _untold(trip: Trip) -> Sequence[Untold]:
    """Read under the fence: what is told next is told by whoever holds the run."""
    with acting_for(trip.tenant_id):
        trip.current.hold()
        mine = Report.objects.filter(job=trip.job, told_at=None).exclude(receipts.holding_up())
        named = mine.annotate(entry=F("record__entry")).order_by("decided_at")
        return [Untold(row, row.entry) for row in named[: trip.source.report_batch]]


def _outcome(entry: str, row: Report) -> EntryOutcome:
    return EntryOutcome(
        entry=entry,
        result=Result.SUCCESSFUL if row.outcome in FINE else Result.FAILED,
        at=row.decided_at,
        document_id=row.document_id,
        document_url=row.document_url,
        failure=FailureClass(row.failure) if row.failure else None,
        reason=row.reason,
        subject=row.subject,
    )


def _told(trip: Trip, untold: Sequence[Untold], refusals: Sequence[Refusal]) -> None:
    """A refused outcome is kept with the source's words; telling it again would be refused again."""
    words = {refusal.entry: refusal.words for refusal in refusals}
    with acting_for(trip.tenant_id):
        trip.current.hold()
        at = trip.current.at
        for one in untold:
            one.row.told_at, one.row.refusal = at, words.get(one.entry, "")
        save_all([one.row for one in untold], ["told_at", "refusal"])
        trip.job.alive_at = at
        trip.job.save(update_fields=["alive_at"])
