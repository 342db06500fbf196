"""What the source is told: an outcome for each record, and one end for each job."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from connectors.kit.records import JobState
from database.constraints import WrittenOnce
from database.fields import TenantForeignKey
from exports.models.jobs import ExportJob, Record
from exports.models.money import MONEY
from exports.states import ReportOutcome
from incidents.models import Incident, classes
from tenants.models import TenantModel

DECIDED = ["outcome", "failure", "subject", "reason", "incident_id", "document_id", "document_url", "amount"]


class Report(TenantModel):
    """What became of one record, written once, and whether the source was told: the outbox of outcomes."""

    record = models.OneToOneField(Record, models.PROTECT, related_name="report", db_constraint=False)
    job = TenantForeignKey(ExportJob, related_name="reports")
    outcome = models.CharField(max_length=15, choices=ReportOutcome.choices)
    failure = models.CharField(max_length=40, choices=classes, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    incident = TenantForeignKey(Incident, null=True, related_name="reports", db_index=False)
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
            models.Index(fields=["incident"], condition=~Q(incident=None), name="reports_by_incident"),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()


class FinalEvent(TenantModel):
    """How a job ends, decided once and committed before the source is told: the outbox of the last word.

    Whatever dies in between, the same event is told again, and never another.
    """

    job = TenantForeignKey(ExportJob, related_name="final_events")
    state = models.CharField(max_length=30, choices=[(s.value, s.value.replace("_", " ")) for s in JobState])
    failure = models.CharField(max_length=40, choices=classes, blank=True)
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
