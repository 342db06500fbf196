"""Resolves submissions whose outcome nobody knows: the same bytes again while that is safe, else a look-up.

Inside the connector's replay window and with no answer read: same bytes, same key. Otherwise what is found under
our reference is adopted; only what is not there, after the last of the connector's look-ups (`looks`, or `settle`
after the last attempt), is planned again under a new epoch. A voided document is not adopted: the posting goes on in
a new revision. Where the vendor can be asked for nothing, or never has what it was sent, a person looks.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from audit import services as audit
from connectors.kit.documents import Document, Draft, Found, Part
from connectors.kit.errors import RefuseRecord
from connectors.kit.failures import FailureClass
from database.acting import acting_for
from exports import deciding, intents, outcomes, revising, rows, submitting
from exports.living import listen
from exports.models import Posting, PostingState, Submission, SubmissionPosting, SubmissionState
from exports.trip import Trip, now, require_usable
from incidents import services as incidents
from jobs.handlers import Again, Next, WaitForSomebody
from jobs.models import Run, RunState

REPLAYS_AT_MOST = 3
SENDS_AT_MOST = 5
NEVER_ARRIVES = "{it} was sent five times, and the ERP had it none of the times. Export the entry again later."
LOOKING = "Looking up what became of a write."
PERSON = timedelta.max  # a person has to judge first
CHANGED = "The entry was changed while its posting was uncertain; it never arrived. Export the entry again."


def resolve(trip: Trip) -> Next | None:
    """Once over all whose outcome is unknown, after all else is posted; what is left waits for its time."""
    waits: list[timedelta | None] = []
    for submission, postings in _open(trip):
        if waits and trip.current.is_over:
            return Again(progress=trip.current.progress, remark=LOOKING)
        waits.append(_resolve_one(trip, submission, postings))
    if not waits:
        return None
    left = [wait for wait in waits if wait is not None]
    if not left or (min(left) == PERSON and trip.current.progress):
        return Again()  # what was resolved is posted again, or told
    if min(left) == PERSON:
        return WaitForSomebody(_what_to_judge(trip))
    return Again(min(left), trip.current.progress, LOOKING)


def _what_to_judge(trip: Trip) -> str:
    with acting_for(trip.tenant_id):
        own = rows.own(trip)
        sentences = [
            posting.incident.sentence
            for some in (rows.needed(own), own)
            for posting in some.filter(state__in=outcomes.UNDER_WAY).exclude(incident=None).select_related("incident")
        ]
    more = f" {len(sentences) - 1} more wait in the same way." if len(sentences) > 1 else ""
    return f"{sentences[0]}{more}"


def _open(trip: Trip) -> Sequence[tuple[Submission | None, list[Posting]]]:
    """Postings under way by the newest write that carried them; None for what was found double before any. What was
    looked at longest ago comes first: a slice may be over before the last.

    What another run is just sending is that run's to resolve.
    """
    with acting_for(trip.tenant_id):
        own = rows.own(trip)
        others = set(
            Run.objects.filter(state=RunState.HELD).exclude(pk=trip.current.held.run_id).values_list("pk", flat=True)
        )
        postings = [
            posting
            for some in (rows.needed(own), own)
            for posting in some.filter(state__in=outcomes.UNDER_WAY).select_related("record__job", "needs")
        ]
        newest = {
            element.posting_id: element
            for element in SubmissionPosting.objects.filter(
                posting__in=postings, submission__state__in=outcomes.UNANSWERED
            )
            .select_related("submission")
            .order_by("submission__created_at")
        }
    groups: dict[Submission | None, list[Posting]] = {}
    for posting in sorted(postings, key=lambda p: newest[p.pk].position if p.pk in newest else 0):
        element = newest.get(posting.pk)
        if element and element.submission.run_id in others:
            continue
        groups.setdefault(element.submission if element else None, []).append(posting)
    return sorted(groups.items(), key=_seen_at)


def _seen_at(group: tuple[Submission | None, object]) -> datetime:
    submission, _ = group
    return (submission.looked_at or submission.called_at) if submission else datetime.min.replace(tzinfo=UTC)


def _resolve_one(trip: Trip, submission: Submission | None, postings: Sequence[Posting]) -> timedelta | None:
    """None: resolved. Otherwise how long to wait before the next look."""
    if submission is None or not _replayable(trip, submission, postings):
        return _look_up(trip, submission, postings)
    _replay(trip, submission, postings)
    return None if submission.state == SubmissionState.ANSWERED else timedelta(0)


def _replayable(trip: Trip, submission: Submission, postings: Sequence[Posting]) -> bool:
    """No answer was ever read, and the stored bytes carry just these: a vendor among them may have been looked up by
    another run that needs it, and an answer that speaks of more is no answer to what is asked."""
    young = now() - submission.created_at < trip.target.idempotency.window
    if not (trip.may_post and submission.status is None and submission.calls < REPLAYS_AT_MOST and young):
        return False
    with acting_for(trip.tenant_id):
        return submission.elements.count() == len(postings)


def _replay(trip: Trip, submission: Submission, postings: Sequence[Posting]) -> None:
    draft = Draft(intents.stored_request(trip, submission), tuple(rows.document_of(trip, p) for p in postings))
    listen(trip)
    submitting.submit_again(trip, submission, draft, postings)


def _look_up(trip: Trip, submission: Submission | None, postings: Sequence[Posting]) -> timedelta | None:
    require_usable(trip.installation.target)
    if trip.target.idempotency.looks and (early := _next_look_in(trip, submission)) > timedelta(0):
        return early
    documents = {posting.pk: rows.document_of(trip, posting) for posting in postings}
    there = trip.target.find(list(documents.values()))
    with acting_for(trip.tenant_id):
        trip.current.hold()
        _count(submission)
        next_look = _next_look_in(trip, submission)
        for posting in postings:
            document = documents[posting.pk]
            _settle(trip, posting, there.get(document.key, ()), next_look <= timedelta(0), document)
        deciding.decide(trip, outcomes.records_of(postings))
        open_still = [p for p in postings if p.state in outcomes.UNDER_WAY]
        if submission and not _elements_under_way(submission):
            submission.state = SubmissionState.RESOLVED
            submission.save(update_fields=["state"])
    if len(open_still) < len(postings):
        trip.current.progress = True
    if not open_still:
        return None
    return PERSON if all(p.incident_id for p in open_still) else max(next_look, timedelta(seconds=1))


def _elements_under_way(submission: Submission) -> bool:
    """Also those of another run: it waits for this submission to settle, not for one that is resolved."""
    return submission.elements.filter(posting__state__in=outcomes.UNDER_WAY).exists()


def _count(submission: Submission | None) -> None:
    """A look-up that was answered: only those tell that something is not there. Inside `acting_for`."""
    if submission:
        submission.looks, submission.looked_at = submission.looks + 1, now()
        submission.save(update_fields=["looks", "looked_at"])


def _next_look_in(trip: Trip, submission: Submission | None) -> timedelta:
    """Nothing or less: what is not there by now may be believed not to be there."""
    looks = trip.target.idempotency.looks
    if submission is None or (looks and submission.looks >= len(looks)):
        return timedelta(0)
    if not looks:
        return submission.called_at + trip.target.settle - now()
    return (submission.looked_at or submission.called_at) + looks[submission.looks] - now()


def _settle(trip: Trip, posting: Posting, ones: Sequence[Found], settled: bool, document: Document) -> None:
    if any(not one.void for one in ones):
        outcomes.found(trip, posting, document, ones)
    elif revising.is_voided(document.key, ones):
        revising.next_revision(trip, posting, revising.VOIDED)
    elif settled and _is_for_a_person(trip, posting):
        outcomes.nobody_knows(trip, posting)
    elif settled:
        _not_there(trip, posting)


def _is_for_a_person(trip: Trip, posting: Posting) -> bool:
    """Where nothing can be found, for good. Else until they export the entry again, and it has a new job."""
    if not outcomes.can_be_found(trip, posting):
        return True
    sends = trip.target.idempotency.sends
    return bool(sends) and trip.may_post and _sent_in_vain(trip, posting) >= sends


def _sent_in_vain(trip: Trip, posting: Posting) -> int:
    """How often this job has sent it, and nobody knew what became of it."""
    unknown = Q(submission__state__in=[*outcomes.UNANSWERED, SubmissionState.RESOLVED])
    return posting.submissions.filter(unknown, submission__job=trip.job).count()


def _not_there(trip: Trip, posting: Posting) -> None:
    if posting.incident_id:  # a person has judged
        incidents.mend_about(trip.tenant_id, str(posting.pk), actor=audit.PLATFORM)
        posting.incident = None
    if trip.may_post and _sent_in_vain(trip, posting) >= SENDS_AT_MOST:
        sentence = NEVER_ARRIVES.format(it="Its vendor" if posting.part == Part.VENDOR else "It")
        outcomes.refused(trip, posting, RefuseRecord(sentence, failure=FailureClass.ERP_UNAVAILABLE))
        return
    if posting.part == Part.VENDOR:  # shared: other jobs may need it
        posting.state, posting.epoch = PostingState.PLANNED, posting.epoch + 1
    elif not trip.may_post:
        posting.state, posting.reason = PostingState.SKIPPED, "The job ended before it was posted."
    elif posting.digest != posting.record.digest:
        posting.state, posting.failure, posting.reason = PostingState.REFUSED, FailureClass.OUTCOME_UNCERTAIN, CHANGED
    else:
        posting.state, posting.epoch = PostingState.PLANNED, posting.epoch + 1
    posting.save(update_fields=["state", "epoch", "incident", "failure", "reason"])
