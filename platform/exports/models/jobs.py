"""What the source gives: export jobs, their records, and the books that these are planned with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.functional import cached_property

from connectors.kit import exact_json
from connectors.kit.records import JobState
from database.constraints import Steps
from database.fields import TenantForeignKey
from exports import states
from exports.models.money import MONEY
from incidents.models import classes
from installations.models import Configuration, Installation
from tenants.models import TenantModel


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
    failure = models.CharField(max_length=40, choices=classes, blank=True)
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

    @property
    def keys(self) -> list[UUID]:
        """By which its runs can be stopped: the job's own, or all of its installation."""
        return [self.pk, *self.installation.keys]


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
