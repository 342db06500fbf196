"""The ledger's states in the admin's one vocabulary."""

from connectors.kit.documents import ASIDE
from desk.tones import State, Tone
from exports.models import (
    ExportJob,
    Posting,
    PostingState,
    Receipt,
    ReceiptState,
    Record,
    ReportOutcome,
    Submission,
    SubmissionState,
)

JOBS = {
    "pending": (Tone.WAITING, "Pending"),
    "in_progress": (Tone.WORKING, "In progress"),
    "completed": (Tone.DONE, "Completed"),
    "completed_with_errors": (Tone.NEEDS_SOMEBODY, "Completed with errors"),
    "failed": (Tone.FAILED, "Failed"),
}
REPORTS = {
    ReportOutcome.POSTED: Tone.DONE,
    ReportOutcome.ALREADY_THERE: Tone.DONE,
    ReportOutcome.SKIPPED: Tone.WAITING,
    ReportOutcome.FAILED: Tone.FAILED,
}
POSTINGS = {
    PostingState.PLANNED: Tone.WAITING,
    PostingState.SENDING: Tone.WORKING,
    PostingState.UNCERTAIN: Tone.WORKING,
    PostingState.POSTED: Tone.DONE,
    PostingState.REFUSED: Tone.FAILED,
    PostingState.SKIPPED: Tone.WAITING,
}
SUBMISSIONS = {
    SubmissionState.SENDING: Tone.WORKING,
    SubmissionState.ANSWERED: Tone.DONE,
    SubmissionState.UNCERTAIN: Tone.WORKING,
    SubmissionState.NOT_SENT: Tone.WAITING,
    SubmissionState.RESOLVED: Tone.DONE,
}

RECEIPTS = {
    ReceiptState.WANTED: Tone.WORKING,
    ReceiptState.STORED: Tone.WORKING,
    ReceiptState.ATTACHED: Tone.DONE,
    ReceiptState.FAILED: Tone.FAILED,
    ReceiptState.LEFT_OUT: Tone.WAITING,
}


def of_job(job: ExportJob) -> State:
    if job.is_open and job.held_since:
        return Tone.NEEDS_SOMEBODY, "Held up"
    if job.balanced is False:
        return Tone.FAILED, "Does not balance"
    return JOBS[job.state]


def of_record(record: Record) -> State:
    """Its report says it; before there is one, its postings do. Both are fetched with it in lists."""
    report = getattr(record, "report", None)
    if report:
        outcome = ReportOutcome(report.outcome)
        return REPORTS[outcome], outcome.label
    postings = [posting for posting in record.postings.all() if posting.part not in ASIDE]
    urgent = [PostingState.UNCERTAIN, PostingState.SENDING]
    found = next((of_posting(p) for state in urgent for p in postings if p.state == state), None)
    return found or (Tone.WAITING, "Waiting")


def of_posting(posting: Posting) -> State:
    state = PostingState(posting.state)
    if posting.incident_id and state == PostingState.UNCERTAIN:
        return Tone.NEEDS_SOMEBODY, state.label
    return POSTINGS[state], state.label


def of_submission(submission: Submission) -> State:
    state = SubmissionState(submission.state)
    return SUBMISSIONS[state], state.label


def of_receipt(receipt: Receipt) -> State:
    state = ReceiptState(receipt.state)
    return RECEIPTS[state], state.label
