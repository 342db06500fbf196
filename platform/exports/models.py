"""The ledger: export jobs, records, postings, submissions and what is reported back."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.functional import cached_property

from connectors.kit import exact_json
from connectors.kit.documents import Kind, Part
from connectors.kit.records import JobState
from database.constraints import OnlyRises, Steps, WrittenOnce
from database.fields import TenantForeignKey
from exports import states
from exports.states import PostingState as PostingState
from exports.states import ReceiptState as ReceiptState
from exports.states import ReportOutcome as ReportOutcome
from exports.states import SubmissionState as SubmissionState
from incidents.models import CLASSES, Incident
from installations.models import Configuration, Installation
from tenants.models import TenantModel

MONEY: dict[str, Any] = {"max_digits": 20, "decimal_places": 4}


class ReferenceData(TenantModel):
    """What planning knows of a set of books (accounts, tax rates, closed periods), as canonical JSON.

    Read at the start of a job and kept, so that the same record becomes the same document for as long as the job
    lives. Rows are shared by jobs that found the books the same.
    """

    books = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    content = models.TextField()
    taken_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-taken_at"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "books", "digest"], name="one_row_a_state_of_the_books"),
        ]

    def __str__(self) -> str:
        return f"{self.books} as of {self.taken_at:%Y-%m-%d %H:%M}"

    @cached_property
    def value(self) -> dict[str, Any]:
        return dict(exact_json.loads(self.content))


class ExportJob(TenantModel):
    """The vendor's job as we mirror it, and how far we came with it."""

    installation = TenantForeignKey(Installation, related_name="jobs")
    configuration = TenantForeignKey(Configuration, null=True, related_name="+")
    reference_data = TenantForeignKey(ReferenceData, null=True, related_name="+")
    external_id = models.CharField(max_length=100)
    state = models.CharField(max_length=30, choices=[(s.value, s.value.replace("_", " ")) for s in JobState])
    announced = models.PositiveIntegerField("entries announced", default=0)
    created_at = models.DateTimeField(help_text="At the source.")
    noticed_at = models.DateTimeField(db_default=Now(), db_index=True)
    started_at = models.DateTimeField(null=True)
    alive_at = models.DateTimeField(null=True, help_text="The source was last told something then.")
    expires_after = models.DurationField(null=True, help_text="Without a word from us.")
    records_after = models.TextField(blank=True, help_text="Up to this place in the source's list all is stored.")
    entries_after = models.TextField(blank=True, help_text="Up to this place its other list was compared with it.")
    entries_listed = models.PositiveIntegerField(default=0, help_text="So many entries were listed up to there.")
    fetched_at = models.DateTimeField(null=True)
    held_since = models.DateTimeField(null=True, help_text="Work waits for somebody since then.")
    closed_at = models.DateTimeField(null=True, help_text="The source ended the job before we did.")
    ended_at = models.DateTimeField(null=True)
    balanced = models.BooleanField(null=True)
    failure = models.CharField(max_length=40, choices=CLASSES, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "installation", "external_id"], name="one_row_an_export_job"),
            Steps(name="steps_of_export_jobs", field="state", steps=states.EXPORT_JOB),
        ]
        indexes = [models.Index(fields=["external_id"], name="jobs_by_id", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return f"Job {self.external_id[:8]}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class Record(TenantModel):
    """One accounting entry as it was fetched: canonical JSON without signed addresses, and its hash.

    The table only grows; what became of the entry is in its postings and its report.
    """

    job = TenantForeignKey(ExportJob, related_name="records")
    position = models.PositiveIntegerField()
    entry = models.CharField(max_length=100)
    payload = models.TextField()
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=50)
    book_id = models.CharField(max_length=100, blank=True, help_text="The source's own number for people.")
    summary = models.CharField(max_length=300)
    dated = models.DateField(null=True)
    amount = models.DecimalField(null=True, **MONEY)
    currency = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["job", "position"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "job", "entry"], name="one_record_an_entry_and_job"),
        ]
        indexes = [
            models.Index(fields=["tenant", "job", "position"], name="records_in_order"),
            # Beginnings are searched for, whatever the database's collation is.
            models.Index(fields=["entry"], name="records_by_entry", opclasses=["varchar_pattern_ops"]),
            models.Index(
                fields=["book_id"],
                condition=~Q(book_id=""),
                name="records_by_book_id",
                opclasses=["varchar_pattern_ops"],
            ),
        ]

    def __str__(self) -> str:
        return self.summary or self.entry

    @property
    def content(self) -> dict[str, Any]:
        return dict(exact_json.loads(self.payload))


class Posting(TenantModel):
    """A line of the ledger: one part of one entry in one set of books, once.

    `books` outlive the installation, so that a reinstall posts nothing twice. `digest` is that of the record it
    was planned from. `needs` must be posted before. `alias` is what documents of other entries know it by.
    """

    books = models.CharField(max_length=200)
    entry = models.CharField(max_length=200)
    part = models.CharField(max_length=20, choices=[(p.value, p.value) for p in Part])
    revision = models.PositiveSmallIntegerField(default=1)
    record = TenantForeignKey(Record, related_name="postings")
    digest = models.CharField(max_length=64)
    needs = TenantForeignKey("self", null=True, related_name="needed_by")
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in Kind])
    reference = models.CharField(max_length=255, db_index=True)
    alias = models.CharField(max_length=200, blank=True)
    amount = models.DecimalField(null=True, **MONEY)
    currency = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=12, choices=PostingState.choices, default=PostingState.PLANNED)
    epoch = models.PositiveIntegerField(default=1)
    incident = TenantForeignKey(Incident, null=True, related_name="postings")
    document_id = models.CharField(max_length=100, blank=True, db_index=True)
    document_number = models.CharField(max_length=255, blank=True, db_index=True)
    document_url = models.TextField(blank=True)
    document_total = models.DecimalField(null=True, help_text="What the ERP says it is.", **MONEY)
    adopted = models.BooleanField(default=False, help_text="It was in the ERP already.")
    failure = models.CharField(max_length=40, choices=CLASSES, blank=True)
    subject = models.CharField(max_length=200, blank=True, help_text="What the failure is about.")
    reason = models.TextField(blank=True)
    words = models.TextField("vendor's words", blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    posted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "books", "entry", "part", "revision"], name="one_posting_a_part"
            ),
            Steps(name="steps_of_postings", field="state", steps=states.POSTING),
            OnlyRises(name="epochs_of_postings", field="epoch"),
        ]
        indexes = [
            # With the tenant, or PostgreSQL may look through all of the tenant's while it has no statistics yet.
            models.Index(fields=["tenant", "record"], name="postings_of_a_record"),
            models.Index(fields=["tenant", "books", "alias"], condition=~Q(alias=""), name="postings_by_alias"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.document_number or self.reference}"


SENT = ["method", "path", "host", "query", "headers", "body", "digest", "key"]


class Submission(TenantModel):
    """One write to a vendor: the exact bytes and key, committed before the call; the answer after it."""

    job = TenantForeignKey(ExportJob, related_name="submissions")
    run_id = models.UUIDField(db_index=True)
    fence = models.PositiveBigIntegerField()
    method = models.CharField(max_length=10)
    path = models.TextField()
    host = models.CharField(max_length=30)
    query = models.JSONField(default=list)
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    state = models.CharField(max_length=12, choices=SubmissionState.choices, default=SubmissionState.SENDING)
    calls = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_index=True)
    called_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    words = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            Steps(name="steps_of_submissions", field="state", steps=states.SUBMISSION),
            WrittenOnce(name="bytes_of_submissions", fields=SENT),
        ]
        indexes = [
            models.Index(
                fields=["job", "created_at"],
                condition=Q(state__in=["sending", "uncertain"]),
                name="open_submissions",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class SubmissionPosting(TenantModel):
    """Which posting is which element of a submission."""

    submission = TenantForeignKey(Submission, models.CASCADE, related_name="elements")
    posting = TenantForeignKey(Posting, models.CASCADE, related_name="submissions")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "submission", "posting"], name="a_posting_once_a_submission"),
        ]
        indexes = [models.Index(fields=["tenant", "posting"], name="what_was_sent_of_a_posting")]

    def __str__(self) -> str:
        return f"element {self.position}"


DECIDED = ["outcome", "failure", "subject", "reason", "document_id", "document_url", "amount"]


class Report(TenantModel):
    """What became of one record, written once, and whether the source was told: the outbox of outcomes."""

    record = models.OneToOneField(Record, models.PROTECT, related_name="report", db_constraint=False)
    job = TenantForeignKey(ExportJob, related_name="reports")
    outcome = models.CharField(max_length=15, choices=ReportOutcome.choices)
    failure = models.CharField(max_length=40, choices=CLASSES, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    document_id = models.CharField(max_length=100, blank=True)
    document_url = models.TextField(blank=True)
    amount = models.DecimalField(null=True, help_text="Of the document in the ERP, signed as the record is.", **MONEY)
    decided_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    refusal = models.TextField(blank=True, help_text="Why the source did not accept it.")

    class Meta:
        ordering = ["record__position"]
        constraints = [WrittenOnce(name="outcomes_of_reports", fields=[*DECIDED, "told_at"])]
        indexes = [
            models.Index(fields=["job"], condition=Q(told_at=None), name="untold"),
            models.Index(fields=["tenant", "record"], name="the_report_of_a_record"),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()


class FinalEvent(TenantModel):
    """How a job ends, decided once and committed before the source is told: the outbox of the last word.

    Whatever dies in between, the same event is told again, and never another.
    """

    job = TenantForeignKey(ExportJob, related_name="final_events")
    state = models.CharField(max_length=30, choices=[(s.value, s.value.replace("_", " ")) for s in JobState])
    failure = models.CharField(max_length=40, choices=CLASSES, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(db_default=Now())
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-decided_at"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "job"], name="one_final_event_a_job"),
            WrittenOnce(name="final_events_stay", fields=["state", "failure", "subject", "reason", "told_at"]),
        ]

    def __str__(self) -> str:
        return f"The end of {self.job}"


class Receipt(TenantModel):
    """One file of a record, on its way from the source to its document in the ERP.

    Its signed address is never stored. `file` is its name in the private storage, written before it is there and
    empty once it is deleted.
    """

    record = TenantForeignKey(Record, related_name="receipts")
    place = models.PositiveSmallIntegerField()
    page = models.TextField(blank=True, help_text="The place in the source's list at which its page begins.")
    told_type = models.CharField(max_length=100, blank=True, help_text="As the source says.")
    told_size = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=ReceiptState.choices, default=ReceiptState.WANTED)
    file = models.CharField(max_length=300, blank=True)
    extension = models.CharField(max_length=10, blank=True)
    type = models.CharField(max_length=100, blank=True, help_text="As its bytes say.")
    size = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    document_id = models.CharField(max_length=100, blank=True, help_text="What it is attached to.")
    attempts = models.PositiveIntegerField(default=0, help_text="In a row that failed.")
    next_at = models.DateTimeField(db_default=Now())
    trouble_at = models.DateTimeField(null=True, help_text="Since when it does not work.")
    subject = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    words = models.TextField("vendor's words", blank=True)
    stored_at = models.DateTimeField(null=True)
    attached_at = models.DateTimeField(null=True)
    delete_at = models.DateTimeField(null=True, help_text="When the stored file is deleted.")

    class Meta:
        ordering = ["record", "place"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "record", "place"], name="one_receipt_a_place"),
            Steps(name="steps_of_receipts", field="state", steps=states.RECEIPT),
        ]
        indexes = [
            models.Index(fields=["delete_at"], condition=~Q(file=""), name="receipts_to_delete"),
            models.Index(fields=["record"], condition=Q(state__in=["wanted", "stored"]), name="open_receipts"),
        ]

    def __str__(self) -> str:
        return f"Receipt {self.place}"


class Reconciliation(TenantModel):
    """The ERP was read by our references, once over what was posted since `since`. `run_id` did it, slice by slice;
    `position` is the entry that it has come to.
    """

    installation = TenantForeignKey(Installation, related_name="reconciliations")
    run_id = models.UUIDField()
    since = models.DateTimeField()
    position = models.CharField(max_length=200, blank=True)
    compared = models.PositiveIntegerField("documents compared", default=0)
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    remark = models.TextField(blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [models.UniqueConstraint(fields=["tenant", "run_id"], name="one_reconciliation_a_run")]

    def __str__(self) -> str:
        return f"Reconciliation of {self.started_at:%Y-%m-%d %H:%M}"


class Discrepancy(TenantModel):
    """What the ledger says of a posted document is not what the ERP has. Open until both agree again."""

    posting = TenantForeignKey(Posting, related_name="discrepancies")
    reconciliation = TenantForeignKey(Reconciliation, related_name="discrepancies", help_text="Which found it first.")
    kind = models.CharField(max_length=12, choices=states.DiscrepancyKind.choices)
    sentence = models.TextField()
    incident = TenantForeignKey(Incident, null=True, related_name="discrepancies")
    found_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-found_at"]
        verbose_name_plural = "discrepancies"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "posting"], condition=Q(closed_at=None), name="one_open_discrepancy_a_posting"
            ),
            WrittenOnce(name="discrepancies_stay", fields=["kind", "sentence", "closed_at"]),
        ]

    def __str__(self) -> str:
        return self.sentence
