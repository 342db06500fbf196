"""The inbound door's books: who may knock where, and every delivery that was answered with 2xx."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.utils import timezone

from connections.models import Authorisation
from database.constraints import Steps
from database.fields import TenantForeignKey
from incidents.models import Incident
from tenants.models import Tenant, TenantModel
from webhooks.states import DELIVERY
from webhooks.states import DeliveryState as DeliveryState


class Endpoint(TenantModel):
    """An address of ours that a vendor knows: one for an authorisation, whose companies' messages all come to it.

    The token is in the address, kept as a hash. A rotated secret is accepted until `former_until`, and so is the
    vendor's former subscription.
    """

    authorisation = TenantForeignKey(Authorisation, related_name="endpoints")
    token_hash = models.CharField(max_length=64, unique=True)
    sealed_token = models.BinaryField(default=b"", editable=False)
    sealed_secret = models.BinaryField(default=b"", editable=False)
    secret_since = models.DateTimeField(null=True, editable=False)
    subscription_id = models.CharField(max_length=100, blank=True)
    sealed_former_secret = models.BinaryField(default=b"", editable=False)
    former_subscription_id = models.CharField(max_length=100, blank=True)
    former_until = models.DateTimeField(null=True, editable=False)
    rotation_asked_at = models.DateTimeField(null=True, editable=False)
    checked_at = models.DateTimeField(null=True, help_text="When the vendor's subscription was last looked at.")
    mended_at = models.DateTimeField(null=True, help_text="When something about it was last put right.")
    mended = models.CharField(max_length=200, blank=True, help_text="What that was.")
    missed = models.PositiveIntegerField(default=0, help_text="Jobs in a row that polling found without a webhook.")
    refused = models.PositiveBigIntegerField(default=0, help_text="Knocks with a wrong or stale signature.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "authorisation"], name="one_endpoint_an_authorisation"),
        ]

    def __str__(self) -> str:
        return f"Endpoint of {self.authorisation}"

    @property
    def overlaps(self) -> bool:
        """The former secret is still accepted."""
        return self.former_until is not None and self.former_until > timezone.now()

    def place(self, what: str) -> str:
        return f"webhooks_endpoint/{what}/{self.pk}/{self.tenant_id}"


class Delivery(TenantModel):
    """Narrow, kept long: one row for each message of the vendor, however often it was sent.

    What it was about (`event`, `company`, `subject`) is known once it was read.
    """

    # The key to the endpoint carries the tenant; one of its own would only lock the tenant's row for each message.
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_constraint=False)
    # Looked up by the unique key below; an index of its own would only cost each insert.
    endpoint = TenantForeignKey(Endpoint, models.CASCADE, related_name="deliveries", db_index=False)
    delivery_id = models.CharField(max_length=256)
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField(db_index=True)
    state = models.CharField(max_length=12, choices=DeliveryState.choices, default=DeliveryState.RECEIVED)
    remark = models.TextField(blank=True)
    conflicts = models.PositiveIntegerField(default=0, help_text="The same id came again with another body.")
    event = models.CharField(max_length=60, blank=True, db_default="")
    company = models.CharField(max_length=100, blank=True, db_default="", help_text="Its id at the vendor.")
    subject = models.CharField(max_length=100, blank=True, db_default="", help_text="The job's id at the vendor.")
    replayed_by = models.CharField(max_length=200, blank=True, db_default="")
    incident = TenantForeignKey(Incident, null=True, related_name="deliveries", db_index=False)
    attempts = models.PositiveSmallIntegerField(
        db_default=0, help_text="How often in a row its processing has begun and not ended."
    )
    again_at = models.DateTimeField(null=True, editable=False, help_text="When the next attempt may begin.")

    class Meta:
        ordering = ["-received_at"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "delivery_id"], name="one_row_a_delivery"),
            Steps(name="steps_of_deliveries", field="state", steps=DELIVERY),
        ]
        indexes = [
            models.Index(fields=["received_at"], condition=models.Q(state="received"), name="unprocessed"),
            models.Index(fields=["received_at"], condition=models.Q(state="quarantined"), name="quarantined"),
            models.Index(fields=["received_at"], condition=models.Q(conflicts__gt=0), name="of_several_bodies"),
            models.Index(
                fields=["subject"],
                condition=~models.Q(subject=""),
                name="deliveries_by_subject",
                opclasses=["varchar_pattern_ops"],
            ),
            models.Index(
                fields=["incident"], condition=models.Q(incident__isnull=False), name="deliveries_by_incident"
            ),
            models.Index(fields=["company"], condition=~models.Q(company=""), name="deliveries_by_company"),
            models.Index(fields=["delivery_id"], name="deliveries_by_id", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.delivery_id


class DeliveryBody(TenantModel):
    """What came with a delivery: its bytes and some headers, kept for a shorter time.

    The table is cut into weeks by `received_at`, which is the delivery's own for the body that counts; so it is
    looked up by both (`of`). No foreign key leads here or away: each insert and each new week would lock the tenant.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_constraint=False)
    delivery_id = models.UUIDField()
    received_at = models.DateTimeField()
    digest = models.CharField(max_length=64, db_default="")
    headers = models.JSONField(default=dict)
    body = models.BinaryField()

    class Meta:
        verbose_name_plural = "delivery bodies"

    def __str__(self) -> str:
        return f"{len(self.body)} bytes"

    @classmethod
    def of(cls, delivery: Delivery) -> DeliveryBody | None:
        """The one that counts; None when it is no longer kept."""
        return cls.objects.filter(delivery_id=delivery.pk, received_at=delivery.received_at).first()


class RefusedKnock(models.Model):
    """How often a day the door refused somebody, by reason. No tenant's: most of them name none."""

    day = models.DateField()
    reason = models.CharField(max_length=60)
    times = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-day", "reason"]
        constraints = [models.UniqueConstraint(fields=["day", "reason"], name="one_count_a_day_and_reason")]

    def __str__(self) -> str:
        return f"{self.day}: {self.reason}"

    @classmethod
    def count(cls, reason: str, times: int, *, token_hash: str = "") -> None:
        row, _ = cls.objects.get_or_create(day=timezone.now().date(), reason=reason[:60])
        cls.objects.filter(pk=row.pk).update(times=F("times") + times)
        if token_hash:
            Endpoint.objects.filter(token_hash=token_hash).update(refused=F("refused") + times)
