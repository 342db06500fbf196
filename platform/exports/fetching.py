"""Fetch: every entry is stored before anything is posted. After the job has ended nothing can be read again."""

from dataclasses import dataclass, field
from hashlib import sha256

import structlog

from connectors.kit import exact_json
from connectors.kit.connector import Source
from connectors.kit.errors import BeginAgain, ConnectorError, ContractBroken, RefuseRecord
from connectors.kit.paging import Page
from connectors.kit.records import FetchedRecord, FileLink
from connectors.kit.records import Record as Interpreted
from database.acting import acting_for
from database.bulk import insert_all
from exports.models import ExportJob, Receipt, Record
from exports.trip import Trip
from jobs.handlers import Again, Next

log = structlog.get_logger()

STORED_AT_ONCE, COMPARED_AT_ONCE = 400, 1000  # entries


def fetch(trip: Trip) -> Next | None:
    """The data layer brings the entries, the control layer says what there must be. A page that is stored is not
    read again: after a pause it goes on where it was."""
    if trip.job.fetched_at:
        return None
    try:
        if more := _store_all(trip) or _compare(trip):
            return more
    except BeginAgain as forgotten:  # what is stored already stays as it is
        _begin_again(trip)
        return Again(remark=forgotten.sentence)
    with acting_for(trip.tenant_id):
        trip.current.hold()
        _keep(trip.job, fetched_at=trip.current.at)
    trip.current.progress = True
    return None


def _store_all(trip: Trip) -> Next | None:
    arrived = Arrived(trip, trip.job.records_after, _stored(trip) if trip.job.records_after else 0)
    try:
        for page in trip.source.records(trip.remote, trip.job.records_after):
            arrived.add(page)
            if arrived.is_due or trip.current.is_over:
                arrived.store()
                if page.next and trip.current.is_over:
                    return Again()
    except ConnectorError:  # the next slice goes on behind what came
        arrived.store()
        raise
    arrived.store()
    return None


@dataclass
class Arrived:
    """Records that came and are not stored yet: some pages in one block.

    `place`: where in the source's list the next page begins, or after the last one that page itself: a list is never
    read from its beginning again. `count`: how many came.
    """

    trip: Trip
    place: str
    count: int
    _rows: list[Record] = field(default_factory=list)
    _files: dict[str, tuple[str, tuple[FileLink, ...]]] = field(default_factory=dict)

    @property
    def is_due(self) -> bool:
        return len(self._rows) >= STORED_AT_ONCE

    def add(self, page: Page[FetchedRecord]) -> None:
        deadly = self.trip.current.deadly(page.items, lambda one: self.trip.source.interpret(one.payload))
        for position, fetched in enumerate(page, self.count):
            entry = None if fetched in deadly else understood(self.trip.source, fetched)
            row = row_of(self.trip.job, fetched, position, entry)
            if entry:
                self.trip.remember(row, entry)
            self._rows.append(row)
            if fetched.files:
                self._files.setdefault(fetched.entry, (self.place, fetched.files))
        self.count, self.place = self.count + len(page), page.next or self.place

    def store(self) -> None:
        if not self._rows and self.place == self.trip.job.records_after:
            return
        with acting_for(self.trip.tenant_id):
            self.trip.current.hold()
            fresh = insert_all(self._rows, ignore_conflicts=True)
            self._note_receipts()
            if self.place != self.trip.job.records_after:
                _keep(self.trip.job, records_after=self.place)
        self._rows, self._files = [], {}
        self.trip.current.progress |= bool(fresh)

    def _note_receipts(self) -> None:
        """What is to be fetched; the addresses themselves are secrets and are not kept."""
        known = Record.objects.filter(job=self.trip.job, entry__in=self._files).values_list("entry", "pk")
        receipts = [
            Receipt(
                tenant_id=self.trip.tenant_id,
                record_id=pk,
                place=file.place,
                page=page,
                told_type=file.type[:100],
                told_size=file.size,
            )
            for entry, pk in known
            for page, files in [self._files[entry]]
            for file in files
        ]
        insert_all(receipts, ignore_conflicts=True)


def _compare(trip: Trip) -> Next | None:
    """An entry that is listed on two pages hides one that is not listed, but none that was not sent."""
    job, stored = trip.job, _stored(trip)
    compared = Compared(trip, job.entries_listed)
    try:
        for page in trip.source.entries(trip.remote, job.entries_after):
            compared.add(page)
            if page.next and (compared.is_due or trip.current.is_over):
                compared.keep()
                if trip.current.is_over and not compared.unknown:
                    return Again()
    except ConnectorError:  # the next slice goes on behind what was listed
        compared.keep()
        raise
    compared.keep()
    if compared.unknown or not compared.listed == stored == job.announced:
        _begin_again(trip)
        raise ContractBroken(
            "The source's lists do not agree with each other.",
            words=f"announced {job.announced}, listed {compared.listed}, sent {stored}",
        )
    return None


@dataclass
class Compared:
    """How far the list of entries was compared with what is stored: some pages in one block."""

    trip: Trip
    listed: int
    unknown: int = 0
    _entries: list[str] = field(default_factory=list)
    _next: str = ""

    @property
    def is_due(self) -> bool:
        return len(self._entries) >= COMPARED_AT_ONCE

    def add(self, page: Page[str]) -> None:
        self.unknown += len(page) - len(set(page))
        self._entries += page
        self._next = page.next

    def keep(self) -> None:
        with acting_for(self.trip.tenant_id):
            self.trip.current.hold()
            self.listed += len(self._entries)
            there = Record.objects.filter(job=self.trip.job, entry__in=self._entries).count()
            self.unknown += len(set(self._entries)) - there
            self._entries = []
            if self._next and not self.unknown:
                _keep(self.trip.job, entries_after=self._next, entries_listed=self.listed)


def _begin_again(trip: Trip) -> None:
    with acting_for(trip.tenant_id):
        trip.current.hold()
        _keep(trip.job, records_after="", entries_after="", entries_listed=0)


def _keep(job: ExportJob, **fields: object) -> None:
    for name, value in fields.items():
        setattr(job, name, value)
    job.save(update_fields=list(fields))


def _stored(trip: Trip) -> int:
    with acting_for(trip.tenant_id):
        return Record.objects.filter(job=trip.job).count()


def understood(source: Source, fetched: FetchedRecord) -> Interpreted | None:
    """None for a record that cannot be understood: it is kept all the same, and fails when planned."""
    try:
        return source.interpret(fetched.payload)
    except Exception as error:
        if not isinstance(error, RefuseRecord):
            log.exception("record.unreadable", entry=fetched.entry)
        return None


def row_of(job: ExportJob, fetched: FetchedRecord, position: int, entry: Interpreted | None) -> Record:
    """Not saved yet."""
    payload = exact_json.dumps(fetched.payload)
    row = Record(
        tenant_id=job.tenant_id,
        job=job,
        position=position,
        entry=fetched.entry,
        payload=payload,
        digest=sha256(payload.encode()).hexdigest(),
        summary="Entry that cannot be read",
    )
    if entry:
        _describe(row, entry)
    return row


def _describe(row: Record, entry: Interpreted) -> None:
    """What lists show of the record."""
    who = entry.vendor or entry.supplier or entry.employee
    parts = [who.name if who else "", entry.note]
    said = " · ".join(part for part in parts if part) or entry.kind.replace("_", " ").capitalize()
    row.summary = said[:300].replace("\x00", "")
    row.kind, row.dated = entry.kind[:50], entry.date
    row.book_id = entry.book_id[:100].replace("\x00", "")
    row.amount, row.currency = entry.amount.amount, entry.amount.currency[:10]
