"""Recheck: what an earlier job had posted is looked at again before the source is told that it is there.

Unchanged and standing → reported with the document there is. Changed → fails and says what to do. Voided or deleted
by a person → posted anew, as the next revision.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from connectors.kit.documents import ASIDE, Found, Part
from connectors.kit.errors import ConnectorError, RateLimited, RefuseRecord
from database.acting import acting_for
from exports import deciding, outcomes, revising, rows
from exports.models import Posting, PostingState
from exports.trip import Trip, require_usable
from incidents.models import Incident
from jobs.handlers import Again, Next

CHUNK = 25  # a vendor may give one a call: a chunk has to fit into what a minute allows
CHANGED = "The entry was changed after its document had been posted."
GONE = "It is not in the ERP any more."
A_MOMENT = timedelta(minutes=1)
UNSEEN = (
    "The entry was posted before as {number}; whether that document still stands could not be looked up. {why} Export"
    " the entry again then: a document that stands is not posted twice."
)


def recheck(trip: Trip) -> Next | None:
    seen: set[UUID] = set()
    while postings := _posted_before(trip, seen):
        seen |= {posting.pk for posting in postings}
        standing = trip.target.standing([(rows.as_posted(p), p.document_id) for p in postings])
        gone = [p for p in postings if rows.key_of(p) not in standing]
        elsewhere = _find(trip, gone)
        with acting_for(trip.tenant_id):
            trip.current.hold()
            voided = [p for p in postings if p not in gone and standing[rows.key_of(p)].void]
            for posting in gone:
                _gone(trip, posting, elsewhere)
            for posting in voided:
                revising.next_revision(trip, posting, revising.VOIDED)
            _leave_the_changed(postings)
            decided = deciding.decide(trip, {posting.record for posting in postings})
        trip.current.progress |= bool(gone or voided or decided)
        if trip.current.is_over and trip.current.progress:
            return Again()
    return None


def recheck_at_last(trip: Trip, incident: Incident | None) -> Next | None:
    """At the end of a hold, whatever it was for. What cannot be looked at again is not told as there: it fails and
    says so, by the incident that held the job."""
    try:
        require_usable(trip.installation.target)
        return recheck(trip)
    except RateLimited as limit:
        if trip.current.progress:
            return Again(limit.wait or A_MOMENT, remark=limit.sentence)
        _fail_unseen(trip, limit, incident)
    except ConnectorError as error:
        _fail_unseen(trip, error, incident)
    return None


def _fail_unseen(trip: Trip, error: ConnectorError, incident: Incident | None) -> None:
    with acting_for(trip.tenant_id):
        trip.current.hold()
        for posting in _all_posted_before(trip).select_related("record"):
            number = posting.document_number or posting.reference
            sentence = UNSEEN.format(number=number, why=error.sentence)
            deciding.fail(trip, [posting.record], error.failure, "", sentence, incident)


def _posted_before(trip: Trip, seen: set[UUID]) -> Sequence[Posting]:
    with acting_for(trip.tenant_id):
        posted = _all_posted_before(trip)
        return list(
            posted.exclude(pk__in=seen).select_related("record__job", "needs").order_by("record__position")[:CHUNK]
        )


def _all_posted_before(trip: Trip) -> QuerySet[Posting]:
    """By earlier jobs, of records that nothing was told of yet."""
    posted = rows.own(trip).filter(state=PostingState.POSTED, record__report=None)
    return posted.exclude(submissions__submission__job=trip.job)


def _leave_the_changed(postings: Sequence[Posting]) -> None:
    """Of an entry that was changed after its document had been posted, the rest (its payment) is not posted."""
    changed = [
        posting.record_id
        for posting in postings
        if posting.state == PostingState.POSTED
        and posting.part == Part.DOCUMENT
        and posting.digest != posting.record.digest
    ]
    left = Posting.objects.filter(record__in=changed, state=PostingState.PLANNED).exclude(part__in=ASIDE)
    left.update(state=PostingState.SKIPPED, reason=CHANGED)


def _find(trip: Trip, gone: Sequence[Posting]) -> dict[UUID, tuple[Found, ...]]:
    """An id that the ERP does not know (a demo company that was reset) may be there under our reference."""
    documents = {}
    for posting in gone:
        try:
            document = rows.document_of(trip, posting)
        except RefuseRecord:
            continue
        if document.kind == posting.kind:
            documents[posting.pk] = document
    found = trip.target.find(list(documents.values())) if documents else {}
    return {pk: found.get(document.key, ()) for pk, document in documents.items()}


def _gone(trip: Trip, posting: Posting, elsewhere: dict[UUID, tuple[Found, ...]]) -> None:
    there = [one for one in elsewhere.get(posting.pk, ()) if not one.void]
    if there:
        outcomes.found(trip, posting, rows.document_of(trip, posting), there)
    else:
        revising.next_revision(trip, posting, GONE)
