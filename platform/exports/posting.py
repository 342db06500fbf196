"""Post: the submission is committed before the call, the answer after it. Nothing is sent twice on a guess."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial

from django.db.models import Min, Q, QuerySet

from connectors.kit.documents import Document, Key
from connectors.kit.errors import RateLimited, RefuseRecord
from connectors.kit.failures import FailureClass
from database.acting import acting_for
from exports import deciding, outcomes, restoring, revising, rows, submitting, uploading
from exports.attaching import attach
from exports.living import listen
from exports.models import Posting, PostingState, Record
from exports.pace import Pace
from exports.planning import of_the_deadly
from exports.reporting import report
from exports.trip import Trip
from jobs.handlers import Again, Next

CHUNK = 600
FIRST = -1


@dataclass(frozen=True)
class Batch:
    """Postings that can be sent now, with their documents and the ids of what they need."""

    postings: Mapping[Key, Posting]
    documents: Sequence[Document]
    known: Mapping[Key, str]
    sent_before: Set[Key]


@dataclass
class Place:
    """Up to which record what is ready was sent. What becomes ready before it is sent in another pass."""

    after: int = FIRST


def post(trip: Trip) -> Next | None:
    pace = Pace(trip.installation.target.application.limits)
    with acting_for(trip.tenant_id):
        forgetful = restoring.may_have_forgotten()
    place = Place()
    while batch := _next_batch(trip, place, forgetful=forgetful):
        fresh = _look_first(trip, batch)
        uploaded = uploading.upload(trip, [(batch.postings[document.key], document) for document in fresh])
        if uploaded is None:
            return Again()
        drafts = trip.target.requests(fresh, {**batch.known, **uploaded})
        for wave in pace.waves((draft, [batch.postings[d.key] for d in draft.documents]) for draft in drafts):
            listen(trip)
            if not submitting.submit(trip, wave):
                return _attach_and_report(trip)  # what went out is resolved before anything else is sent
            if trip.current.is_over:
                return Again()
        if told := _attach_and_report(trip):
            return told
    return _attach_and_report(trip)


def _attach_and_report(trip: Trip) -> Next | None:
    """What is posted is told also where the ERP's budget leaves no room for its receipts yet."""
    try:
        attach(trip)
    except RateLimited:
        report(trip)
        raise
    return report(trip)


def _next_batch(trip: Trip, place: Place, *, forgetful: bool) -> Batch | None:
    """`forgetful`: anything may be there."""
    with acting_for(trip.tenant_id):
        trip.current.hold()  # what follows writes too
        chosen = _next_ready(trip, place) if place.after > FIRST else []
        chosen = chosen or _from_the_beginning(trip, place)
        sent = {posting.pk for posting in chosen} if forgetful else rows.sent_before(chosen)
    if not chosen:
        return None
    postings = {rows.key_of(posting): posting for posting in chosen}
    documents = _documents(trip, chosen)
    known = _known(postings, documents)
    sent_before = {key for key, posting in postings.items() if posting.pk in sent}
    return Batch(postings, documents, known, sent_before)


def _known(postings: Mapping[Key, Posting], documents: Sequence[Document]) -> dict[Key, str]:
    known = {}
    for document in documents:
        key, needs = rows.needed_key(document), postings[document.key].needs
        if key and needs:
            known[key] = needs.document_id
    return known


def _needed_id(batch: Batch, document: Document) -> str:
    key = rows.needed_key(document)
    return batch.known.get(key, "") if key else ""


def _documents(trip: Trip, chosen: Sequence[Posting]) -> list[Document]:
    """Planned again; what the record no longer becomes is refused here and now."""
    documents = []
    deadly = trip.current.deadly(chosen, partial(_draw, trip))
    for posting in chosen:
        try:
            if posting in deadly:
                raise of_the_deadly()
            documents.append(rows.document_in_revision(trip, posting.record, rows.key_of(posting), posting.revision))
        except RefuseRecord as refusal:
            with acting_for(trip.tenant_id):
                trip.current.hold()
                outcomes.refused(trip, posting, refusal)
                deciding.decide(trip, outcomes.records_of([posting]))
    return documents


def _draw(trip: Trip, posting: Posting) -> None:
    """What is done with it before it is sent."""
    document = rows.document_in_revision(trip, posting.record, rows.key_of(posting), posting.revision)
    for _ in trip.target.requests([document], _known({document.key: posting}, [document])):
        pass


def _from_the_beginning(trip: Trip, place: Place) -> list[Posting]:
    """Vendors first; what needs something that was refused is refused with it."""
    place.after = FIRST
    _refuse_the_needy(trip)
    vendors = rows.needed(rows.planned(trip)).filter(state=PostingState.PLANNED)
    return _chunk(vendors) or _next_ready(trip, place)


def _next_ready(trip: Trip, place: Place) -> list[Posting]:
    """Looked for among the next records: to sort all that is ready would cost more a batch the larger the job is."""
    ready = rows.planned(trip).filter(Q(needs=None) | Q(needs__state=PostingState.POSTED))
    chosen = _chunk(ready.filter(record__position__range=(place.after + 1, place.after + CHUNK)))
    if not chosen:
        beyond = ready.filter(record__position__gt=place.after + CHUNK)
        if (nearest := beyond.aggregate(nearest=Min("record__position"))["nearest"]) is not None:
            chosen = _chunk(ready.filter(record__position__range=(nearest, nearest + CHUNK)))
    if chosen:
        place.after = chosen[-1].record.position
    return chosen


def _chunk(postings: QuerySet[Posting]) -> list[Posting]:
    """What they need is loaded once: a few vendors are needed by all."""
    chosen = list(postings.select_related("record").order_by("record__position")[:CHUNK])
    needed = Posting.objects.in_bulk({posting.needs_id for posting in chosen if posting.needs_id})
    for posting in chosen:
        if posting.needs_id:
            posting.needs = needed[posting.needs_id]
    return chosen


def _refuse_the_needy(trip: Trip) -> None:
    planned = rows.planned(trip)
    rows.needed(planned).filter(state=PostingState.SKIPPED).update(state=PostingState.PLANNED)
    never = [PostingState.REFUSED, PostingState.SKIPPED]
    needy = planned.filter(needs__state__in=never).select_related("needs", "record")
    records: list[Record] = []
    for posting in needy:
        needed = posting.needs
        assert needed is not None  # noqa: S101  the query says so
        posting.state, posting.incident = PostingState.REFUSED, needed.incident
        posting.failure = needed.failure or FailureClass.MAPPING_MISSING
        posting.subject = needed.subject
        posting.reason, posting.words = needed.reason, needed.words
        posting.save()
        records.append(posting.record)
    deciding.decide(trip, records)


def _look_first(trip: Trip, batch: Batch) -> list[Document]:
    """What people make too (vendors), and what was sent before or may have been, is looked for before it is written;
    and adopted. Of what was sent and has been voided since, the next revision is posted in its stead."""
    looked = [
        rows.as_sent(document, batch.postings[document.key], _needed_id(batch, document))
        for document in batch.documents
        if document.look_first or document.key in batch.sent_before
    ]
    found = trip.target.find(looked) if looked else {}
    there = {key: ones for key, ones in found.items() if any(not one.void for one in ones)}
    voided = {key for key in found.keys() & batch.sent_before if revising.is_voided(key, found[key])}
    if there or voided:
        with acting_for(trip.tenant_id):
            trip.current.hold()
            for document in looked:
                if document.key in there:
                    outcomes.found(trip, batch.postings[document.key], document, there[document.key])
                elif document.key in voided:
                    revising.next_revision(trip, batch.postings[document.key], revising.VOIDED)
            settled = [batch.postings[key] for key in there.keys() | voided]
            deciding.decide(trip, outcomes.records_of(settled))
        trip.current.progress = True
    return [d for d in batch.documents if d.key not in there.keys() | voided]
