"""Writes the trail, in the transaction of what it speaks of."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Model

from audit import kept, origin
from audit.models import AuditEntry

PLATFORM = "platform"
NOTHING: Mapping[str, Any] = {}


def record(
    action: str,
    of: Model,
    *,
    actor: str,
    tenant_id: UUID | None,
    detail: dict[str, Any] | None = None,
    before: Mapping[str, Any] = NOTHING,
    after: Mapping[str, Any] = NOTHING,
) -> None:
    """`actor` is "user:<id>", "link:<id>" or PLATFORM; `detail` takes ids and digests only.

    `before` and `after` are values of `of` by the names of its fields; `audit.kept` decides what stays of them.
    """
    came_from = origin.current()
    AuditEntry.objects.create(
        action=action,
        actor=actor,
        tenant_id=tenant_id,
        object_kind=of._meta.label_lower,
        object_id=str(of.pk),
        detail=detail or {},
        before=kept.values(type(of), before),
        after=kept.values(type(of), after),
        address=came_from.address,
        session=came_from.session,
    )
