"""Receipts: their rows, and who waits for them. Written inside `acting_for`."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from connectors.kit.documents import Document, Kind, Part
from connectors.kit.errors import RefuseFile, RefuseRecord
from connectors.kit.failures import FailureClass
from connectors.kit.settings import Receipts
from exports.models import ExportJob, Posting, PostingState, Receipt, ReceiptState, Record, Report, ReportOutcome
from exports.trip import Trip, now
from incidents import services as incidents
from jobs import services as jobs
from jobs.models import TriggerKind
from jobs.slices import pause

KIND = "receipts"  # the run that goes on with them after the job
OPEN = (ReceiptState.WANTED, ReceiptState.STORED)
KEPT = timedelta(days=settings.RECEIPT_DAYS)
AT_MOST = 2 * KEPT  # whatever becomes of the job: one that waits for somebody keeps nothing for ever
VAIN_AT_MOST = 3  # in a row: then receipts wait for another time, and all else goes on
SHORTEST_LOOK, LONGEST_LOOK = timedelta(seconds=1), timedelta(seconds=30)
IN_THE_ERP = (ReportOutcome.POSTED, ReportOutcome.ALREADY_THERE)
PATIENCE = timedelta(minutes=10)  # for so long an entry's report waits for its receipts
TOO_BIG = "The receipt has {size:.1f} MB, and the ERP takes {most:.0f} MB on such a document."
TOO_MANY = "The ERP takes {most} receipts on a document."
NO_DOCUMENT = "The ERP takes no receipts on such a document."
CANCELLED = (
    "The export was cancelled before the receipt was attached. Retry the job's receipts, or attach it by hand."
)
MISSED = "The job ended before the receipt could be fetched."
MISSING = "Receipt {place} is missing, and entries without their receipts are not posted. {reason}"


def policy(trip: Trip) -> Receipts:
    return trip.target.settings.receipts if trip.target.attachable else Receipts.LEAVE_OUT


def of_job(trip: Trip) -> QuerySet[Receipt]:
    return Receipt.objects.filter(record__job=trip.job)


def to_come(job: ExportJob) -> QuerySet[Receipt]:
    """What goes to the ERP still. Inside `acting_for`."""
    return Receipt.objects.filter(record__job=job, state__in=OPEN)


def holding_up() -> Q:
    """For reports of posted records: a receipt is still on its way, and the patience for it is not over."""
    on_their_way = Receipt.objects.filter(record=OuterRef("record"), state__in=OPEN)
    return Q(Exists(on_their_way), decided_at__gt=Now() - PATIENCE, outcome__in=IN_THE_ERP)


def next_look(trip: Trip) -> timedelta | None:
    """When to look again, while receipts hold up reports or required ones are still to come. Inside `acting_for`."""
    held = Report.objects.filter(job=trip.job, told_at=None).filter(holding_up())
    of_held = of_job(trip).filter(state__in=OPEN, record__in=held.values("record"))
    due = [due_in(some) for some in (of_held, still_required(trip)) if some.exists()]
    return min(*due, LONGEST_LOOK) if due else None


def still_required(trip: Trip) -> QuerySet[Receipt]:
    """What has to come before its record may be planned."""
    wanted = of_job(trip).filter(state=ReceiptState.WANTED, record__report=None)
    return wanted if policy(trip) is Receipts.REQUIRE else wanted.none()


def due_in(some: QuerySet[Receipt]) -> timedelta:
    """Until the first of them is tried again; at least a second. Inside `acting_for`."""
    first = some.order_by("next_at").values_list("next_at", flat=True).first()
    return max(first - now(), SHORTEST_LOOK) if first else SHORTEST_LOOK


def after_the_end(trip: Trip) -> None:
    """Of an ended job nothing can be fetched any more; what is stored for a posted record goes on by a run of its
    own. Inside `acting_for`, after what goes nowhere was left out."""
    mine = of_job(trip)
    missed = mine.filter(state=ReceiptState.WANTED).update(
        state=ReceiptState.FAILED, subject="download", reason=MISSED, delete_at=Now()
    )
    if missed:
        told_failed(trip, RefuseFile(MISSED, subject="download"), trip.installation.source_id)
    if mine.filter(state=ReceiptState.STORED).exists():
        job = trip.job
        keys = job.installation.keys
        jobs.open_run(job.tenant_id, KIND, job.pk, lane=job.pk, keys=keys, trigger=TriggerKind.SCHEDULE)


def cancel(job: ExportJob) -> None:
    """Nothing more goes to the ERP. Inside `acting_for`."""
    left = Receipt.objects.filter(_of_posted(), record__job=job, state__in=OPEN)
    left.update(state=ReceiptState.FAILED, subject="upload", reason=CANCELLED, delete_at=now() + KEPT)


def _of_posted() -> Exists:
    posted = Posting.objects.filter(record=OuterRef("record"), part=Part.DOCUMENT, state=PostingState.POSTED)
    return Exists(posted)


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


def put_off(due: QuerySet[Receipt]) -> None:
    """What was in vain for several is not tried with all the others too. Inside `acting_for`."""
    attempts = due.aggregate(most=Max("attempts"))["most"] or 1
    some = due.filter(next_at__lte=now())
    some.update(next_at=now() + pause(attempts), trouble_at=Coalesce("trouble_at", now()))


def is_beyond_patience(receipt: Receipt) -> bool:
    return receipt.trouble_at is not None and now() - receipt.trouble_at > PATIENCE


def refusal_of(trip: Trip, record: Record, documents: Sequence[Document]) -> RefuseRecord | None:
    """Where receipts are required: why the record cannot be posted with them. Inside `acting_for`."""
    if policy(trip) is not Receipts.REQUIRE:
        return None
    main = next(document for document in documents if document.key.part is Part.DOCUMENT)
    if main.kind not in trip.target.attachable:  # what cannot be had is not required
        return None
    for receipt in record.receipts.all():
        if receipt.state == ReceiptState.FAILED:
            why: RefuseFile | None = RefuseFile(receipt.reason, subject=receipt.subject)
        else:
            why = unfit(trip, receipt, main.kind)
        if why:
            sentence = MISSING.format(place=receipt.place, reason=why.sentence)
            return RefuseRecord(sentence, failure=FailureClass.ATTACHMENT_FAILED, subject=why.subject)
    return None


def unfit(trip: Trip, receipt: Receipt, kind: Kind) -> RefuseFile | None:
    """Why the ERP would not take it on a document of this kind."""
    most, size = trip.target.attachable.get(kind), receipt.size or 0
    if most is None:
        return RefuseFile(NO_DOCUMENT, subject="upload")
    if receipt.place > trip.target.attachments_at_most:
        return RefuseFile(TOO_MANY.format(most=trip.target.attachments_at_most), subject="upload")
    if size > most:
        return RefuseFile(TOO_BIG.format(size=size / 1e6, most=most / 1e6), subject="size")
    return None
