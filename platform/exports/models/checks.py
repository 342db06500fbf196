"""What was compared with the ERP afterwards, and since when the ledger may be behind it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from database.constraints import WrittenOnce
from database.fields import TenantForeignKey
from exports import states
from exports.models.ledger import Posting
from incidents.models import Incident
from installations.models import Installation
from tenants.models import TenantModel


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


class Restoration(models.Model):
    """The database was put back from a backup: the ERPs may hold documents that the ledger has forgotten. Nobody's
    tenant; every one of them went back. `until`: so long each document is looked for before it is written.
    """

    restored_at = models.DateTimeField(db_default=Now())
    until = models.DateTimeField()

    class Meta:
        ordering = ["-restored_at"]

    def __str__(self) -> str:
        return f"restored at {self.restored_at:%Y-%m-%d %H:%M}"
