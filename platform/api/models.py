"""Keys of partners' own programs, and which of their writes were made already."""

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from connectors.kit.connector import Environment
from tenants.models import Tenant

ENVIRONMENTS = [(e.value, e.value) for e in Environment]


class ApiKey(models.Model):
    """Sees one environment, and one tenant or (without) all of them. The key itself is kept as a hash only.

    A rotated key works until its own `expires_at`, which the rotation has brought near.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=100, help_text="Which program uses it.")
    tenant = models.ForeignKey(
        Tenant, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: every tenant."
    )
    environment = models.CharField(max_length=20, choices=ENVIRONMENTS, default=Environment.PRODUCTION)
    scopes = ArrayField(models.CharField(max_length=40))  # of api.scopes; a new one needs no migration
    beginning = models.CharField(max_length=40, editable=False, help_text="What tells it apart from others.")
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=200, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, editable=False)
    used_at = models.DateTimeField(null=True, editable=False, help_text="To the minute.")

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.beginning}…)"

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()


class Write(models.Model):
    """A write that a key has made under an idempotency key of its own: sent again, it is answered as it was.

    Stored in the transaction of the write itself, so there is none without the other.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="+")
    idempotency_key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    sealed_answer = models.BinaryField(default=b"", editable=False)  # it may hold a connect link's address
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "idempotency_key"], name="one_write_an_idempotency_key")
        ]

    def __str__(self) -> str:
        return self.idempotency_key

    @property
    def place(self) -> str:
        return f"api_write/answer/{self.pk}"
