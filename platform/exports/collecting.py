"""Collect: receipts are fetched into private storage while the job is open; afterwards they cannot be had."""

from collections.abc import Iterator
from datetime import datetime
from typing import IO

from connectors.kit import files
from connectors.kit.downloads import Downloaded
from connectors.kit.errors import BeginAgain, MendSettings, RefuseFile, TryLater
from connectors.kit.files import FileKind
from connectors.kit.paging import Page
from connectors.kit.records import FetchedRecord, FileLink
from connectors.kit.settings import Receipts
from database.acting import acting_for
from exports import leaving_out, receipt_files, receipts
from exports.models import Receipt, ReceiptState
from exports.places import OfTrip
from exports.receipts import AT_MOST, VAIN_AT_MOST
from exports.trip import Trip, now
from jobs.failpoints import failpoint
from jobs.handlers import Again, Next

Place = tuple[str, int]
MOST_BYTES = 32 * 1024 * 1024  # of one receipt; sources take up to 30 MB
HEAD = 4096
NO_TYPE = "The file is of no type that an ERP takes ({told})."
GONE = "The source did not give the receipt in ten minutes of trying."
NO_ADDRESS = "The source names the receipt without its address."
NOT_LISTED = "The source does not list this receipt any more."


def collect(trip: Trip) -> Next | None:
    """What is due, by addresses that are read anew each time: they are secrets, and not kept. Of the source's list
    only the pages are read on which something is due."""
    with acting_for(trip.tenant_id):
        if not receipts.to_come(trip.job).exists():
            return None
        trip.current.hold()
        if receipts.policy(trip) is Receipts.LEAVE_OUT:
            leaving_out.by_the_settings(trip)
        leaving_out.without_a_place(trip)
    since, vain, sought = now(), 0, False
    while wanted := _due(trip, since):
        for receipt, link in _listed(trip, wanted):
            vain = 0 if _fetch(trip, receipt, link) else vain + 1
            if vain == VAIN_AT_MOST or (vain and trip.current.is_over):
                _put_off(trip)
                return None
            if trip.current.is_over:  # what has brought nothing so far leaves the rest of the way to the others
                return Again() if trip.current.progress else None
        if wanted and not sought:
            _find_pages(trip)
            sought = True
        else:
            for receipt in wanted.values():
                _settle(trip, receipt, RefuseFile(NOT_LISTED, subject="download"))
    return None


def _due(trip: Trip, since: datetime) -> dict[Place, Receipt]:
    """Those of one page. What is tried in vain is due again only later than `since`."""
    with acting_for(trip.tenant_id):
        due = receipts.of_job(trip).filter(state=ReceiptState.WANTED, next_at__lte=since)
        due = due.select_related("record").defer("record__payload").order_by("record__position", "place")
        first = due.first()
        some = due.filter(page=first.page) if first else ()
        return {(receipt.record.entry, receipt.place): receipt for receipt in some}


def _listed(trip: Trip, wanted: dict[Place, Receipt]) -> Iterator[tuple[Receipt, FileLink]]:
    """Takes what the source lists on the page of `wanted` out of it."""
    place = next(iter(wanted.values())).page
    try:
        page = next(trip.source.records(trip.remote, place), Page[FetchedRecord](()))
    except BeginAgain:
        return
    for fetched in page:
        for link in fetched.files:
            if receipt := wanted.pop((fetched.entry, link.place), None):
                yield receipt, link


def _find_pages(trip: Trip) -> None:
    """The source does not know a place any more, or lists something elsewhere: its whole list is gone through."""
    place = ""
    for page in trip.source.records(trip.remote):
        with acting_for(trip.tenant_id):
            trip.current.hold()
            mine = receipts.of_job(trip).filter(state=ReceiptState.WANTED)
            mine.filter(record__entry__in=[fetched.entry for fetched in page]).update(page=place)
        place = page.next


def _fetch(trip: Trip, receipt: Receipt, link: FileLink) -> bool:
    """False: in vain, and for a reason that may lie with the host or with us."""
    try:
        with receipt_files.arriving() as file:
            got, kind = _download(trip, link, file)
            _announce(trip, receipt, receipt_files.name_of(receipt, kind.extension))
            name = receipt_files.keep(receipt.file, file)
    except (MendSettings, RefuseFile) as error:
        _settle(trip, receipt, error)
        return True
    except (TryLater, OSError) as error:
        _settle(trip, receipt, receipt_files.no_storage(error) if isinstance(error, OSError) else error)
        return False
    failpoint(OfTrip.AFTER_RECEIPT)
    _stored(trip, receipt, name, got, kind)
    return True


def _download(trip: Trip, link: FileLink, into: IO[bytes]) -> tuple[Downloaded, FileKind]:
    if not link.address:
        raise RefuseFile(NO_ADDRESS, subject="download")
    suffixes = trip.installation.source.application.file_suffixes
    got = trip.source.client.download(link.address, into, suffixes=suffixes, at_most=MOST_BYTES)
    into.seek(0)
    kind = files.kind_of(into.read(HEAD), got.type or link.type)
    if kind is None:
        raise RefuseFile(NO_TYPE.format(told=link.type or "unknown"), subject="type")
    return got, kind


def _announce(trip: Trip, receipt: Receipt, name: str) -> None:
    """Before the file is there, so that it goes in any case."""
    with acting_for(trip.tenant_id):
        trip.current.hold()
        receipt.file, receipt.delete_at = name, trip.current.at + AT_MOST
        receipt.save(update_fields=["file", "delete_at"])


def _stored(trip: Trip, receipt: Receipt, name: str, got: Downloaded, kind: FileKind) -> None:
    with acting_for(trip.tenant_id):
        trip.current.hold()
        receipt.state, receipt.file = ReceiptState.STORED, name
        receipt.extension, receipt.type = kind.extension, kind.mime
        receipt.size, receipt.digest, receipt.stored_at = got.size, got.digest, trip.current.at
        receipt.attempts, receipt.trouble_at, receipt.next_at = 0, None, trip.current.at
        receipt.reason = receipt.words = ""
        receipt.save()
    trip.current.progress = True


def _put_off(trip: Trip) -> None:
    """The host is in trouble: the others wait with those that were tried, and are given up with them."""
    mine = receipts.of_job(trip).filter(state=ReceiptState.WANTED)
    with acting_for(trip.tenant_id):
        trip.current.hold()
        for receipt in mine.filter(trouble_at__lt=now() - receipts.PATIENCE):
            _give_up(trip, receipt, RefuseFile(GONE, subject="download", words=receipt.reason))
        receipts.put_off(mine)


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
    if receipts.policy(trip) is not Receipts.REQUIRE:  # else its record fails, with an incident of its own
        receipts.told_failed(trip, why, trip.installation.source_id)
