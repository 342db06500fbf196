"""Fetch: every page is stored before anything is posted. After the job has ended nothing can be read again."""

from collections.abc import Sequence
from hashlib import sha256

import structlog

from connectors.kit import exact_json
from connectors.kit.connector import Source
from connectors.kit.errors import ContractBroken, RefuseRecord
from connectors.kit.records import FetchedRecord
from database.acting import acting_for
from exports.models import ExportJob, Receipt, Record
from exports.trip import Trip, now
from jobs.handlers import Next

log = structlog.get_logger()


def fetch(trip: Trip) -> Next | None:
    """The control layer says what there must be, the data layer brings it."""
    if trip.job.fetched_at:
        return None
    wanted = set(trip.source.entries(trip.remote))
    brought: set[str] = set()
    for page in trip.source.records(trip.remote):
        _store(trip, page, first=len(brought))
        brought |= {one.entry for one in page}
    if brought != wanted or len(wanted) != trip.job.announced:
        raise ContractBroken(
            "The source's lists do not agree with each other.",
            words=f"announced {trip.job.announced}, listed {len(wanted)}, sent {len(brought)}",
        )
    with acting_for(trip.tenant_id):
        trip.current.hold()
        trip.job.fetched_at = now()
        trip.job.save(update_fields=["fetched_at"])
    trip.current.progress = True
    return None


def _store(trip: Trip, page: Sequence[FetchedRecord], first: int) -> None:
    rows = [row_of(trip.job, trip.source, one, first + n) for n, one in enumerate(page)]
    with acting_for(trip.tenant_id):
        trip.current.hold()
        Record.objects.bulk_create(rows, ignore_conflicts=True)
        _note_receipts(trip, page)


def _note_receipts(trip: Trip, page: Sequence[FetchedRecord]) -> None:
    """What is to be fetched; the addresses themselves are secrets and are not kept."""
    files = {one.entry: one.files for one in page if one.files}
    known = Record.objects.filter(job=trip.job, entry__in=files).values_list("entry", "pk")
    receipts = [
        Receipt(
            tenant_id=trip.tenant_id,
            record_id=pk,
            place=file.place,
            told_type=file.type[:100],
            told_size=file.size,
        )
        for entry, pk in known
        for file in files[entry]
    ]
    Receipt.objects.bulk_create(receipts, ignore_conflicts=True)


def row_of(job: ExportJob, source: Source, fetched: FetchedRecord, position: int) -> Record:
    """Not saved yet."""
    payload = exact_json.dumps(fetched.payload)
    row = Record(
        tenant_id=job.tenant_id,
        job=job,
        position=position,
        entry=fetched.entry,
        payload=payload,
        digest=sha256(payload.encode()).hexdigest(),
    )
    describe(row, source, fetched)
    return row


def describe(row: Record, source: Source, fetched: FetchedRecord) -> None:
    """What lists show of the record. One that cannot be understood is kept all the same, and fails when planned."""
    try:
        record = source.interpret(fetched.payload)
    except Exception as error:
        if not isinstance(error, RefuseRecord):
            log.exception("record.unreadable", entry=row.entry)
        row.summary = "Entry that cannot be read"
        return
    who = record.vendor or record.supplier or record.employee
    parts = [who.name if who else "", record.note]
    said = " · ".join(part for part in parts if part) or record.kind.replace("_", " ").capitalize()
    row.summary = said[:300].replace("\x00", "")
    row.kind, row.dated = record.kind[:50], record.date
    row.book_id = record.book_id[:100].replace("\x00", "")
    row.amount, row.currency = record.amount.amount, record.amount.currency[:10]
