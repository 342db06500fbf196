"""An export job is noticed, by webhook or by polling, and work on it begins. Call inside `acting_for`."""

from collections.abc import Callable
from datetime import datetime

from connectors.kit.records import JobState
from exports.models import ExportJob
from exports.trip import now
from installations.models import Installation
from jobs import services as jobs
from jobs.models import TriggerKind

KIND = "export"

_told: list[Callable[[ExportJob], None]] = []


def on_missed(tell: Callable[[ExportJob], None]) -> None:
    """`tell` hears of each job that polling was the first to find, in the block that notices it."""
    _told.append(tell)


def note_job(
    installation: Installation,
    external_id: str,
    *,
    trigger: TriggerKind,
    detail: str = "",
    created_at: datetime | None = None,
) -> ExportJob:
    """Mirrors the job and opens its run, or gives its open run one more trigger. An ended job stays ended."""
    job, made = ExportJob.objects.get_or_create(
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
            keys=job.keys,
            trigger=trigger,
            order=job.created_at,
            detail=detail,
        )
    if made and trigger == TriggerKind.POLL:
        for tell in _told:
            tell(job)
    return job
