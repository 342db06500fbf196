"""Erases what a customer who leaves had here, in small batches, each a short transaction of its own.

Any process may, at any time: whatever is still there is what is left to do, so after a kill another one goes on. The
last batch looks through every table again, and takes the tenant itself; from then on no row can be made for it.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from audit import services as audit
from database.acting import across_tenants, acting_for
from database.clock import now
from exports import receipt_files
from jobs import steering
from jobs.models import Run, RunState
from jobs.steering import Scope
from leaving import access, by_hand, fates, people
from leaving.models import Leaving, LeavingState
from leaving.services import REASON
from tenants.models import Tenant

log = structlog.get_logger()

SECONDS = 2.0  # for one look: the sweep has other things to look for
AT_ONCE = 1000  # rows

Step = Callable[[Leaving], int]


def sweep() -> None:
    """Goes on with what is due."""
    until = time.monotonic() + SECONDS
    with across_tenants("customers whose time to leave has come are looked for"):
        found = list(_due().order_by("due_at"))
    for leaving in found:
        try:
            go_on(leaving, until)
        except Exception:  # one customer's trouble is no other's; the next sweep tries again
            log.exception("leaving.failed", leaving=str(leaving.pk))


def go_on(leaving: Leaving, until: float) -> None:
    """Opens its own blocks."""
    if not _begin(leaving):
        return
    for erase_some in _steps():
        while erase_some(leaving):
            if time.monotonic() > until:
                return
    _end(leaving)


def _due() -> QuerySet[Leaving]:
    return Leaving.objects.filter(Q(state=LeavingState.ERASING) | Q(state=LeavingState.ASKED, due_at__lte=now()))


def _steps() -> list[Step]:
    """Each erases a little and says how much; 0: nothing of it is left."""
    return [_files, people.erase_some, *(partial(_rows, label) for label in fates.in_order())]


def _begin(leaving: Leaving) -> bool:
    """Work stands still and nothing is connected, whatever was resumed meanwhile. False: it was called off, a slice
    has not let go yet, or a vendor is still to be told.
    """
    with acting_for(leaving.tenant_id):
        current = _due().select_for_update().filter(pk=leaving.pk).first()
        if current is None:
            return False
        tenant = Tenant.objects.get(pk=leaving.tenant_id)
        steering.pause(Scope(tenant, tenant.pk), actor=audit.PLATFORM, reason=REASON)
        if current.state == LeavingState.ASKED:
            current.state, current.began_at = LeavingState.ERASING, now()
            current.save(update_fields=["state", "began_at"])
            audit.record("leaving.begun", current, actor=audit.PLATFORM, tenant_id=tenant.pk)
        access.disconnect_all()
        held = Run.objects.filter(tenant=tenant, state=RunState.HELD)
        working = held.filter(Q(lease_until__gt=now()) | Q(calling_until__gt=now()))
        return not (working.exists() or access.is_being_ended())


def _files(leaving: Leaving) -> int:
    return receipt_files.delete_some_of(leaving.tenant_id)


def _rows(label: str, leaving: Leaving) -> int:
    with acting_for(leaving.tenant_id):
        rows = fates.rows_of(label, leaving.tenant_id)
        chosen = _not_pointed_at(rows).values("pk")[:AT_ONCE]
        gone = int(rows.model._base_manager.filter(pk__in=chosen)._raw_delete(rows.db))
        Leaving.objects.filter(pk=leaving.pk).update(erased=F("erased") + gone)
    return gone


def _not_pointed_at(rows: QuerySet[Any]) -> QuerySet[Any]:
    """By rows of the same kind: those go first."""
    for column in rows.model._meta.local_fields:
        if column.related_model is rows.model:
            pointing = rows.model._base_manager.filter(**{column.attname: OuterRef("pk")})
            rows = rows.exclude(Exists(pointing))
    return rows


def _end(leaving: Leaving) -> None:
    """What came in the meantime is left to the next sweep."""
    with acting_for(leaving.tenant_id):
        if any(fates.rows_of(label, leaving.tenant_id).exists() for label in fates.in_order()):
            return
        for label in fates.LAST:
            fates.rows_of(label, leaving.tenant_id)._raw_delete("default")
        open_ones = Leaving.objects.select_for_update().filter(pk=leaving.pk, state=LeavingState.ERASING)
        if current := open_ones.first():
            current.access_left = bool(by_hand.of(current))
            current.state, current.erased_at = LeavingState.ERASED, now()
            current.save(update_fields=["state", "erased_at", "access_left"])
            audit.record("leaving.ended", current, actor=audit.PLATFORM, tenant_id=current.tenant_id)
