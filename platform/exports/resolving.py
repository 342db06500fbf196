"""Resolves submissions whose outcome nobody knows: the same bytes again while that is safe, else a look-up.

Inside the connector's replay window and with no answer read: same bytes, same key. Otherwise what is found under
our reference is adopted; only what is not there, `settle` after the last attempt, is planned again under a new
epoch. A voided document is not adopted: the posting goes on in a new revision.
"""

from collections.abc import Sequence
from datetime import timedelta

from audit import services as audit
from connectors.kit.documents import Document, Draft, Found, Key, Part
from database.acting import acting_for
from exports import deciding, outcomes, submitting
from exports.models import Posting, PostingState, Submission, SubmissionState
from exports.posting import document_of
from exports.trip import Trip, now
from jobs.handlers import Again, Next

REPLAYS_AT_MOST = 3
PERSON_LOOKS = timedelta(minutes=1)


def resolve(trip: Trip) -> Next | None:
    """Once over every open submission, after all else is posted; what is left waits for its time."""
    waits = [_resolve_one(trip, submission) for submission in _open(trip)]
    left = [wait for wait in waits if wait is not None]
    if left:
        return Again(min(left), trip.current.progress, "Looking up what became of a write.")
    return Again() if waits else None  # what was resolved is posted again, or told


def _open(trip: Trip) -> Sequence[Submission]:
    with acting_for(trip.tenant_id):
        return list(
            Submission.objects.filter(
                job=trip.job, state__in=[SubmissionState.SENDING, SubmissionState.UNCERTAIN]
            ).order_by("created_at")
        )


def _resolve_one(trip: Trip, submission: Submission) -> timedelta | None:
    """None: resolved. Otherwise how long to wait before the next look."""
    postings = _postings(trip, submission)
    if not postings:
        _close(trip, submission)
        return None
    if _replayable(trip, submission):
        _replay(trip, submission, postings)
        return None if submission.state == SubmissionState.ANSWERED else timedelta(0)
    return _look_up(trip, submission, postings)


def _postings(trip: Trip, submission: Submission) -> list[Posting]:
    with acting_for(trip.tenant_id):
        return list(
            Posting.objects.filter(submissions__submission=submission, state__in=outcomes.UNDER_WAY)
            .select_related("record__job")
            .order_by("submissions__position")
        )


def _replayable(trip: Trip, submission: Submission) -> bool:
    """No answer was ever read, so all elements are open and the stored bytes carry just them."""
    young = now() - submission.created_at < trip.target.replay_window
    return trip.may_post and submission.status is None and submission.calls < REPLAYS_AT_MOST and young


def _replay(trip: Trip, submission: Submission, postings: Sequence[Posting]) -> None:
    draft = Draft(submitting.stored_request(trip, submission), tuple(document_of(trip, p) for p in postings))
    submitting.call_again(trip, submission)
    submitting.send(trip, submission, draft, postings)
    trip.current.progress = True


def _look_up(trip: Trip, submission: Submission, postings: Sequence[Posting]) -> timedelta | None:
    documents = {posting.pk: document_of(trip, posting) for posting in postings}
    there = trip.target.find(list(documents.values()))
    settled = now() - submission.called_at >= trip.target.settle
    with acting_for(trip.tenant_id):
        trip.current.hold()
        for posting in postings:
            document = documents[posting.pk]
            _settle(trip, posting, there.get(document.key, ()), settled, document)
        deciding.decide(trip, outcomes.records_of(postings))
        open_still = [p for p in postings if p.state in outcomes.UNDER_WAY]
        if not open_still:
            _resolved(submission)
    if len(open_still) < len(postings):
        trip.current.progress = True
    if not open_still:
        return None
    if any(p.incident_id for p in open_still):
        return PERSON_LOOKS
    return max(submission.called_at + trip.target.settle - now(), timedelta(seconds=1))


def _settle(trip: Trip, posting: Posting, ones: Sequence[Found], settled: bool, document: Document) -> None:
    if any(not one.void for one in ones):
        outcomes.found(trip, posting, document, ones)
    elif ones:
        _next_revision(trip, posting)
    elif settled and trip.may_post:
        posting.state, posting.epoch = PostingState.PLANNED, posting.epoch + 1
        posting.save(update_fields=["state", "epoch"])
    elif settled:
        posting.state, posting.reason = PostingState.SKIPPED, "The job ended before it was posted."
        posting.save(update_fields=["state", "reason"])


def _next_revision(trip: Trip, posting: Posting) -> None:
    """A person voided it in the ERP: it is posted anew, as another document."""
    posting.state, posting.reason = PostingState.SKIPPED, "Voided in the ERP by a person."
    posting.save(update_fields=["state", "reason"])
    anew = Posting.objects.create(
        tenant_id=posting.tenant_id,
        books=posting.books,
        entry=posting.entry,
        part=posting.part,
        revision=posting.revision + 1,
        record=posting.record,
        digest=posting.digest,
        needs=posting.needs,
        kind=posting.kind,
        reference=_reference(trip, posting),
        amount=posting.amount,
        currency=posting.currency,
    )
    detail = {"voided": posting.document_id, "revision": anew.revision}
    audit.record("posting.revised", anew, actor=audit.PLATFORM, tenant_id=anew.tenant_id, detail=detail)


def _reference(trip: Trip, posting: Posting) -> str:
    key = Key(posting.entry, Part(posting.part))
    documents = trip.documents(posting.record, posting.revision + 1)
    return next(d.reference for d in documents if d.key == key)


def _close(trip: Trip, submission: Submission) -> None:
    with acting_for(trip.tenant_id):
        trip.current.hold()
        _resolved(submission)


def _resolved(submission: Submission) -> None:
    submission.state = SubmissionState.RESOLVED
    submission.save(update_fields=["state"])
