"""The states of the ledger's rows, and the only steps between them: which module takes one, and when.

PostgreSQL refuses every other step (`database.constraints.Steps`, made from these tables). A state with no step out
of it is final, and written once. All steps are taken under the run's fence.
"""

from collections.abc import Mapping

from django.db import models

from connectors.kit.records import JobState

Table = Mapping[str, Mapping[str, str]]


class PostingState(models.TextChoices):
    PLANNED = "planned", "Planned"
    SENDING = "sending", "Sending"
    UNCERTAIN = "uncertain", "Uncertain"
    POSTED = "posted", "Posted"
    REFUSED = "refused", "Refused"
    SKIPPED = "skipped", "Skipped"


class SubmissionState(models.TextChoices):
    SENDING = "sending", "Sending"
    ANSWERED = "answered", "Answered"
    UNCERTAIN = "uncertain", "Uncertain"
    NOT_SENT = "not_sent", "Not sent"
    RESOLVED = "resolved", "Resolved by look-up"


class ReceiptState(models.TextChoices):
    WANTED = "wanted", "To be fetched"
    STORED = "stored", "Fetched"
    ATTACHED = "attached", "Attached"
    FAILED = "failed", "Not attached"
    LEFT_OUT = "left_out", "Left out"


class ReportOutcome(models.TextChoices):
    POSTED = "posted", "Posted"
    ALREADY_THERE = "already_there", "Already there"
    SKIPPED = "skipped", "Skipped"
    FAILED = "failed", "Failed"


class DiscrepancyKind(models.TextChoices):
    DOUBLE = "double", "Twice in the ERP"
    MISSING = "missing", "Missing in the ERP"
    OTHER_TOTAL = "other_total", "Another total in the ERP"
    VOIDED = "voided", "Voided by a person"


_P, _S, _R = PostingState, SubmissionState, ReceiptState

# What is posted stays so in its revision, unless the ERP itself says otherwise. What was refused or skipped may be
# planned again when its entry comes in a new job. No posting waits by itself: what cannot be planned fails at once,
# and what a whole job waits for holds the job (holding): one incident and one row, however many its records are.
POSTING: Table = {
    _P.PLANNED: {
        _P.SENDING: "intents: the intent is committed, the call comes next; uploading: the same, of receipts",
        _P.POSTED: "outcomes: found before it was sent, and adopted",
        _P.UNCERTAIN: "outcomes: several were found before it was sent",
        _P.REFUSED: "posting: what it needs was; outcomes: it is planned no more; giving_up: the hold is over",
        _P.SKIPPED: "closing: the job ended; rechecking: its entry was changed; revising: it was sent, and voided",
    },
    _P.SENDING: {
        _P.POSTED: "outcomes: the vendor made it, or it was found and adopted; uploading: the receipts are there",
        _P.REFUSED: "outcomes: the vendor refused it; resolving: it never arrives, or its entry was changed",
        _P.UNCERTAIN: "outcomes: no answer, or none that tells",
        _P.PLANNED: "outcomes: nothing was done; resolving: it is not there, epoch + 1",
        _P.SKIPPED: "resolving: not there, and the job has ended; revising: a person voided it; uploading: no more",
    },
    _P.UNCERTAIN: {
        _P.POSTED: "outcomes: found and adopted, or the same bytes were answered",
        _P.REFUSED: "outcomes: the same bytes were refused; resolving: it never arrives, or its entry was changed",
        _P.PLANNED: "resolving: it is not there, epoch + 1",
        _P.SKIPPED: "resolving: not there, and the job has ended; revising: a person voided it",
    },
    _P.POSTED: {
        _P.SKIPPED: "revising: a person voided it, and the next revision takes its place",
        _P.UNCERTAIN: "outcomes: the ERP does not know it any more, and has several others of its reference",
    },
    _P.REFUSED: {_P.PLANNED: "rows: the entry came in a new job"},
    _P.SKIPPED: {_P.PLANNED: "rows: the entry came in a new job; posting: a vendor is needed again"},
}

SUBMISSION: Table = {
    _S.SENDING: {
        _S.ANSWERED: "outcomes: the answer tells of each of its postings",
        _S.UNCERTAIN: "outcomes: no answer, or none that tells of all",
        _S.NOT_SENT: "outcomes: the first call, and nothing was done",
        _S.RESOLVED: "resolving: looked up after a crash",
    },
    _S.UNCERTAIN: {
        _S.ANSWERED: "outcomes: the same bytes were answered",
        _S.RESOLVED: "resolving: looked up",
    },
    _S.ANSWERED: {},
    _S.NOT_SENT: {},
    _S.RESOLVED: {},
}

_ENDS = (JobState.COMPLETED, JobState.COMPLETED_WITH_ERRORS, JobState.FAILED)

EXPORT_JOB: Table = {
    JobState.PENDING: {
        JobState.IN_PROGRESS: "starting: the source was told, or says so itself",
        **dict.fromkeys(_ENDS, "ending: the final event; starting: the source ended it first"),
    },
    JobState.IN_PROGRESS: dict.fromkeys(_ENDS, "ending: the final event; starting: the source ended it first"),
    JobState.COMPLETED: {},
    JobState.COMPLETED_WITH_ERRORS: {},
    JobState.FAILED: {},
}

RECEIPT: Table = {
    _R.WANTED: {
        _R.STORED: "collecting: the file is in the private storage",
        _R.FAILED: "receipts: given up, or the job ended before",
        _R.LEFT_OUT: "leaving_out: by the settings, or it goes nowhere",
    },
    _R.STORED: {
        _R.ATTACHED: "attaching: the vendor has it",
        _R.FAILED: "receipts: refused, given up, or the job was cancelled",
        _R.LEFT_OUT: "leaving_out: it goes nowhere",
    },
    _R.FAILED: {_R.STORED: "attaching_later: a person has it tried again"},
    _R.ATTACHED: {},
    _R.LEFT_OUT: {},
}
