"""Plan: records become postings, or fail now with their reason. Nothing is sent."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from django.db.models import Exists, OuterRef

from connectors.kit.documents import Document, Part
from connectors.kit.errors import RefuseRecord
from connectors.kit.failures import FailureClass
from database.acting import acting_for
from exports import deciding, rows
from exports.models import Posting, PostingState, Record, Report
from exports.trip import Trip
from jobs.handlers import Again, Next

log = structlog.get_logger()

CHUNK = 200
NOTHING = "The connector makes no document of this entry. Tell its developer."
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
        return Planned(record, _documents(trip, record))
    except RefuseRecord as refusal:
        return Planned(record, refusal=refusal)
    except Exception as crash:
        # One poisonous record fails alone; the others go on.
        log.exception("plan.crashed", record=str(record.pk))
        sentence = "Causeway could not plan this entry. It is our fault; the reference is the record's number."
        failure = FailureClass.CODE_CRASH
        return Planned(record, refusal=RefuseRecord(sentence, failure=failure, subject=type(crash).__name__))


def _documents(trip: Trip, record: Record) -> tuple[Document, ...]:
    documents = trip.documents(record)
    if all(document.key.part is Part.VENDOR for document in documents):
        raise RefuseRecord(NOTHING, failure=FailureClass.CODE_CRASH, subject="plan")
    return documents


def _write(trip: Trip, planned: Sequence[Planned]) -> None:
    wanted = {document.key: (one.record, document) for one in planned for document in one.documents}
    entries = {key.entry for key in wanted}
    there = Posting.objects.filter(books=trip.installation.books, entry__in=entries).order_by("revision")
    known = {rows.key_of(row): row for row in there.select_for_update(of=("self",))}  # the newest revision stays
    sent = set(there.filter(Exists(rows.sent_before())).values_list("pk", flat=True))
    fresh: list[Posting] = []
    for key, (record, document) in wanted.items():
        needs = known[document.needs] if document.needs else None
        if key in known:
            _plan_again(trip, known[key], record, document, needs, sent=known[key].pk in sent)
        else:
            known[key] = rows.new(trip, record, document, needs)
            fresh.append(known[key])
    Posting.objects.bulk_create(fresh)
    for one in planned:
        if one.refusal:
            deciding.refuse(trip, one.record, one.refusal)
    deciding.decide(trip, [one.record for one in planned if not one.refusal])


def _plan_again(
    trip: Trip, row: Posting, record: Record, document: Document, needs: Posting | None, *, sent: bool
) -> None:
    """An entry that comes in a new job. A posted or uncertain one keeps what it was planned from."""
    if row.state in OPEN_FOR_PLANNING:
        if row.revision != document.revision:
            document = rows.document_in_revision(trip, record, document.key, row.revision)
        rows.plan(row, record, document, needs, sent=sent)
        row.save()
    elif row.part != Part.VENDOR:
        row.record = record
        row.save(update_fields=["record"])
