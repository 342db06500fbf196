"""A tenant is a customer company: the wall of isolation."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from database.fields import TenantForeignKey

__all__ = ["Membership", "Tenant", "TenantForeignKey", "TenantModel"]


class Tenant(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=200)
    is_provisional = models.BooleanField(
        default=False, db_default=False, editable=False, help_text="Began by itself, company unknown."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(is_provisional=True), name="provisional_tenants")
        ]
        permissions = [("see_as_customer", "Can see the portal as a customer does")]

    def __str__(self) -> str:
        return self.name


class TenantModel(models.Model):
    """A row that belongs to one tenant; its table gets `TenantWall` in the migration that makes it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    BOOKKEEPER = "bookkeeper", "Bookkeeper"
    VIEWER = "viewer", "Viewer"


class Membership(TenantModel):
    """A person's place in a tenant."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user"], name="one_membership_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"
