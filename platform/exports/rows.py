"""A posting's row and the document that its record becomes. Planning is pure: the same row, the same document."""

from collections.abc import Iterable, Set
from dataclasses import replace
from uuid import UUID

from django.db.models import Q, QuerySet

from connectors.kit.documents import ASIDE, Document, Key, Kind, Part
from connectors.kit.errors import RefuseRecord, SkipRecord
from connectors.kit.failures import FailureClass
from exports.models import ExportJob, Posting, PostingState, Record, SubmissionPosting, SubmissionState
from exports.trip import Trip

NO_LONGER = "With the settings of today this entry no longer becomes what was planned. Export it again."


def own(trip: Trip) -> QuerySet[Posting]:
    """What the job's entries become, without the vendors that they need: those are shared between jobs."""
    return Posting.objects.filter(record__job=trip.job).exclude(part__in=ASIDE)


def undecided(trip: Trip) -> list[Record]:
    """The job's records of which nothing is reported."""
    return list(Record.objects.filter(job=trip.job, report=None))


def planned(trip: Trip) -> QuerySet[Posting]:
    return own(trip).filter(state=PostingState.PLANNED)


def needed(by: QuerySet[Posting]) -> QuerySet[Posting]:
    """The vendors that these need, whichever job planned them."""
    return Posting.objects.filter(pk__in=by.exclude(needs=None).values("needs"), part=Part.VENDOR)


def by_alias(job: ExportJob, aliases: Set[str]) -> dict[str, Posting]:
    """The newest posting of the job's books that has the alias, and that is in the ERP or still to come by the same
    job: what another job has planned may never come."""
    there = Posting.objects.filter(books=job.installation.books, alias__in=aliases)
    there = there.filter(Q(state=PostingState.POSTED) | Q(record__job=job)).exclude(
        state__in=[PostingState.REFUSED, PostingState.SKIPPED]
    )
    return {row.alias: row for row in there.order_by("created_at", "revision")}


def uploaded(job: ExportJob, entries: Iterable[str]) -> dict[tuple[str, int], str]:
    """By entry and revision, what the receipts of a document are in the ERP before it."""
    there = Posting.objects.filter(books=job.installation.books, entry__in=entries, part=Part.ATTACHMENT)
    there = there.filter(state=PostingState.POSTED)
    return {(row.entry, row.revision): row.document_id for row in there}


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


def plan(row: Posting, record: Record, document: Document, needs: Posting | None, *, sent: bool = False) -> None:
    """All that follows from the record; it may have been corrected since the row was planned first.

    `sent`: something was sent for the row before. What may be in the ERP is of that kind, is found under that
    reference and was made from the record of that time, until something newer is sent.
    """
    row.record, row.needs, row.alias = record, needs, document.alias
    if not sent:
        row.digest, row.reference, row.kind = record.digest, document.reference, document.kind
    row.amount = document.total.amount if document.total else None
    row.currency = document.total.currency if document.total else ""
    row.state, row.incident = PostingState.PLANNED, None
    row.failure = row.subject = row.reason = row.words = ""


def key_of(row: Posting) -> Key:
    return Key(row.entry, Part(row.part))


def sent_before(rows: Iterable[Posting]) -> set[UUID]:
    """Those of which, whatever the vendor said then, something may be there: a refused draft, a document nobody saw.

    Asked by id: as a part of a larger question PostgreSQL may look through all that the tenant has ever sent.
    """
    sent = SubmissionPosting.objects.filter(posting__in=[row.pk for row in rows])
    return set(sent.exclude(submission__state=SubmissionState.NOT_SENT).values_list("posting_id", flat=True))


def needed_key(document: Document) -> Key | None:
    """Under which `Target.requests` is given the id of what the document needs."""
    return Key(document.needs_alias, Part.DOCUMENT) if document.needs_alias else document.needs


def document_in_revision(trip: Trip, record: Record, key: Key, revision: int) -> Document:
    """As it is sent today. Raises RefuseRecord if the record no longer becomes it (other version or settings)."""
    try:
        documents = trip.documents(record, revision)
    except SkipRecord as skip:
        raise RefuseRecord(skip.sentence, failure=FailureClass.CONFIG_INVALID, subject="plan") from skip
    for document in documents:
        if document.key == key:
            return document
    raise RefuseRecord(NO_LONGER, failure=FailureClass.CONFIG_INVALID, subject="plan")


def as_posted(row: Posting) -> Document:
    """What is in the ERP, whatever its record becomes by now: enough to ask for it and to attach to it."""
    return Document(key_of(row), row.revision, Kind(row.kind), row.reference, None, row.record.dated, {})


def document_of(trip: Trip, row: Posting) -> Document:
    """As it was sent: of the kind and under the reference that the vendor was given, whatever both have become. What
    the row needs must be loaded."""
    document = document_in_revision(trip, row.record, key_of(row), row.revision)
    return as_sent(document, row, row.needs.document_id if row.needs else "")


def as_sent(document: Document, row: Posting, needed_id: str = "") -> Document:
    return replace(document, reference=row.reference, kind=Kind(row.kind), needed_id=needed_id)
