"""One write to a vendor: intent committed, call, outcome committed. Also the same bytes once more."""

from collections.abc import Sequence
from hashlib import sha256
from uuid import uuid4

from django.db.models import F

from connectors.kit.documents import Draft
from connectors.kit.errors import (
    AskForPermission,
    ConnectorError,
    MendSettings,
    OutcomeUnknown,
    Reconnect,
    TryLater,
)
from connectors.kit.http import LONGEST_CALL, Answer, Request
from database.acting import acting_for
from exports import outcomes
from exports.failpoints import failpoint
from exports.models import Posting, PostingState, Submission, SubmissionPosting, SubmissionState
from exports.trip import Trip, now
from jobs.leases import LeaseLost

NOTHING_WAS_DONE = (TryLater, Reconnect, AskForPermission, MendSettings)


def submit(trip: Trip, draft: Draft, postings: Sequence[Posting]) -> None:
    """Raises what concerns the call as a whole; outcomes of single postings are written, not raised."""
    failpoint("before_intent")
    begin_by = trip.target.client.prepare()
    submission = _commit_intent(trip, draft, postings)
    failpoint("after_intent")
    _send(trip, submission, draft, postings, begin_by)


def submit_again(trip: Trip, submission: Submission, draft: Draft, postings: Sequence[Posting]) -> None:
    """The same bytes once more. Raises as `submit` does."""
    begin_by = trip.target.client.prepare()
    _commit_again(trip, submission)
    _send(trip, submission, draft, postings, begin_by)


def _send(trip: Trip, submission: Submission, draft: Draft, postings: Sequence[Posting], begin_by: float) -> None:
    """The call and what came of it. The submission stands committed; its bytes and key are as stored."""
    request = stored_request(trip, submission)
    trip.target_line.recorder.submission_id = submission.pk
    try:
        answer = trip.target.client.send(request, begin_by)
        failpoint("after_call")
        read = trip.target.read(draft, answer)
    except NOTHING_WAS_DONE as error:
        _nothing_was_done(trip, submission, postings, error)
        raise
    except OutcomeUnknown as error:
        outcomes.write_unknown(trip, submission, postings, error.words or error.sentence)
        raise
    except Exception as error:
        # Whatever went wrong here, the vendor may have done it: it is looked up before anything is sent again.
        outcomes.write_unknown(trip, submission, postings, f"{type(error).__name__}: {error}"[:500])
        raise
    finally:
        trip.target_line.recorder.submission_id = None
    _answered(submission, answer)
    outcomes.write(trip, submission, draft, postings, read)
    failpoint("after_outcome")


def stored_request(trip: Trip, submission: Submission) -> Request:
    """The exact bytes as committed, so that a second sending is the same in every byte."""
    request = Request(
        method=submission.method,
        path=submission.path,
        host=submission.host,
        query=tuple((name, value) for name, value in submission.query),
        headers=submission.headers,
        body=bytes(submission.body),
    )
    header = trip.target.idempotency_header
    return request.with_header(header, submission.key) if header else request


def _commit_again(trip: Trip, submission: Submission) -> None:
    with acting_for(trip.tenant_id):
        trip.current.about_to_call(LONGEST_CALL)
        submission.calls, submission.called_at = submission.calls + 1, now()
        submission.fence = trip.current.held.fence
        submission.save(update_fields=["calls", "called_at", "fence"])


def _commit_intent(trip: Trip, draft: Draft, postings: Sequence[Posting]) -> Submission:
    request, key = draft.request, uuid4()
    digest = sha256(request.body).hexdigest()
    epoch = max(posting.epoch for posting in postings)
    submission = Submission(
        id=key,
        tenant_id=trip.tenant_id,
        job=trip.job,
        run_id=trip.current.held.run_id,
        fence=trip.current.held.fence,
        method=request.method,
        path=request.path,
        host=request.host,
        query=[list(pair) for pair in request.query],
        headers=dict(request.headers),
        body=request.body,
        digest=digest,
        key=f"{key.hex}-{epoch}-{digest[:16]}",
        calls=1,
    )
    ids = [posting.pk for posting in postings]
    with acting_for(trip.tenant_id):
        trip.current.about_to_call(LONGEST_CALL)
        taken = Posting.objects.filter(pk__in=ids, state=PostingState.PLANNED).update(state=PostingState.SENDING)
        if taken != len(ids):  # another run of the same books has one of them in its hands
            raise LeaseLost("A posting of this batch is no longer free to be sent.")
        submission.created_at = submission.called_at = now()
        submission.save(force_insert=True)
        _keep_what_is_sent(draft, postings)
        SubmissionPosting.objects.bulk_create(
            SubmissionPosting(tenant_id=trip.tenant_id, submission=submission, posting=posting, position=n)
            for n, posting in enumerate(postings)
        )
    return submission


def _keep_what_is_sent(draft: Draft, postings: Sequence[Posting]) -> None:
    """From here on the ERP may hold this version of the entry, under this reference."""
    for posting, document in zip(postings, draft.documents, strict=True):
        sent = (posting.record.digest, document.reference, document.kind)
        if (posting.digest, posting.reference, posting.kind) != sent:
            posting.digest, posting.reference, posting.kind = sent
            posting.save(update_fields=["digest", "reference", "kind"])


def _answered(submission: Submission, answer: Answer) -> None:
    submission.state, submission.answered_at = SubmissionState.ANSWERED, now()
    submission.status = answer.status


def _nothing_was_done(trip: Trip, submission: Submission, postings: Sequence[Posting], error: ConnectorError) -> None:
    """Free to be sent again, under a key of its own: the vendor may remember refusals under the old one.

    If it was a second sending, the first one may have been done: then nothing more is known than before.
    """
    if submission.calls > 1:
        outcomes.write_unknown(trip, submission, postings, error.words or error.sentence)
        return
    with acting_for(trip.tenant_id):
        trip.current.hold()
        Posting.objects.filter(pk__in=[p.pk for p in postings], state__in=outcomes.UNDER_WAY).update(
            state=PostingState.PLANNED, epoch=F("epoch") + 1
        )
        submission.state, submission.words = SubmissionState.NOT_SENT, error.words or error.sentence
        submission.save(update_fields=["state", "words"])
