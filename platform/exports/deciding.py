"""Decides what became of records, once each: the one writer of reports. Call inside `acting_for`, run held."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from connectors.kit.documents import ASIDE, Part
from connectors.kit.errors import RefuseRecord, SkipRecord
from connectors.kit.failures import FailureClass
from database.bulk import insert_all
from exports.models import Posting, PostingState, Record, Report, ReportOutcome
from exports.trip import Trip
from incidents import services as incidents
from incidents.models import Incident

OPEN = {PostingState.SENDING, PostingState.UNCERTAIN}
FINAL = {PostingState.POSTED, PostingState.REFUSED, PostingState.SKIPPED}

CHANGED = (
    "The entry was changed after it had been posted as {number}. Correct or void that document in the ERP "
    "by hand, or undo the change, then export the entry again."
)


def refuse(trip: Trip, record: Record, refusal: RefuseRecord) -> None:
    """A record that cannot be planned fails alone, with an incident for everything of the same cause."""
    incident = incidents.open_incident(
        trip.tenant_id,
        refusal.failure,
        about=f"{trip.installation.pk}:{refusal.subject or record.entry}",
        sentence=refusal.sentence,
        words=refusal.words,
        connection_id=trip.installation.target_id,
    )
    _write(trip, [failed(record, refusal.failure, refusal.subject, refusal.sentence, incident.pk)])


def leave_out(trip: Trip, record: Record, skip: SkipRecord) -> None:
    """By the settings. The source is told that nothing is owed."""
    _write(trip, [_report(record, ReportOutcome.SKIPPED, reason=skip.sentence)])


def fail(
    trip: Trip,
    records: Iterable[Record],
    failure: FailureClass,
    subject: str,
    reason: str,
    incident: Incident | None,
) -> None:
    """For a cause that lies outside of them. One without an incident is nothing to mend: a person cancelled."""
    incident_id = incident.pk if incident else None
    _write(trip, [failed(record, failure, subject, reason, incident_id) for record in records])


def decide(trip: Trip, records: Iterable[Record], known: Iterable[Posting] = ()) -> int:
    """Reports the records whose own postings are all final, and says how many; leaves the others. `known`: postings
    as they stand by now, which are not loaded once more."""
    asked = {record.pk: record for record in records}
    in_hand = {posting.pk: posting for posting in known if posting.part not in ASIDE and posting.record_id in asked}
    others = Posting.objects.filter(record__in=list(asked)).exclude(pk__in=list(in_hand)).exclude(part__in=ASIDE)
    own: dict[UUID, list[Posting]] = {}
    for posting in (*in_hand.values(), *others):
        own.setdefault(posting.record_id, []).append(posting)
    reports = [
        _judge(_at_home(trip, asked[pk]), postings)
        for pk, postings in own.items()
        if all(posting.state in FINAL for posting in postings)
    ]
    _write(trip, reports)
    return len(reports)


def _at_home(trip: Trip, record: Record) -> Record:
    """Almost always of the job that is in our hands, which need not be loaded for each."""
    if record.job_id == trip.job.pk:
        record.job = trip.job
    return record


def skip(trip: Trip, records: Iterable[Record], reason: str) -> None:
    """The source has ended the job: nobody is waiting to be told."""
    rows = [_report(record, ReportOutcome.SKIPPED, reason=reason) for record in records]
    for row in rows:
        row.told_at = trip.current.at
    _write(trip, rows)


def _write(trip: Trip, rows: list[Report]) -> None:
    if not rows:
        return
    for row in rows:
        row.job, row.decided_at = trip.job, trip.current.at
    insert_all(rows, ignore_conflicts=True)  # a final state is written once


def _judge(record: Record, postings: list[Posting]) -> Report:
    refused = next((p for p in postings if p.state == PostingState.REFUSED), None)
    if refused:
        return failed(record, refused.failure, refused.subject, refused.reason, refused.incident_id)
    main = next((p for p in postings if p.part == Part.DOCUMENT and p.state == PostingState.POSTED), None)
    if main is None:
        return _report(record, ReportOutcome.SKIPPED, reason=postings[0].reason)
    if main.digest != record.digest:
        why = changed_since(main)
        return failed(record, why.failure, why.subject, why.sentence)
    left = next((p for p in postings if p.state == PostingState.SKIPPED and not _is_replaced(p, postings)), None)
    if left:
        return _report(record, ReportOutcome.SKIPPED, reason=left.reason)
    there = main.posted_at is not None and main.posted_at < record.job.noticed_at
    outcome = ReportOutcome.ALREADY_THERE if there else ReportOutcome.POSTED
    report = _report(record, outcome, document_id=main.document_id, document_url=main.document_url)
    report.amount = _signed_as(record, main.document_total)
    return report


def changed_since(posted: Posting) -> RefuseRecord:
    sentence = CHANGED.format(number=posted.document_number or posted.reference)
    return RefuseRecord(sentence, failure=FailureClass.DUPLICATE_ALREADY_POSTED, subject="document")


def _is_replaced(posting: Posting, postings: list[Posting]) -> bool:
    return any(other.part == posting.part and other.revision > posting.revision for other in postings)


def _signed_as(record: Record, total: Decimal | None) -> Decimal | None:
    """Documents' totals are positive; the record's sign says which way the money went."""
    return -total if total is not None and record.amount is not None and record.amount < 0 else total


def failed(record: Record, failure: str, subject: str, reason: str, incident_id: UUID | None = None) -> Report:
    why = {"failure": failure, "subject": subject[:200], "reason": reason}
    return _report(record, ReportOutcome.FAILED, **why, incident_id=incident_id)


def _report(record: Record, outcome: ReportOutcome, **fields: str | UUID | None) -> Report:
    return Report(tenant_id=record.tenant_id, record=record, outcome=outcome, **fields)
