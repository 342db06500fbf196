"""What is about to be sent is committed first: a wave of writes in one block, under the fence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import uuid4

from connections.models import Exchange
from connectors.kit.documents import Draft, Outcome, Unknown
from connectors.kit.http import Answer, Request
from database.acting import acting_for
from database.bulk import insert_all, save_all
from exports.models import Posting, PostingState, Submission, SubmissionPosting
from exports.trip import Trip
from jobs.leases import LeaseLost


@dataclass
class Write:
    """One call, and how it ended: with an answer, with an error, or with neither, if it was never begun.

    `outcomes`: what its answer says of the documents.
    """

    submission: Submission
    draft: Draft
    postings: Sequence[Posting]
    answer: Answer | None = None
    outcomes: Sequence[Outcome] = ()
    error: Exception | None = None
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def never_begun(self) -> bool:
        return self.answer is None and self.error is None

    @property
    def told_nothing(self) -> bool:
        """Of no document. The vendor is in trouble: whatever goes to it now may come to be as unknown."""
        return all(isinstance(outcome, Unknown) for outcome in self.outcomes)


def commit(trip: Trip, drafts: Iterable[tuple[Draft, Sequence[Posting]]]) -> list[Write]:
    """From here on each of them may have been sent, whatever dies."""
    wave = [Write(_submission(trip, draft, postings), draft, postings) for draft, postings in drafts]
    postings = [posting for write in wave for posting in write.postings]
    with acting_for(trip.tenant_id):
        trip.current.about_to_call(trip.target.client.longest_call)
        planned = Posting.objects.filter(pk__in=[p.pk for p in postings], state=PostingState.PLANNED)
        if planned.update(state=PostingState.SENDING) != len(postings):  # another run of the same books has one
            raise LeaseLost("A posting of this batch is no longer free to be sent.")
        for write in wave:
            write.submission.created_at = write.submission.called_at = trip.current.at
        insert_all([write.submission for write in wave])
        _keep_what_is_sent(wave)
        insert_all(
            [
                SubmissionPosting(tenant_id=trip.tenant_id, submission=write.submission, posting=posting, position=n)
                for write in wave
                for n, posting in enumerate(write.postings)
            ]
        )
    return wave


def commit_again(trip: Trip, submission: Submission) -> None:
    with acting_for(trip.tenant_id):
        trip.current.about_to_call(trip.target.client.longest_call)
        submission.calls, submission.called_at = submission.calls + 1, trip.current.at
        submission.fence = trip.current.held.fence
        submission.save(update_fields=["calls", "called_at", "fence"])


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
    header = trip.target.idempotency.header
    return request.with_header(header, submission.key) if header else request


def _submission(trip: Trip, draft: Draft, postings: Sequence[Posting]) -> Submission:
    request, key = draft.request, uuid4()
    digest = sha256(request.body).hexdigest()
    epoch = max(posting.epoch for posting in postings)
    return Submission(
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
        findable=draft.findable,
        calls=1,
    )


def _keep_what_is_sent(wave: Sequence[Write]) -> None:
    """From here on the ERP may hold this version of the entry, under this reference."""
    changed = []
    for write in wave:
        for posting, document in zip(write.postings, write.draft.documents, strict=True):
            sent = (posting.record.digest, document.reference, document.kind)
            if (posting.digest, posting.reference, posting.kind) != sent:
                posting.digest, posting.reference, posting.kind = sent
                changed.append(posting)
    save_all(changed, ["digest", "reference", "kind"])
