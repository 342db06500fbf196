"""Lets a customer leave, and calls it off. Inside a block that sees the tenant.

From the moment it is asked for all work of the tenant stands still; nothing is lost yet.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings

from audit import services as audit
from database.clock import now
from jobs import steering
from jobs.steering import Scope
from leaving.models import Leaving, LeavingState
from tenants.models import Tenant

REASON = "This customer leaves."


def open_one(tenant_id: UUID) -> Leaving | None:
    return Leaving.objects.filter(tenant_id=tenant_id, state__in=[LeavingState.ASKED, LeavingState.ERASING]).first()


def ask(tenant: Tenant, *, actor: str, wait: timedelta | None = None) -> Leaving:
    """Again: the same one. `wait`: until it is too late to call it off; None: what the settings say."""
    due_at = now() + (timedelta(days=settings.LEAVING_DAYS) if wait is None else wait)
    found = open_one(tenant.pk)
    if found:
        return found
    leaving = Leaving.objects.create(tenant_id=tenant.pk, asked_by=actor, due_at=due_at)
    steering.pause(Scope(tenant, tenant.pk), actor=actor, reason=REASON)
    audit.record("leaving.asked", leaving, actor=actor, tenant_id=tenant.pk, after={"due_at": due_at})
    return leaving


def call_off(leaving: Leaving, tenant: Tenant, *, actor: str) -> bool:
    """Work goes on where it stood. False: the erasure has begun, or it was called off before."""
    open_ones = Leaving.objects.filter(pk=leaving.pk, state=LeavingState.ASKED)
    if not open_ones.update(state=LeavingState.CALLED_OFF, called_off_at=now()):
        return False
    steering.resume(Scope(tenant, tenant.pk), actor=actor)
    audit.record("leaving.called_off", leaving, actor=actor, tenant_id=tenant.pk)
    return True


def access_ended(leaving: Leaving, *, actor: str) -> bool:
    """A person has ended at the vendors what those could not be told. False: that was said before."""
    if not Leaving.objects.filter(pk=leaving.pk, access_left=True).update(access_left=False):
        return False
    audit.record("leaving.access_ended", leaving, actor=actor, tenant_id=leaving.tenant_id)
    return True
