"""Writes what came of postings, under the fence, with the reports that follow from it."""

from collections.abc import Sequence
from datetime import datetime

from audit import services as audit
from connectors.kit.documents import Created, Document, Draft, Found, Outcome, Part, Refused, Unknown
from connectors.kit.errors import RefuseRecord
from connectors.kit.failures import FailureClass
from database.acting import acting_for
from database.bulk import save_all
from exports import deciding
from exports.models import Posting, PostingState, Record, Submission, SubmissionState
from exports.trip import Trip, now
from incidents import services as incidents
from incidents.models import Incident

UNDER_WAY = {PostingState.SENDING, PostingState.UNCERTAIN}
UNANSWERED = {SubmissionState.SENDING, SubmissionState.UNCERTAIN}
WRITTEN_WHEN_POSTED = (
    *("state", "adopted", "posted_at", "document_id", "document_number", "document_url", "document_total"),
    *("incident", "failure", "subject", "reason", "words"),
)


def write(
    trip: Trip, submission: Submission, draft: Draft, postings: Sequence[Posting], read: Sequence[Outcome]
) -> None:
    """An element that the answer does not speak of is uncertain, whatever else it says."""
    told = {outcome.key: outcome for outcome in read}
    with acting_for(trip.tenant_id):
        trip.current.hold()
        _refresh(postings)
        at, posted = now(), []
        for posting, document in zip(postings, draft.documents, strict=True):
            if posting.state not in UNDER_WAY:  # decided by another run meanwhile
                continue
            outcome = told.get(document.key) or Unknown(document.key, "The answer does not mention it.")
            match outcome:
                case Created():
                    _is_posted(trip, posting, document, outcome.found, at, remarks=outcome.remarks)
                    posted.append(posting)
                case Refused():
                    refused(trip, posting, outcome)
                case Unknown():
                    _uncertain(posting, outcome.words)
        save_all(posted, WRITTEN_WHEN_POSTED)
        uncertain = [p for p in postings if p.state == PostingState.UNCERTAIN]
        state = SubmissionState.UNCERTAIN if uncertain else SubmissionState.ANSWERED
        _close(submission, state, answered_at=submission.answered_at, status=submission.status)
        deciding.decide(trip, records_of(postings))


def write_unknown(trip: Trip, submission: Submission, postings: Sequence[Posting], words: str) -> None:
    with acting_for(trip.tenant_id):
        trip.current.hold()
        _refresh(postings)
        for posting in postings:
            if posting.state in UNDER_WAY:
                _uncertain(posting, words)
        _close(submission, SubmissionState.UNCERTAIN, words=words)


def _close(submission: Submission, state: SubmissionState, **told: object) -> None:
    """Unless another run that needs one of its vendors has looked it up meanwhile: what is final stays so."""
    submission.state = state
    Submission.objects.filter(pk=submission.pk, state__in=UNANSWERED).update(state=state, **told)


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
        _is_posted(trip, posting, document, standing[0], now(), adopted=True)
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


def records_of(postings: Sequence[Posting]) -> list[Record]:
    return [posting.record for posting in postings if posting.part != Part.VENDOR]


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
