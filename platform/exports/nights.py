"""Every active installation is reconciled once a night. The sweep makes the schedules that are missing."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from database.acting import across_tenants
from exports.reconciling import KIND
from exports.trip import now
from installations.models import Installation, InstallationState
from jobs.models import Schedule

DAY = timedelta(days=1)
BEGINS, LASTS = timedelta(hours=1), timedelta(hours=4)  # after midnight, UTC
AT_ONCE = 500


def sweep() -> None:
    with across_tenants("every active installation is reconciled"):
        scheduled = Schedule.objects.filter(kind=KIND, subject_id=OuterRef("pk"))
        active = Installation.objects.filter(state=InstallationState.ACTIVE).exclude(Exists(scheduled))
        for installation in active.select_related("source", "target")[:AT_ONCE]:
            Schedule.objects.get_or_create(
                tenant_id=installation.tenant_id,
                kind=KIND,
                subject_id=installation.pk,
                defaults={"every": DAY, "next_at": tonight(installation.pk, now()), "keys": installation.keys},
            )


def tonight(installation: UUID, at: datetime) -> datetime:
    """Each at a time of its own, so that the vendors are not asked for all at once."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    its_time = midnight + BEGINS + timedelta(seconds=installation.int % int(LASTS.total_seconds()))
    return its_time if its_time > at else its_time + DAY
