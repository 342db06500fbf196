"""Attach: stored receipts go to the documents that were posted. A step of its own, with a retry path of its own.

Attaching may be repeated, as its connector sees to it that nothing is there twice.
"""

from collections.abc import Sequence

from django.db.models.functions import Now

from connectors.kit.documents import Attachment, Kind, Part
from connectors.kit.errors import AskForPermission, ContractBroken, OutcomeUnknown, RefuseFile, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.http import Answer, Request
from connectors.kit.steps import take
from database.acting import acting_for
from exports import leaving_out, receipt_files, receipts, rows
from exports.models import Posting, PostingState, Receipt, ReceiptState
from exports.places import OfTrip
from exports.receipts import VAIN_AT_MOST
from exports.trip import Trip
from jobs.failpoints import failpoint

CHUNK = 50
AGAIN = (TryLater, OutcomeUnknown, ContractBroken)


def attach(trip: Trip) -> None:
    """What is due. Raises RateLimited and Reconnect, which concern everything; all other trouble is the receipt's."""
    with acting_for(trip.tenant_id):
        if not receipts.to_come(trip.job).exists():
            return
        trip.current.hold()
        leaving_out.without_a_place(trip)
    vain = 0
    while due := _due(trip):
        for receipt, posting in due:
            vain = 0 if _attach(trip, receipt, posting) else vain + 1
            if vain == VAIN_AT_MOST or (vain and trip.current.is_over):
                _put_off(trip)
            if vain == VAIN_AT_MOST or trip.current.is_over:
                return


def _put_off(trip: Trip) -> None:
    with acting_for(trip.tenant_id):
        trip.current.hold()
        receipts.put_off(receipts.of_job(trip).filter(state=ReceiptState.STORED))


def _due(trip: Trip) -> Sequence[tuple[Receipt, Posting]]:
    """With the document of each receipt's record."""
    with acting_for(trip.tenant_id):
        ready = receipts.of_job(trip).filter(
            state=ReceiptState.STORED,
            next_at__lte=Now(),
            record__postings__part=Part.DOCUMENT,
            record__postings__state=PostingState.POSTED,
        )
        ready = ready.select_related("record").defer("record__payload")
        chosen = list(ready.order_by("next_at", "record__position", "place").distinct()[:CHUNK])
        posted = Posting.objects.filter(
            record__in=[receipt.record_id for receipt in chosen], part=Part.DOCUMENT, state=PostingState.POSTED
        )
        posted = posted.select_related("record").defer("record__payload")
        documents = {posting.record_id: posting for posting in posted.order_by("revision")}
    return [(receipt, documents[receipt.record_id]) for receipt in chosen]


def _attach(trip: Trip, receipt: Receipt, posting: Posting) -> bool:
    """False: in vain, for now."""
    if _is_there(trip, receipt, posting):
        _attached(trip, receipt, posting)
        return True
    try:
        if unfit := receipts.unfit(trip, receipt, Kind(posting.kind)):
            raise unfit
        _send(trip, receipt, posting)
    except RefuseFile as refusal:
        _failed(trip, receipt, FailureClass.ATTACHMENT_FAILED, refusal)
        return True
    except AskForPermission as missing:
        why = RefuseFile(missing.sentence, subject="upload", words=missing.words)
        _failed(trip, receipt, missing.failure, why)
        return True
    except AGAIN as error:
        if isinstance(error, TryLater) and error.failure == FailureClass.RATE_LIMITED:
            raise
        with acting_for(trip.tenant_id):
            trip.current.hold()
            receipts.tried(receipt, error.sentence, error.words)
        return False
    _attached(trip, receipt, posting)
    return True


def _send(trip: Trip, receipt: Receipt, posting: Posting) -> None:
    body = receipt_files.read(receipt)
    attachment = Attachment(receipt.record.entry, receipt.place, receipt.extension, receipt.type, body)

    def send(request: Request) -> Answer:
        trip.current.check()
        answer = trip.target.client.send(request)
        failpoint(OfTrip.AFTER_ATTACH)
        return answer

    take(trip.target.attach(rows.as_posted(posting), posting.document_id, attachment), send)


def _is_there(trip: Trip, receipt: Receipt, posting: Posting) -> bool:
    """Its document was made with it (one that was only found may have been made before), or an earlier job has
    attached the same file to the same document."""
    if receipt.document_id and not posting.adopted:
        return True
    with acting_for(trip.tenant_id):
        return Receipt.objects.filter(
            state=ReceiptState.ATTACHED,
            document_id=posting.document_id,
            record__entry=receipt.record.entry,
            place=receipt.place,
            digest=receipt.digest,
        ).exists()


def _attached(trip: Trip, receipt: Receipt, posting: Posting) -> None:
    with acting_for(trip.tenant_id):
        trip.current.hold()
        receipt.state, receipt.document_id = ReceiptState.ATTACHED, posting.document_id
        receipt.attached_at, receipt.trouble_at, receipt.attempts = trip.current.at, None, 0
        receipt.delete_at = trip.current.at + receipts.KEPT
        receipt.reason = receipt.words = ""
        receipt.save()
    trip.current.progress = True


def _failed(trip: Trip, receipt: Receipt, failure: FailureClass, why: RefuseFile) -> None:
    with acting_for(trip.tenant_id):
        trip.current.hold()
        give_up(trip, receipt, failure, why)


def give_up(trip: Trip, receipt: Receipt, failure: FailureClass, why: RefuseFile) -> None:
    """Its document stands; a person may attach the receipt. Inside `acting_for`."""
    receipts.failed(receipt, why)
    receipts.told_failed(trip, why, trip.installation.target_id, failure)
