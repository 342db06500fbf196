"""Preview: what an open job's records would become, without sending anything: the same path as posting, but for the
sending. Nothing is written, here or at a vendor; vendors are only read."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import islice

from connectors.kit.connector import Reference, Source, Target
from connectors.kit.documents import Document, Found, Key, Kind, Part
from connectors.kit.failures import FailureClass
from connectors.kit.http import Request
from connectors.kit.settings import Receipts
from database.acting import acting_for
from exports import receipts, rows
from exports.deciding import changed_since
from exports.fetching import row_of, understood
from exports.foreseeing import foresee
from exports.models import ExportJob, Posting, PostingState, Record
from exports.planning import Planned, in_need_of, planned_of
from exports.trip import mirrored, require_usable, source_class, target_class
from installations import services as installations
from jobs.calls import open_line

RECORDS_AT_MOST = 2000
TO_COME = "(id of {reference}, once it is made)"
UPLOADED = "(id of its receipts, once they are there)"


@dataclass(frozen=True)
class PreviewedDocument:
    """`request` as it would go out if it were sent alone; drafts share a call. None: nothing would be sent.

    `there`: the ERP has it already, by our ledger or by its reference.
    """

    document: Document
    request: Request | None
    there: Found | None = None


@dataclass(frozen=True)
class PreviewedRecord:
    """`failure` and `reason` if it would fail; a reason alone if it would be left out by the settings."""

    record: Record
    documents: tuple[PreviewedDocument, ...] = ()
    failure: FailureClass | None = None
    reason: str = ""


@dataclass(frozen=True)
class FailedCause:
    """Records that would fail for one cause; `examples` are up to three of them."""

    failure: FailureClass
    subject: str
    sentence: str
    count: int
    examples: tuple[Record, ...]


@dataclass
class Sums:
    debit: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)


@dataclass(frozen=True)
class Preview:
    """`records` are one page of `total`; all else speaks of all that were looked at."""

    records: tuple[PreviewedRecord, ...]
    total: int
    is_whole: bool
    kinds: Mapping[Kind, int]
    sums: Mapping[str, Sums]
    failed: tuple[FailedCause, ...]
    left_out: int


def preview(job: ExportJob, *, first: int = 0, count: int = 50) -> Preview:
    """`job` with its installation, both connections and their applications loaded. Call outside any transaction.

    Raises ConnectorError if a vendor cannot be read.
    """
    with acting_for(job.tenant_id):
        configuration = job.configuration or installations.current(job.installation)
        configuration.installation = job.installation
    for connection in (job.installation.source, job.installation.target):
        require_usable(connection)
    with ExitStack() as lines:
        source = lines.enter_context(open_line(job.installation.source, source_class(job.installation))).connector
        opened = open_line(job.installation.target, target_class(job.installation), settings=configuration.read())
        return _Previewer(job, source, lines.enter_context(opened).connector).look(first, count)


@dataclass
class _Previewer:
    job: ExportJob
    source: Source
    target: Target
    reference: Reference = field(init=False)
    with_receipts: set[str] = field(default_factory=set)

    def look(self, first: int, count: int) -> Preview:
        kept = self.job.reference_data
        self.reference = kept.value if kept else self.target.reference()
        read = list(islice(self._records(), RECORDS_AT_MOST + 1))
        planned = self._without_changed(self._planned(read[:RECORDS_AT_MOST]))
        documents = [d for one in planned for d in one.documents if d.key.part is not Part.VENDOR]
        return Preview(
            records=self._page(planned[first : first + count]),
            total=len(planned),
            is_whole=len(read) <= RECORDS_AT_MOST,
            kinds=Counter(document.kind for document in documents),
            sums=_sums(documents),
            failed=_causes(planned),
            left_out=sum(one.skip is not None for one in planned),
        )

    def _records(self) -> Iterator[Record]:
        """Those that are stored, or what the source gives now."""
        if self.job.fetched_at:
            with acting_for(self.job.tenant_id):
                yield from Record.objects.filter(job=self.job).order_by("position")[: RECORDS_AT_MOST + 1]
                self.with_receipts |= set(receipts.to_come(self.job).values_list("record__entry", flat=True))
            return
        fetched = (one for page in self.source.records(mirrored(self.job)) for one in page)
        for position, one in enumerate(fetched):
            if one.files:
                self.with_receipts.add(one.entry)
            yield row_of(self.job, one, position, understood(self.source, one))

    def _planned(self, records: Sequence[Record]) -> list[Planned]:
        planned = [planned_of(self._documents, record) for record in records]
        own = {document.alias for one in planned for document in one.documents}
        wanted = {document.needs_alias for one in planned for document in one.documents} - own - {""}
        with acting_for(self.job.tenant_id):
            missing = wanted - rows.by_alias(self.job, wanted).keys()
        return [_without_what_is_missing(one, missing) for one in planned]

    def _without_changed(self, planned: Sequence[Planned]) -> list[Planned]:
        """An entry that was changed after it had been posted fails, while its document of before stands."""
        records = {one.record.entry: one.record for one in planned if one.documents}
        with acting_for(self.job.tenant_id):
            posted = Posting.objects.filter(books=self.job.installation.books, entry__in=records, part=Part.DOCUMENT)
            newest = posted.filter(state=PostingState.POSTED).select_related("record").order_by("revision")
            changed = {row.entry: row for row in newest if row.digest != records[row.entry].digest}
        standing = self.target.standing([(rows.as_posted(row), row.document_id) for row in changed.values()])
        refused = {key.entry: changed_since(changed[key.entry]) for key, found in standing.items() if not found.void}
        failed = {entry: Planned(records[entry], refusal=why) for entry, why in refused.items()}
        return [failed.get(one.record.entry, one) for one in planned]

    def _documents(self, record: Record, revision: int = 1) -> tuple[Document, ...]:
        return self.target.plan(self.source.interpret(record.content), self.reference, revision)

    def _page(self, planned: Sequence[Planned]) -> tuple[PreviewedRecord, ...]:
        foreseen = foresee(self.job, self.target, _by_key(planned))
        planned = [self._revised(one, foreseen.revisions) for one in planned]
        there = foreseen.there
        known = self._known(_by_key(planned), there)
        return tuple(
            PreviewedRecord(
                one.record,
                tuple(self._previewed(document, known, there.get(document.key)) for document in one.documents),
                one.refusal.failure if one.refusal else None,
                one.refusal.sentence if one.refusal else one.skip.sentence if one.skip else "",
            )
            for one in planned
        )

    def _revised(self, one: Planned, revisions: Mapping[Key, int]) -> Planned:
        """With each document in the revision in which it would be sent."""
        documents = one.documents
        for revision in {revisions.get(document.key, 1) for document in documents} - {1}:
            again = planned_of(partial(self._documents, revision=revision), one.record)
            if not again.documents:
                return again
            revised = {d.key: d for d in again.documents if revisions.get(d.key, 1) == revision}
            documents = tuple(revised.get(document.key, document) for document in documents)
        return Planned(one.record, documents, one.refusal, one.skip)

    def _known(self, documents: Mapping[Key, Document], there: Mapping[Key, Found]) -> dict[Key, str]:
        """Ids of what documents need; a stand-in for what is not made yet."""
        aliases = {document.alias: document for document in documents.values() if document.alias}
        wanted = {document.needs_alias for document in documents.values()} - {""}
        with acting_for(self.job.tenant_id):
            posted = rows.by_alias(self.job, wanted)
        known = self._uploaded(documents)
        for document in documents.values():
            key = rows.needed_key(document)
            if key is None:
                continue
            needed = documents.get(document.needs) if document.needs else aliases.get(document.needs_alias)
            row = posted.get(document.needs_alias)
            if needed and needed.key in there:
                known[key] = there[needed.key].document_id
            elif row and row.document_id:
                known[key] = row.document_id
            else:
                known[key] = TO_COME.format(reference=needed.reference if needed else key.entry)
        return known

    def _uploaded(self, documents: Mapping[Key, Document]) -> dict[Key, str]:
        """Of receipts that go before their documents: what they are in the ERP already, or a stand-in."""
        if not self.target.attachments_first or self.target.settings.receipts is Receipts.LEAVE_OUT:
            return {}
        carrying = [one for one in documents.values() if one.kind in self.target.attachable]
        with acting_for(self.job.tenant_id):
            there = rows.uploaded(self.job, [document.key.entry for document in carrying])
        return {
            Key(document.key.entry, Part.ATTACHMENT): there.get((document.key.entry, document.revision), UPLOADED)
            for document in carrying
            if document.key.entry in self.with_receipts or (document.key.entry, document.revision) in there
        }

    def _previewed(self, document: Document, known: Mapping[Key, str], there: Found | None) -> PreviewedDocument:
        if there:
            return PreviewedDocument(document, None, there)
        draft = next(self.target.requests([document], known), None)
        return PreviewedDocument(document, draft.request if draft else None)


def _by_key(planned: Sequence[Planned]) -> dict[Key, Document]:
    return {document.key: document for one in planned for document in one.documents}


def _without_what_is_missing(one: Planned, missing: set[str]) -> Planned:
    alias = next((document.needs_alias for document in one.documents if document.needs_alias in missing), "")
    return Planned(one.record, refusal=in_need_of(alias)) if alias else one


def _sums(documents: Sequence[Document]) -> dict[str, Sums]:
    sums: dict[str, Sums] = defaultdict(Sums)
    for line in (line for document in documents for line in document.lines):
        if line.debit:
            sums[line.debit.currency].debit += line.debit.amount
        if line.credit:
            sums[line.credit.currency].credit += line.credit.amount
    return dict(sorted(sums.items()))


def _causes(planned: Sequence[Planned]) -> tuple[FailedCause, ...]:
    groups: dict[tuple[FailureClass, str], list[Planned]] = defaultdict(list)
    for one in planned:
        if one.refusal:
            groups[one.refusal.failure, one.refusal.subject].append(one)
    causes = [
        FailedCause(
            failure,
            subject,
            group[0].refusal.sentence if group[0].refusal else "",
            len(group),
            tuple(one.record for one in group[:3]),
        )
        for (failure, subject), group in groups.items()
    ]
    return tuple(sorted(causes, key=lambda cause: -cause.count))
