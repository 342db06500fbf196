"""Writes what came of postings, under the fence, with the reports that follow from it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from audit import services as audit
from connectors.kit.documents import ASIDE, Created, Document, Found, Key, Outcome, Refused, Unknown
from connectors.kit.errors import (
    AskForPermission,
    MendSettings,
    OutcomeUnknown,
    Reconnect,
    RefuseRecord,
    TryLater,
)
from connectors.kit.failures import FailureClass
from database.acting import acting_for
from database.bulk import save_all
from exports import deciding
from exports.intents import Write
from exports.models import Posting, PostingState, Record, Submission, SubmissionState
from exports.trip import Trip
from incidents import services as incidents
from incidents.models import Incident

NOTHING_WAS_DONE = (TryLater, Reconnect, AskForPermission, MendSettings)
UNDER_WAY = {PostingState.SENDING, PostingState.UNCERTAIN}
UNANSWERED = {SubmissionState.SENDING, SubmissionState.UNCERTAIN}
WRITTEN_WHEN_POSTED = (
    *("state", "adopted", "posted_at", "document_id", "document_number", "document_url", "document_total"),
    *("incident", "failure", "subject", "reason", "words"),
)


def write(trip: Trip, wave: Sequence[Write]) -> None:
    """All of a wave at once. An element that its answer does not speak of is uncertain, whatever else it says."""
    postings = [posting for written in wave for posting in written.postings]
    with acting_for(trip.tenant_id):
        trip.current.called()
        _refresh(postings)
        ours = [posting for posting in postings if posting.state in UNDER_WAY]
        at = trip.current.at
        for written in wave:
            _judge(trip, written, at)
        save_all([p for p in postings if p.state == PostingState.POSTED and p.posted_at == at], WRITTEN_WHEN_POSTED)
        _put_back([written for written in wave if written.submission.state == SubmissionState.NOT_SENT])
        _close([written.submission for written in wave])
        deciding.decide(trip, records_of(postings), known=ours)


def _judge(trip: Trip, written: Write, at: datetime) -> None:
    submission, error = written.submission, written.error
    if written.answer and not error:
        submission.answered_at, submission.status = at, written.answer.status
        _take(trip, written, {outcome.key: outcome for outcome in written.outcomes}, at)
    elif submission.calls == 1 and (written.never_begun or isinstance(error, NOTHING_WAS_DONE)):
        submission.state, submission.words = SubmissionState.NOT_SENT, _words(error)
    else:
        # Whatever went wrong here, the vendor may have done it: it is looked up before anything is sent again. And
        # if it was a second sending, the first one may have been done: then nothing more is known than before.
        submission.state, submission.words = SubmissionState.UNCERTAIN, _words(error)
        for posting in written.postings:
            if posting.state in UNDER_WAY:
                _uncertain(posting, submission.words)


def _words(error: Exception | None) -> str:
    if isinstance(error, (*NOTHING_WAS_DONE, OutcomeUnknown)):
        return error.words or error.sentence
    return f"{type(error).__name__}: {error}"[:500] if error else "It was never begun."


def _take(trip: Trip, written: Write, told: Mapping[Key, Outcome], at: datetime) -> None:
    for posting, document in zip(written.postings, written.draft.documents, strict=True):
        if posting.state not in UNDER_WAY:  # decided by another run meanwhile
            continue
        outcome = told.get(document.key) or Unknown(document.key, "The answer does not mention it.")
        match outcome:
            case Created():
                _is_posted(trip, posting, document, outcome.found, at, remarks=outcome.remarks)
            case Refused():
                refused(trip, posting, outcome)
            case Unknown():
                _uncertain(posting, outcome.words)
    uncertain = any(posting.state == PostingState.UNCERTAIN for posting in written.postings)
    written.submission.state = SubmissionState.UNCERTAIN if uncertain else SubmissionState.ANSWERED


def _put_back(unsent: Sequence[Write]) -> None:
    """Free to be sent again; under a new epoch if the vendor has refused the call, which it may remember."""
    for some, more in (([w for w in unsent if w.never_begun], 0), ([w for w in unsent if not w.never_begun], 1)):
        keys = [posting.pk for written in some for posting in written.postings]
        if keys:
            Posting.objects.filter(pk__in=keys, state__in=UNDER_WAY).update(
                state=PostingState.PLANNED, epoch=F("epoch") + more
            )


def _close(submissions: Sequence[Submission]) -> None:
    """Unless another run that needs one of its vendors has looked it up meanwhile: what is final stays so."""
    alike: dict[tuple[Any, ...], list[UUID]] = {}
    for one in submissions:
        alike.setdefault((one.state, one.answered_at, one.status, one.words), []).append(one.pk)
    for (state, answered_at, status, words), keys in alike.items():
        told = {"answered_at": answered_at, "status": status} if status else {"words": words}
        Submission.objects.filter(pk__in=keys, state__in=UNANSWERED).update(state=state, **told)


def _refresh(postings: Sequence[Posting]) -> None:
    """Vendors are shared between runs: what is final stays so, whoever speaks last."""
    states = dict(
        Posting.objects.select_for_update().filter(pk__in=[p.pk for p in postings]).values_list("pk", "state")
    )
    for posting in postings:
        posting.state = states[posting.pk]


def found(trip: Trip, posting: Posting, document: Document, ones: Sequence[Found]) -> None:
    """Adopts what is in the ERP under our reference; with several a person decides. Inside `acting_for`."""
    standing = [one for one in ones if not one.void]
    if len(standing) == 1:
        _is_posted(trip, posting, document, standing[0], trip.current.at, adopted=True)
        posting.save(update_fields=WRITTEN_WHEN_POSTED)
        return
    numbers = ", ".join(one.number or one.document_id for one in standing)
    sentence = (
        f"{trip.target.name} has {len(standing)} documents under the reference {posting.reference}. "
        "Void all but the right one there; it is then taken as this entry's."
    )
    _uncertain(posting, f"{sentence} {numbers}")
    posting.incident = _incident(trip, FailureClass.OUTCOME_UNCERTAIN, str(posting.pk), sentence, numbers)
    posting.save(update_fields=["incident"])


def nobody_knows(trip: Trip, posting: Posting) -> Incident:
    """The incident of a posting that stays uncertain. Inside `acting_for`."""
    incident: Incident | None = posting.incident
    if incident is None:
        sentence = f"{trip.target.name} did not say whether it took {posting.reference}. Look for it there."
        incident = _incident(trip, FailureClass.OUTCOME_UNCERTAIN, str(posting.pk), sentence, posting.words)
        posting.incident = incident
        posting.save(update_fields=["incident"])
    return incident


def can_be_found(trip: Trip, posting: Posting) -> bool:
    """Whether the ERP can be asked for all that was sent of it and has no answer. Inside `acting_for`."""
    lost = posting.submissions.filter(submission__findable=False, submission__state__in=UNANSWERED)
    return trip.target.idempotency.can_be_found and not lost.exists()


def records_of(postings: Sequence[Posting]) -> list[Record]:
    return [posting.record for posting in postings if posting.part not in ASIDE]


def _is_posted(
    trip: Trip,
    posting: Posting,
    document: Document,
    found: Found,
    at: datetime,
    *,
    adopted: bool = False,
    remarks: Sequence[str] = (),
) -> None:
    """Not saved yet (WRITTEN_WHEN_POSTED)."""
    posting.state, posting.adopted, posting.posted_at = PostingState.POSTED, adopted, at
    posting.document_id, posting.document_number = found.document_id, found.number[:255]
    posting.document_url = trip.target.document_url(document, found.document_id)
    posting.document_total = found.total.amount if found.total else posting.amount
    if posting.incident_id:
        incidents.mend_about(trip.tenant_id, str(posting.pk), actor=audit.PLATFORM)  # a person had to judge
    posting.incident, posting.failure, posting.subject, posting.reason = None, "", "", ""
    posting.words = "\n".join(remarks)
    if document.total and found.total and found.total != document.total:
        _differs(trip, posting, document, found)


def _differs(trip: Trip, posting: Posting, document: Document, found: Found) -> None:
    sentence = f"{found.number or found.document_id} is in the ERP with {found.total}; we sent {document.total}."
    posting.incident = _incident(trip, FailureClass.BALANCE_MISMATCH, str(posting.pk), sentence)
    posting.reason = sentence


def refused(trip: Trip, posting: Posting, refusal: Refused | RefuseRecord) -> None:
    """By the vendor, or by our own planning. Inside `acting_for`."""
    about = f"{trip.installation.pk}:{refusal.subject or posting.reference}"
    posting.state, posting.failure = PostingState.REFUSED, refusal.failure
    posting.subject = refusal.subject[:200]
    posting.reason, posting.words = refusal.sentence, refusal.words
    posting.incident = _incident(trip, refusal.failure, about, refusal.sentence, refusal.words)
    posting.save()


def _uncertain(posting: Posting, words: str) -> None:
    posting.state, posting.words = PostingState.UNCERTAIN, words
    posting.save(update_fields=["state", "words"])


def _incident(trip: Trip, failure: FailureClass, about: str, sentence: str, words: str = "") -> Incident:
    return incidents.open_incident(
        trip.tenant_id,
        failure,
        about=about,
        sentence=sentence,
        words=words,
        connection_id=trip.installation.target_id,
    )
