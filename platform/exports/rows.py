"""A posting's row and the document that its record becomes. Planning is pure: the same row, the same document."""

from dataclasses import replace

from django.db.models import QuerySet

from connectors.kit.documents import Document, Key, Part
from exports.models import Posting, PostingState, Record
from exports.trip import Trip


def own(trip: Trip) -> QuerySet[Posting]:
    """What the job's entries become, without the vendors that they need: those are shared between jobs."""
    return Posting.objects.filter(record__job=trip.job).exclude(part=Part.VENDOR)


def needed(by: QuerySet[Posting]) -> QuerySet[Posting]:
    """The vendors that these need, whichever job planned them."""
    return Posting.objects.filter(pk__in=by.exclude(needs=None).values("needs"))


def new(trip: Trip, record: Record, document: Document, needs: Posting | None) -> Posting:
    row = Posting(
        tenant_id=trip.tenant_id,
        books=trip.installation.books,
        entry=document.key.entry,
        part=document.key.part,
        revision=document.revision,
    )
    plan(row, record, document, needs)
    return row


def plan(row: Posting, record: Record, document: Document, needs: Posting | None) -> None:
    """All that follows from the record; it may have been corrected since the row was planned first."""
    row.record, row.digest, row.needs = record, record.digest, needs
    row.kind, row.reference = document.kind, document.reference
    row.amount = document.total.amount if document.total else None
    row.currency = document.total.currency if document.total else ""
    row.state, row.incident = PostingState.PLANNED, None
    row.failure = row.reason = row.words = ""


def key_of(row: Posting) -> Key:
    return Key(row.entry, Part(row.part))


def document_in_revision(trip: Trip, record: Record, key: Key, revision: int) -> Document:
    return next(document for document in trip.documents(record, revision) if document.key == key)


def document_of(trip: Trip, row: Posting) -> Document:
    """Under the reference that the vendor was given, whatever the entry's number has become since."""
    return replace(document_in_revision(trip, row.record, key_of(row), row.revision), reference=row.reference)
