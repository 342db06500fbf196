"""The trail of what people and the platform did. It only grows, and outlives the tenant it speaks of."""

from uuid import uuid4

from django.db import models


class AuditEntry(models.Model):
    """Who did what to which row, and from where. `detail` holds ids and digests only: no names, amounts or secrets.

    `before` and `after`: the values that changed, as `audit.kept` lets them stay.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant_id = models.UUIDField(null=True, db_index=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=100)
    object_kind = models.CharField(max_length=50)
    object_id = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    address = models.CharField(max_length=50, blank=True)
    session = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-at"]
        verbose_name_plural = "audit trail"

    def __str__(self) -> str:
        return f"{self.action} by {self.actor}"
