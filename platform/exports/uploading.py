"""Upload: where an ERP wants receipts before their document, they go there first, as their own line of the ledger.

The line is committed before the calls, what came of them after. They may be repeated, as the connector looks for what
is there already. In trouble the document does not wait: it is made without, and its receipts follow (`attaching`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from connectors.kit.documents import Attachment, Document, Found, Key, Kind, Part
from connectors.kit.errors import AskForPermission, ConnectorError, OutcomeUnknown, RefuseFile, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.http import Answer, Request
from connectors.kit.settings import Receipts
from connectors.kit.steps import take
from database.acting import acting_for
from exports import receipt_files, receipts, rows
from exports.attaching import AGAIN
from exports.living import listen
from exports.models import Posting, PostingState, Receipt, ReceiptState
from exports.places import OfTrip
from exports.trip import Trip, now
from jobs.failpoints import failpoint

Pair = tuple[Posting, Document]
UNFINISHED = (PostingState.PLANNED, PostingState.SENDING)
FOLLOW = "Its document was made without them; they follow one by one."
ENDED = "The job ended first. What is in the ERP of them belongs to no document there."


@dataclass(frozen=True)
class Upload:
    """The receipts of one document, and the line that there is for them already."""

    posting: Posting
    document: Document
    receipts: Sequence[Receipt]
    line: Posting | None

    @property
    def key(self) -> Key:
        return Key(self.document.key.entry, Part.ATTACHMENT)


def upload(trip: Trip, ready: Iterable[Pair]) -> Mapping[Key, str] | None:
    """Ids of what the receipts of these documents are in the ERP now. None: the slice was over first. Raises what
    concerns everything: RateLimited, Reconnect, MendSettings."""
    if not trip.target.attachments_first or receipts.policy(trip) is Receipts.LEAVE_OUT:
        return {}
    known: dict[Key, str] = {}
    for one in _uploads(trip, [pair for pair in ready if pair[1].kind in trip.target.attachable]):
        if trip.current.is_over:
            return None
        line = one.line if one.line and one.line.state == PostingState.POSTED else _upload(trip, one)
        if line and line.state == PostingState.POSTED:
            known[one.key] = line.document_id
    return known


def leave(trip: Trip) -> None:
    """At the end of the job. Inside `acting_for`, run held."""
    lines = Posting.objects.filter(record__job=trip.job, part=Part.ATTACHMENT, state__in=UNFINISHED)
    lines.update(state=PostingState.SKIPPED, reason=ENDED)


def _uploads(trip: Trip, ready: Sequence[Pair]) -> Sequence[Upload]:
    """Those that have receipts to be put there, or have them there."""
    there: dict[UUID, list[Receipt]] = {}
    with acting_for(trip.tenant_id):
        stored = Receipt.objects.filter(
            record__in=[posting.record_id for posting, _ in ready], state=ReceiptState.STORED
        )
        for receipt in stored.select_related("record").defer("record__payload").order_by("place"):
            there.setdefault(receipt.record_id, []).append(receipt)
        entries = {document.key.entry for _, document in ready}
        lines = Posting.objects.filter(books=trip.installation.books, entry__in=entries, part=Part.ATTACHMENT)
        known = {(line.entry, line.revision): line for line in lines}
    found = []
    for posting, document in ready:
        line, fit = known.get((document.key.entry, document.revision)), there.get(posting.record_id, [])
        fit = [receipt for receipt in fit if not receipts.unfit(trip, receipt, document.kind)]
        if fit or (line and line.state == PostingState.POSTED):
            found.append(Upload(posting, document, fit, line))
    return found


def _upload(trip: Trip, one: Upload) -> Posting | None:
    """The line, as it stands then; None: its receipts were refused in this job already."""
    if one.line and one.line.state == PostingState.REFUSED and one.line.record_id == one.posting.record_id:
        return None
    listen(trip)
    line = _begin(trip, one)
    try:
        found = _put(trip, one)
    except (RefuseFile, AskForPermission) as refusal:
        return _without(trip, line, PostingState.REFUSED, refusal)
    except AGAIN as error:
        if isinstance(error, TryLater) and error.failure == FailureClass.RATE_LIMITED:
            raise
        return _without(trip, line, PostingState.SKIPPED, error)
    failpoint(OfTrip.AFTER_UPLOAD)
    return _done(trip, one, line, found)


def _begin(trip: Trip, one: Upload) -> Posting:
    """From here on they may be there, whatever dies."""
    document = one.document
    line = one.line
    with acting_for(trip.tenant_id):
        trip.current.hold()
        about = Document(one.key, document.revision, Kind.ATTACHMENT, document.reference, None, document.dated, {})
        if line is None:
            line = rows.new(trip, one.posting.record, about, None)
            line.save(force_insert=True)
        elif line.state != PostingState.SENDING:
            rows.plan(line, one.posting.record, about, None)
            line.save()
        line.state = PostingState.SENDING
        line.save(update_fields=["state"])
    failpoint(OfTrip.BEFORE_UPLOAD)
    return line


def _put(trip: Trip, one: Upload) -> Found:
    files = [_attachment(receipt) for receipt in one.receipts]

    def send(request: Request) -> Answer:
        trip.current.check()
        return trip.target.client.send(request)

    try:
        return take(trip.target.upload(one.document, files), send)
    except OutcomeUnknown:  # the second time it looks what became of the first
        return take(trip.target.upload(one.document, files), send)


def _attachment(receipt: Receipt) -> Attachment:
    body = receipt_files.read(receipt)
    return Attachment(receipt.record.entry, receipt.place, receipt.extension, receipt.type, body)


def _done(trip: Trip, one: Upload, line: Posting, found: Found) -> Posting:
    with acting_for(trip.tenant_id):
        trip.current.hold()
        line.state, line.posted_at = PostingState.POSTED, now()
        line.document_id, line.document_number = found.document_id, found.number
        line.save()
        Receipt.objects.filter(pk__in=[receipt.pk for receipt in one.receipts]).update(document_id=found.document_id)
    trip.current.progress = True
    return line


def _without(trip: Trip, line: Posting, state: PostingState, error: ConnectorError) -> Posting:
    with acting_for(trip.tenant_id):
        trip.current.hold()
        line.state, line.failure = state, FailureClass.ATTACHMENT_FAILED
        line.reason, line.words = f"{error.sentence} {FOLLOW}", error.words
        line.save()
    return line
