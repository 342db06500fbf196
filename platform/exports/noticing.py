"""An export job is noticed, by webhook or by polling, and work on it begins. Call inside `acting_for`."""

from datetime import datetime

from connectors.kit.records import JobState
from exports.models import ExportJob
from exports.trip import now
from installations.models import Installation
from jobs import services as jobs
from jobs.models import TriggerKind

KIND = "export"


def note_job(
    installation: Installation,
    external_id: str,
    *,
    trigger: TriggerKind,
    detail: str = "",
    created_at: datetime | None = None,
) -> ExportJob:
    """Mirrors the job and opens its run, or gives its open run one more trigger. An ended job stays ended."""
    job, _ = ExportJob.objects.get_or_create(
        tenant_id=installation.tenant_id,
        installation=installation,
        external_id=external_id,
        defaults={"state": JobState.PENDING, "created_at": created_at or now()},
    )
    if job.is_open:
        jobs.open_run(
            job.tenant_id,
            KIND,
            job.pk,
            lane=installation.pk,
            keys=installation.keys,
            trigger=trigger,
            order=job.created_at,
            detail=detail,
        )
    return job
