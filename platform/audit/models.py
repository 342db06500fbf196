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


class Unsealed(models.Model):
    """Entries that no seal stands over yet. Each comes with its entry, by a trigger, and goes with its seal.

    Not "all above the last seal": transactions commit in another order than they write.
    """

    entry_id = models.UUIDField(primary_key=True)

    class Meta:
        default_permissions = ()  # nobody's but the sealer's
        verbose_name_plural = "unsealed"

    def __str__(self) -> str:
        return str(self.entry_id)


class AuditSeal(models.Model):
    """One entry's place in the chain. `hash` is made of the number, the hash before it and the entry's `digest`.

    The entry is a plain id: a seal outlives an entry that somebody took away, and so tells of it.
    """

    sequence = models.PositiveBigIntegerField(primary_key=True)
    entry_id = models.UUIDField(unique=True)
    digest = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"
