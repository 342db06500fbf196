"""Mails to people: each a row, written with what it speaks of and sent after the commit."""

from collections.abc import Mapping
from uuid import uuid4

from django.db import models
from django.db.models.functions import Upper

from database.constraints import Steps
from tenants.models import Tenant, TenantModel


class MailState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"


STEPS: Mapping[str, Mapping[str, str]] = {
    MailState.WAITING: {
        MailState.SENT: "sending: the server took it",
        MailState.FAILED: "sending: nobody takes it, or it came too late to be of use",
    },
    MailState.SENT: {},
    MailState.FAILED: {},
}


class Mail(models.Model):
    """The body is sealed, for it holds links that let people in, and wiped once it was sent or is given up.

    `try_at` is when it is tried next; while a worker is at it, when another one may take it over.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, null=True, related_name="+", help_text="Empty: the staff's.")
    kind = models.CharField(max_length=40)
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    sealed_body = models.BinaryField(default=b"", editable=False)
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField()
    useless_at = models.DateTimeField()
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [Steps(name="steps_of_mails", field="state", steps=STEPS)]
        indexes = [
            models.Index(fields=["try_at"], condition=models.Q(state=MailState.WAITING), name="mails_to_send"),
            models.Index(Upper("to"), "created_at", name="mails_to_one_address"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"

    @property
    def place(self) -> str:
        """What the sealed body is bound to."""
        return f"notices_mail/body/{self.pk}/{self.tenant_id or ''}"


class Warned(TenantModel):
    """The owners were warned that something ends, `days` before. A new end is another thing to be warned of."""

    label = models.CharField(max_length=100)
    subject_id = models.UUIDField()
    ends_at = models.DateTimeField()
    days = models.PositiveSmallIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "label", "subject_id", "ends_at", "days"], name="one_warning_a_distance"
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.subject_id}, {self.days} days before"
