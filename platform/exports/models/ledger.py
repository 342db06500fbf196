"""The ledger: what each record becomes, and what was sent for it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from connectors.kit.documents import Kind, Part
from database.constraints import OnlyRises, Steps, WrittenOnce
from database.fields import TenantForeignKey
from exports import states
from exports.models.jobs import ExportJob, Record
from exports.models.money import MONEY
from exports.states import PostingState, SubmissionState
from incidents.models import Incident, classes
from tenants.models import TenantModel


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
    failure = models.CharField(max_length=40, choices=classes, blank=True)
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
    findable = models.BooleanField(default=True, db_default=True)  # the ERP can be asked for what it makes
    state = models.CharField(max_length=12, choices=SubmissionState.choices, default=SubmissionState.SENDING)
    calls = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_index=True)
    called_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    looks = models.PositiveSmallIntegerField(default=0, db_default=0)  # those that did not find all of it
    looked_at = models.DateTimeField(null=True)
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
