"""Export jobs, the ledger of what they become, and what is reported back."""

from exports.models.checks import Discrepancy, Reconciliation, Restoration
from exports.models.jobs import ExportJob, Record, ReferenceData
from exports.models.ledger import Posting, Submission, SubmissionPosting
from exports.models.outbox import FinalEvent, Report
from exports.models.receipts import Receipt
from exports.states import PostingState, ReceiptState, ReportOutcome, SubmissionState

__all__ = [
    "Discrepancy",
    "ExportJob",
    "FinalEvent",
    "Posting",
    "PostingState",
    "Receipt",
    "ReceiptState",
    "Reconciliation",
    "Record",
    "ReferenceData",
    "Report",
    "ReportOutcome",
    "Restoration",
    "Submission",
    "SubmissionPosting",
    "SubmissionState",
]
