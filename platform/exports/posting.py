"""Post: the submission is committed before the call, the answer after it. Nothing is sent twice on a guess."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from connectors.kit.documents import Document, Key, Part
from database.acting import acting_for
from exports import deciding, outcomes, submitting
from exports.models import Posting, PostingState, Record, SubmissionPosting, SubmissionState
from exports.reporting import report
from exports.trip import Trip
from jobs.handlers import Again, Next

CHUNK = 200


@dataclass(frozen=True)
class Batch:
    """Postings that can be sent now, with their documents and the ids of what they need."""

    postings: Mapping[Key, Posting]
    documents: Sequence[Document]
    known: Mapping[Key, str]
    sent_before: Set[Key]


def post(trip: Trip) -> Next | None:
    while batch := _next_batch(trip):
        fresh = _look_first(trip, batch)
        for draft in trip.target.requests(fresh, batch.known):
            submitting.submit(trip, draft, [batch.postings[d.key] for d in draft.documents])
            trip.current.progress = True
            if trip.current.is_over:
                return Again()
        if told := report(trip):
            return told
    return None


def _next_batch(trip: Trip) -> Batch | None:
    """Vendors first; a document whose vendor was refused is refused with it."""
    with acting_for(trip.tenant_id):
        _refuse_the_needy(trip)
        ready = list(
            Posting.objects.filter(_of(trip), Q(needs=None) | Q(needs__state=PostingState.POSTED))
            .filter(state=PostingState.PLANNED)
            .annotate(was_sent=Exists(_sent_before()))
            .select_related("record", "needs")
            .order_by(F("needs").asc(nulls_first=True), "record__position")[:CHUNK]
        )
    if not ready:
        return None
    first = ready[0].part
    postings = {Key(p.entry, Part(p.part)): p for p in ready if p.part == first}
    known = {Key(p.needs.entry, Part(p.needs.part)): p.needs.document_id for p in ready if p.needs}
    documents = [document_of(trip, posting) for posting in postings.values()]
    sent_before = {key for key, posting in postings.items() if posting.was_sent}
    return Batch(postings, documents, known, sent_before)


def document_of(trip: Trip, posting: Posting) -> Document:
    """The posting's document, planned again: the plan is pure, so it is the one that was planned before."""
    key = Key(posting.entry, Part(posting.part))
    return next(d for d in trip.documents(posting.record, posting.revision) if d.key == key)


def _of(trip: Trip) -> Q:
    """The job's own postings, and the vendors they need, whichever job planned those."""
    return Q(record__job=trip.job) | Q(needed_by__record__job=trip.job, part=Part.VENDOR)


def _sent_before() -> QuerySet[SubmissionPosting]:
    """Whatever the vendor said then, it may have left something: a refused draft, a document nobody saw."""
    return SubmissionPosting.objects.filter(posting=OuterRef("pk")).exclude(
        submission__state=SubmissionState.NOT_SENT
    )


def _refuse_the_needy(trip: Trip) -> None:
    needy = Posting.objects.filter(
        record__job=trip.job, state=PostingState.PLANNED, needs__state=PostingState.REFUSED
    ).select_related("needs", "record")
    records: list[Record] = []
    for posting in needy:
        needed = posting.needs
        assert needed is not None  # noqa: S101  the query says so
        posting.state, posting.incident = PostingState.REFUSED, needed.incident
        posting.failure, posting.reason, posting.words = needed.failure, needed.reason, needed.words
        posting.save()
        records.append(posting.record)
    if records:
        trip.current.hold()
        deciding.decide(trip, records)


def _look_first(trip: Trip, batch: Batch) -> list[Document]:
    """What people make too (vendors), and what was sent before, is looked for before it is written; and adopted."""
    looked = [d for d in batch.documents if d.look_first or d.key in batch.sent_before]
    found = trip.target.find(looked) if looked else {}
    there = {key: ones for key, ones in found.items() if any(not one.void for one in ones)}
    if there:
        with acting_for(trip.tenant_id):
            trip.current.hold()
            for document in looked:
                if document.key in there:
                    outcomes.found(trip, batch.postings[document.key], document, there[document.key])
    return [d for d in batch.documents if d.key not in there]
