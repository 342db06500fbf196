"""Collect: receipts are fetched into private storage while the job is open; afterwards they cannot be had."""

from connectors.kit import files
from connectors.kit.connector import Receipts
from connectors.kit.errors import MendSettings, RefuseFile, TryLater
from connectors.kit.records import FileLink
from database.acting import acting_for
from exports import receipts
from exports.failpoints import failpoint
from exports.models import Receipt, ReceiptState
from exports.trip import Trip, now
from jobs.handlers import Again, Next

Place = tuple[str, int]
MOST_BYTES = 32 * 1024 * 1024  # of one receipt; sources take up to 30 MB
HEAD = 4096
NO_TYPE = "The file is of no type that an ERP takes ({told})."
GONE = "The source did not give the receipt in ten minutes of trying."
NO_ADDRESS = "The source names the receipt without its address."
NOT_LISTED = "The source does not list this receipt any more."


def collect(trip: Trip) -> Next | None:
    """What is due, by addresses that are read anew each time: they are secrets, and not kept."""
    if receipts.policy(trip) is Receipts.LEAVE_OUT:
        _leave_out(trip)
        return None
    wanted = _due(trip)
    if not wanted:
        return None
    for page in trip.source.records(trip.remote):
        for fetched in page:
            for link in fetched.files:
                receipt = wanted.pop((fetched.entry, link.place), None)
                if receipt:
                    _fetch(trip, receipt, link)
                if trip.current.is_over:
                    return Again()
        if not wanted:
            return None
    for receipt in wanted.values():
        _settle(trip, receipt, RefuseFile(NOT_LISTED, subject="download"))
    return None


def _leave_out(trip: Trip) -> None:
    with acting_for(trip.tenant_id):
        trip.current.hold()
        receipts.of_job(trip).filter(state=ReceiptState.WANTED).update(state=ReceiptState.LEFT_OUT)


def _due(trip: Trip) -> dict[Place, Receipt]:
    with acting_for(trip.tenant_id):
        due = receipts.of_job(trip).filter(state=ReceiptState.WANTED, next_at__lte=now()).select_related("record")
        return {(receipt.record.entry, receipt.place): receipt for receipt in due}


def _fetch(trip: Trip, receipt: Receipt, link: FileLink) -> None:
    application = trip.installation.source.application
    with receipts.arriving() as file:
        try:
            if not link.address:
                raise RefuseFile(NO_ADDRESS, subject="download")
            got = trip.source.client.download(
                link.address, file, suffixes=application.file_suffixes, at_most=MOST_BYTES
            )
            file.seek(0)
            kind = files.kind_of(file.read(HEAD), got.type or link.type)
            if kind is None:
                raise RefuseFile(NO_TYPE.format(told=link.type or "unknown"), subject="type")
        except (TryLater, MendSettings, RefuseFile) as error:
            _settle(trip, receipt, error)
            return
        name = receipts.keep(receipt, file, kind.extension)
    failpoint("after_receipt")
    with acting_for(trip.tenant_id):
        trip.current.hold()
        receipt.state, receipt.file = ReceiptState.STORED, name
        receipt.extension, receipt.type = kind.extension, kind.mime
        receipt.size, receipt.digest, receipt.stored_at = got.size, got.digest, now()
        receipt.attempts, receipt.trouble_at, receipt.next_at = 0, None, now()
        receipt.reason = receipt.words = ""
        receipt.save()
    trip.current.progress = True


def _settle(trip: Trip, receipt: Receipt, error: TryLater | MendSettings | RefuseFile) -> None:
    """An address that is refused may just be too old: the next one is fresh. So all are tried for ten minutes."""
    with acting_for(trip.tenant_id):
        trip.current.hold()
        if isinstance(error, RefuseFile) and error.subject != "download":
            _give_up(trip, receipt, error)
        elif isinstance(error, MendSettings):  # a host that is not allowed stays so until the job is over
            _give_up(trip, receipt, RefuseFile(error.sentence, subject="download", words=error.words))
        elif receipts.is_beyond_patience(receipt):
            words = f"{error.sentence} {error.words}".strip()
            _give_up(trip, receipt, RefuseFile(GONE, subject="download", words=words))
        else:
            receipts.tried(receipt, error.sentence, error.words)


def _give_up(trip: Trip, receipt: Receipt, why: RefuseFile) -> None:
    receipts.failed(receipt, why)
    receipts.told_failed(trip, why, trip.installation.source_id)
