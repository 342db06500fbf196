"""Customers who began by themselves and never showed who they are: after a day nothing of theirs is kept."""

from datetime import timedelta

from audit import services as audit
from connections.models import Connection, ConnectionState
from database.acting import across_tenants, acting_for
from database.clock import now
from leaving import services
from tenants.models import Tenant

AFTER = timedelta(days=1)
AT_ONCE = 50


def sweep() -> None:
    """Opens its own blocks, one a customer. The erasure itself is the next sweep's."""
    with across_tenants("set-ups that were never finished are looked for"):
        due = Tenant.objects.filter(is_provisional=True, created_at__lt=now() - AFTER).order_by("created_at")
        found = [one for one in due[:AT_ONCE] if services.open_one(one.pk) is None]
    for tenant in found:
        with acting_for(tenant.pk):
            unchanged = Tenant.objects.select_for_update().filter(pk=tenant.pk, is_provisional=True)
            usable = Connection.objects.filter(state=ConnectionState.USABLE)
            if unchanged.exists() and not usable.exists():
                services.ask(tenant, actor=audit.PLATFORM, wait=timedelta(0))
