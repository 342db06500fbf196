"""Plan: records become postings, or fail now with their reason. Nothing is sent."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from django.db.models import Exists, OuterRef

from connectors.kit.documents import Document, Key, Part
from connectors.kit.errors import RefuseRecord
from connectors.kit.failures import FailureClass
from database.acting import acting_for
from exports import deciding
from exports.models import Posting, PostingState, Record, Report
from exports.trip import Trip
from jobs.handlers import Again, Next

log = structlog.get_logger()

CHUNK = 200
OPEN_FOR_PLANNING = {
    PostingState.PLANNED,
    PostingState.WAITING,
    PostingState.REFUSED,
    PostingState.SKIPPED,
}


@dataclass(frozen=True)
class Planned:
    record: Record
    documents: tuple[Document, ...] = ()
    refusal: RefuseRecord | None = None


def plan(trip: Trip) -> Next | None:
    while records := _unplanned(trip):
        planned = [_plan(trip, record) for record in records]
        with acting_for(trip.tenant_id):
            trip.current.hold()
            _write(trip, planned)
        trip.current.progress = True
        if trip.current.is_over:
            return Again()
    return None


def _unplanned(trip: Trip) -> Sequence[Record]:
    with acting_for(trip.tenant_id):
        mine = Record.objects.filter(job=trip.job)
        decided = Exists(Report.objects.filter(record=OuterRef("pk")))
        posted = Exists(Posting.objects.filter(record=OuterRef("pk")).exclude(part=Part.VENDOR))
        return list(mine.exclude(decided).exclude(posted).order_by("position")[:CHUNK])


def _plan(trip: Trip, record: Record) -> Planned:
    try:
        return Planned(record, trip.documents(record))
    except RefuseRecord as refusal:
        return Planned(record, refusal=refusal)
    except Exception as crash:
        # One poisonous record fails alone; the others go on.
        log.exception("plan.crashed", record=str(record.pk))
        sentence = "Causeway could not plan this entry. It is our fault; the reference is the record's number."
        failure = FailureClass.CODE_CRASH
        return Planned(record, refusal=RefuseRecord(sentence, failure=failure, subject=type(crash).__name__))


def _write(trip: Trip, planned: Sequence[Planned]) -> None:
    wanted = {document.key: (one.record, document) for one in planned for document in one.documents}
    rows = {
        Key(row.entry, Part(row.part)): row
        for row in Posting.objects.select_for_update(of=("self",))
        .filter(books=trip.installation.books, entry__in={key.entry for key in wanted})
        .order_by("revision")  # the newest revision stays
    }
    fresh: list[Posting] = []
    for key, (record, document) in wanted.items():
        if key in rows:
            _plan_again(rows[key], record, key)
        else:
            rows[key] = new_posting(trip, record, document, rows)
            fresh.append(rows[key])
    Posting.objects.bulk_create(fresh)
    for one in planned:
        if one.refusal:
            deciding.refuse(trip, one.record, one.refusal)
    deciding.decide(trip, [one.record for one in planned if not one.refusal])


def new_posting(trip: Trip, record: Record, document: Document, rows: dict[Key, Posting]) -> Posting:
    return Posting(
        tenant_id=trip.tenant_id,
        books=trip.installation.books,
        entry=document.key.entry,
        part=document.key.part,
        revision=document.revision,
        record=record,
        digest=record.digest,
        needs=rows[document.needs] if document.needs else None,
        kind=document.kind,
        reference=document.reference,
        amount=document.total.amount if document.total else None,
        currency=document.total.currency if document.total else "",
    )


def _plan_again(row: Posting, record: Record, key: Key) -> None:
    """An entry that comes in a new job. A posted or uncertain one keeps what it was planned from."""
    if key.part is Part.VENDOR:
        if row.state in OPEN_FOR_PLANNING:
            _reset(row, record)
        return
    row.record = record
    if row.state in OPEN_FOR_PLANNING:
        _reset(row, record)
    else:
        row.save(update_fields=["record"])


def _reset(row: Posting, record: Record) -> None:
    row.record, row.digest, row.state, row.incident = record, record.digest, PostingState.PLANNED, None
    row.failure = row.reason = row.words = ""
    row.save()
