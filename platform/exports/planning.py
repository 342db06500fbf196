"""Plan: records become postings, or fail now with their reason. Nothing is sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db.models import Exists, OuterRef

from connectors.kit.documents import ASIDE, Document, Key, Part
from connectors.kit.errors import RefuseRecord, SkipRecord
from connectors.kit.failures import FailureClass
from connectors.kit.settings import Receipts
from database.acting import acting_for
from database.bulk import insert_all
from exports import deciding, receipts, rows
from exports.models import Posting, PostingState, ReceiptState, Record, Report
from exports.trip import Trip
from jobs.handlers import Again, Next

log = structlog.get_logger()

CHUNK = 600
FIRST = -1
NOTHING = "The connector makes no document of this entry. Tell its developer."
DEADLY = (
    "Work on this entry ends Causeway's own process. It is our fault: when that is mended, export the entry again."
)
NEEDED = "What this entry needs was not posted from here ({alias}). Export that entry first, then this one again."
OPEN_FOR_PLANNING = {PostingState.PLANNED, PostingState.REFUSED, PostingState.SKIPPED}


@dataclass(frozen=True)
class Planned:
    record: Record
    documents: tuple[Document, ...] = ()
    refusal: RefuseRecord | None = None
    skip: SkipRecord | None = None


def plan(trip: Trip) -> Next | None:
    """What needs a document of another entry is planned after all else: that entry may be of the same job."""
    after, needy = FIRST, False
    while records := _unplanned(trip, after):
        left = _plan_chunk(trip, records, last=False)
        after, needy = records[-1].position, needy or bool(left)
        if trip.current.is_over and len(left) < len(records):  # else the next slice would come no further
            return Again()
    if not needy or _others_are_to_come(trip):
        return None
    after = FIRST
    while records := _unplanned(trip, after):
        _plan_chunk(trip, records, last=True)
        after = records[-1].position
        if trip.current.is_over:
            return Again()
    return None


def plan_what_waited(trip: Trip) -> Next | None:
    """For its receipts, which are here by now or given up."""
    return plan(trip) if receipts.policy(trip) is Receipts.REQUIRE else None


def _others_are_to_come(trip: Trip) -> bool:
    """Records whose receipts are not here yet: among them may be what the needy need."""
    with acting_for(trip.tenant_id):
        return receipts.still_required(trip).exists()


def _plan_chunk(trip: Trip, records: Sequence[Record], *, last: bool) -> set[UUID]:
    """The records that are left for later."""
    deadly = trip.current.deadly(records, trip.documents)
    planned = [
        Planned(one, refusal=of_the_deadly()) if one in deadly else planned_of(trip.documents, one) for one in records
    ]
    with acting_for(trip.tenant_id):
        trip.current.hold()
        left = _write(trip, planned, last=last)
    trip.current.progress |= last or len(left) < len(records)
    return left


def _unplanned(trip: Trip, after: int) -> Sequence[Record]:
    """The next ones. Without `after`, each chunk would look through all that were planned before it."""
    with acting_for(trip.tenant_id):
        mine = Record.objects.filter(job=trip.job, position__gt=after).prefetch_related("receipts")
        if receipts.policy(trip) is Receipts.REQUIRE:
            mine = mine.exclude(receipts__state=ReceiptState.WANTED)
        decided = Exists(Report.objects.filter(record=OuterRef("pk")))
        posted = Exists(Posting.objects.filter(record=OuterRef("pk")).exclude(part__in=ASIDE))
        return list(mine.exclude(decided).exclude(posted).order_by("position")[:CHUNK])


def planned_of(documents: Callable[[Record], tuple[Document, ...]], record: Record) -> Planned:
    """Pure: what the record becomes, or why it becomes nothing."""
    try:
        return Planned(record, _some(documents(record)))
    except RefuseRecord as refusal:
        return Planned(record, refusal=refusal)
    except SkipRecord as skip:
        return Planned(record, skip=skip)
    except Exception as crash:
        # One poisonous record fails alone; the others go on.
        log.exception("plan.crashed", record=str(record.pk))
        sentence = "Causeway could not plan this entry. It is our fault; the reference is the record's number."
        failure = FailureClass.CODE_CRASH
        return Planned(record, refusal=RefuseRecord(sentence, failure=failure, subject=type(crash).__name__))


def of_the_deadly() -> RefuseRecord:
    return RefuseRecord(DEADLY, failure=FailureClass.CODE_CRASH, subject="process")


def in_need_of(alias: str) -> RefuseRecord:
    return RefuseRecord(
        NEEDED.format(alias=alias.replace(":", " ")), failure=FailureClass.MAPPING_MISSING, subject="needed"
    )


def _some(documents: tuple[Document, ...]) -> tuple[Document, ...]:
    if all(document.key.part is Part.VENDOR for document in documents):
        raise RefuseRecord(NOTHING, failure=FailureClass.CODE_CRASH, subject="plan")
    return documents


def _write(trip: Trip, planned: Sequence[Planned], *, last: bool) -> set[UUID]:
    entries = {document.key.entry for one in planned for document in one.documents}
    aliases = {document.needs_alias for one in planned for document in one.documents if document.needs_alias}
    ledger = Ledger(trip, entries, aliases)
    left = set()
    for one in planned:
        if one.refusal:
            deciding.refuse(trip, one.record, one.refusal)
        elif one.skip:
            deciding.leave_out(trip, one.record, one.skip)
        elif unfit := receipts.refusal_of(trip, one.record, one.documents):
            deciding.refuse(trip, one.record, unfit)
        elif missing := ledger.missing(one.documents):
            if last:
                deciding.refuse(trip, one.record, in_need_of(missing))
            left.add(one.record.pk)
        else:
            ledger.plan(one.record, one.documents)
    ledger.save()
    return left


class Ledger:
    """The postings that a chunk of records meets, locked, and those it adds. Inside `acting_for`."""

    def __init__(self, trip: Trip, entries: set[str], aliases: set[str]) -> None:
        self.trip = trip
        books = Posting.objects.filter(books=trip.installation.books)
        there = books.filter(entry__in=entries).order_by("revision")
        self.known = {rows.key_of(row): row for row in there.select_for_update(of=("self",))}  # the newest stays
        self.by_alias: Mapping[str, Posting] = rows.by_alias(trip.job, aliases)
        self.by_alias |= {row.alias: row for row in self.known.values() if row.alias}
        self.sent = rows.sent_before(self.known.values())
        self.fresh: list[Posting] = []
        self._planned: set[Key] = set()

    def missing(self, documents: Sequence[Document]) -> str:
        """The alias that nothing in the books has."""
        own = {document.alias for document in documents}
        wanted = (document.needs_alias for document in documents if document.needs_alias)
        return next((alias for alias in wanted if alias not in own and alias not in self.by_alias), "")

    def plan(self, record: Record, documents: Sequence[Document]) -> None:
        for document in documents:
            key, needs = document.key, self._needs(document)
            if key in self._planned:  # a vendor that several records need
                continue
            self._planned.add(key)
            if key in self.known:
                _plan_again(self.trip, self.known[key], record, document, needs, sent=self.known[key].pk in self.sent)
            else:
                self.known[key] = rows.new(self.trip, record, document, needs)
                self.fresh.append(self.known[key])
            if document.alias:
                self.by_alias = {**self.by_alias, document.alias: self.known[key]}

    def save(self) -> None:
        insert_all(self.fresh)

    def _needs(self, document: Document) -> Posting | None:
        if document.needs_alias:
            return self.by_alias[document.needs_alias]
        return self.known[document.needs] if document.needs else None


def _plan_again(
    trip: Trip, row: Posting, record: Record, document: Document, needs: Posting | None, *, sent: bool
) -> None:
    """An entry that comes in a new job. A posted or uncertain one keeps what it was planned from."""
    if row.state in OPEN_FOR_PLANNING:
        if row.revision != document.revision:
            document = rows.document_in_revision(trip, record, document.key, row.revision)
        rows.plan(row, record, document, needs, sent=sent)
        row.save()
    elif row.part not in ASIDE:
        row.record = record
        row.save(update_fields=["record"])
