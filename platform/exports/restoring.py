"""After a restore the ledger is older than the ERPs: what was posted since the backup is not in it.

So for a while every document is looked for under its reference before it is written, and adopted where it stands.
"""

from datetime import timedelta

from django.db.models.functions import Now

from audit import services as audit
from database.clock import now
from exports.models import Restoration


def restored(days: int) -> Restoration:
    """Inside `across_tenants`. For so many days: an entry that was posted and forgotten may come again in a new job,
    and nobody can tell it from a new entry."""
    row = Restoration.objects.create(until=now() + timedelta(days=days))
    audit.record("database.restored", row, actor=audit.PLATFORM, tenant_id=None, detail={"days": days})
    return row


def may_have_forgotten() -> bool:
    return Restoration.objects.filter(until__gt=Now()).exists()
