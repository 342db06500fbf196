"""Writes the trail, in the transaction of what it speaks of."""

from typing import Any
from uuid import UUID

from django.db.models import Model

from audit.models import AuditEntry

PLATFORM = "platform"


def record(
    action: str, of: Model, *, actor: str, tenant_id: UUID | None, detail: dict[str, Any] | None = None
) -> None:
    """`actor` is "user:<id>", "link:<id>" or PLATFORM; `detail` takes ids and digests only."""
    AuditEntry.objects.create(
        action=action,
        actor=actor,
        tenant_id=tenant_id,
        object_kind=of._meta.label_lower,
        object_id=str(of.pk),
        detail=detail or {},
    )
