"""Receipts: their rows and their private files. Rows are written inside `acting_for`; files outside of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from tempfile import NamedTemporaryFile
from typing import IO
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.db.models import Exists, OuterRef, Q, QuerySet

from connectors.kit.connector import Receipts
from connectors.kit.documents import Document, Part
from connectors.kit.errors import RefuseFile, RefuseRecord
from connectors.kit.failures import FailureClass
from database.acting import across_tenants
from exports.models import Posting, PostingState, Receipt, ReceiptState, Record, Report, ReportOutcome
from exports.trip import Trip, now
from incidents import services as incidents
from jobs import services as jobs
from jobs.models import TriggerKind
from jobs.slices import pause

KIND = "receipts"  # the run that goes on with them after the job
OPEN = (ReceiptState.WANTED, ReceiptState.STORED)
KEPT = timedelta(days=settings.RECEIPT_DAYS)
DELETED_AT_ONCE = 200
SHORTEST_LOOK, LONGEST_LOOK = timedelta(seconds=1), timedelta(seconds=30)
IN_THE_ERP = (ReportOutcome.POSTED, ReportOutcome.ALREADY_THERE)
PATIENCE = timedelta(minutes=10)  # for so long an entry's report waits for its receipts
MISSED = "The job ended before the receipt could be fetched."
MISSING = "Receipt {place} is missing, and entries without their receipts are not posted. {reason}"


def policy(trip: Trip) -> Receipts:
    return trip.target.settings.receipts if trip.target.attachable else Receipts.LEAVE_OUT


def of_job(trip: Trip) -> QuerySet[Receipt]:
    return Receipt.objects.filter(record__job=trip.job)


def holding_up() -> Q:
    """For reports of posted records: a receipt is still on its way, and the patience for it is not over."""
    on_their_way = Receipt.objects.filter(record=OuterRef("record"), state__in=OPEN)
    return Q(Exists(on_their_way), decided_at__gt=now() - PATIENCE, outcome__in=IN_THE_ERP)


def next_look(trip: Trip) -> timedelta | None:
    """When to look again, while receipts hold up reports or required ones are still to come. Inside `acting_for`."""
    held = Report.objects.filter(job=trip.job, told_at=None).filter(holding_up())
    waiting = of_job(trip).filter(state=ReceiptState.WANTED, record__report=None)
    if not held.exists() and not (policy(trip) is Receipts.REQUIRE and waiting.exists()):
        return None
    return min(due_in(of_job(trip).filter(state__in=OPEN)), LONGEST_LOOK)


def due_in(some: QuerySet[Receipt]) -> timedelta:
    """Until the first of them is tried again; at least a second. Inside `acting_for`."""
    first = some.order_by("next_at").values_list("next_at", flat=True).first()
    return max(first - now(), SHORTEST_LOOK) if first else SHORTEST_LOOK


def after_the_end(trip: Trip) -> None:
    """Of an ended job nothing can be fetched any more; what is stored for a posted record goes on by a run of its
    own. Inside `acting_for`."""
    mine = of_job(trip)
    of_posted = Exists(
        Posting.objects.filter(record=OuterRef("record"), part=Part.DOCUMENT, state=PostingState.POSTED)
    )
    mine.filter(state__in=OPEN).exclude(of_posted).update(state=ReceiptState.LEFT_OUT, delete_at=now())
    missed = mine.filter(state=ReceiptState.WANTED).update(
        state=ReceiptState.FAILED, subject="download", reason=MISSED
    )
    if missed:
        told_failed(trip, RefuseFile(MISSED, subject="download"), trip.installation.source_id)
    if mine.filter(state=ReceiptState.STORED).exists():
        job = trip.job
        jobs.open_run(job.tenant_id, KIND, job.pk, lane=job.pk, trigger=TriggerKind.SCHEDULE)


def failed(receipt: Receipt, why: RefuseFile) -> None:
    """For good, unless a person has it tried again while its file is still there."""
    receipt.state, receipt.subject = ReceiptState.FAILED, why.subject
    receipt.reason, receipt.words = why.sentence, why.words[:2000]
    receipt.delete_at = now() + KEPT
    receipt.save()


def told_failed(
    trip: Trip, why: RefuseFile, connection_id: UUID, failure: FailureClass = FailureClass.ATTACHMENT_FAILED
) -> None:
    """One incident for all receipts that fail alike. Inside `acting_for`."""
    incidents.open_incident(
        trip.tenant_id,
        failure,
        about=f"{trip.installation.pk}:{why.subject}",
        sentence=f"Receipts could not be attached. {why.sentence} Their documents stand; attach them by hand.",
        words=why.words,
        connection_id=connection_id,
    )


def tried(receipt: Receipt, sentence: str, words: str = "") -> None:
    """In vain; it is tried again after a while that grows."""
    receipt.attempts += 1
    receipt.trouble_at = receipt.trouble_at or now()
    receipt.next_at = now() + pause(receipt.attempts)
    receipt.reason, receipt.words = sentence, words[:2000]
    receipt.save()


def is_beyond_patience(receipt: Receipt) -> bool:
    return receipt.trouble_at is not None and now() - receipt.trouble_at > PATIENCE


def refusal_of(trip: Trip, record: Record, documents: Sequence[Document]) -> RefuseRecord | None:
    """Where receipts are required: why the record cannot be posted with them. Inside `acting_for`."""
    if policy(trip) is not Receipts.REQUIRE:
        return None
    main = next(document for document in documents if document.key.part is Part.DOCUMENT)
    at_most = trip.target.attachable.get(main.kind, 0)
    for receipt in record.receipts.all():
        subject, reason = receipt.subject, receipt.reason
        if receipt.state == ReceiptState.STORED and (receipt.size or 0) > at_most:
            subject, reason = "size", f"It is larger than the {at_most / 1_000_000:.0f} MB that the ERP takes."
        elif receipt.state != ReceiptState.FAILED:
            continue
        sentence = MISSING.format(place=receipt.place, reason=reason)
        return RefuseRecord(sentence, failure=FailureClass.ATTACHMENT_FAILED, subject=subject)
    return None


@contextmanager
def arriving() -> Iterator[IO[bytes]]:
    """A file of its own until it is known to be whole; gone afterwards, whatever happens."""
    with NamedTemporaryFile(prefix="receipt-") as file:
        yield file


def keep(receipt: Receipt, arrived: IO[bytes], extension: str) -> str:
    """Moves a whole file into the private storage; its name there."""
    arrived.seek(0)
    name = f"{receipt.tenant_id}/{receipt.record_id}/{receipt.pk}.{extension}"
    storage = storages["receipts"]
    storage.delete(name)  # of an attempt that died before it was written down
    return storage.save(name, File(arrived))


def read(receipt: Receipt) -> bytes:
    """Raises RefuseFile if the file is not there any more."""
    try:
        with storages["receipts"].open(receipt.file) as file:
            return bytes(file.read())
    except (FileNotFoundError, ValueError) as error:
        raise RefuseFile("The stored receipt is gone.", subject="download") from error


def sweep() -> None:
    """Deletes stored files whose time is over; a crash between the two leaves a row that is looked at again."""
    with across_tenants("stored receipts of every tenant are deleted after their time"):
        due = Receipt.objects.filter(delete_at__lte=now()).exclude(file="")
        names = dict(due.values_list("pk", "file")[:DELETED_AT_ONCE])
    for name in names.values():
        storages["receipts"].delete(name)
    if names:
        with across_tenants("the same, written down"):
            Receipt.objects.filter(pk__in=names).update(file="")
