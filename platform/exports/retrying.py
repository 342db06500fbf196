"""Retry, asked for by a person. Call inside a block; nothing is sent here."""

from audit import services as audit
from exports.models import ExportJob
from exports.noticing import KIND
from exports.trip import source_class
from jobs import services as jobs
from jobs.models import TriggerKind


def retry(job: ExportJob, *, actor: str) -> str:
    """Wakes an open job's run. A closed job is never posted from the old copy: its entries may have changed.

    Returns the sentence to show.
    """
    if not job.is_open or job.closed_at:
        source = source_class(job.installation).name
        return f"{job} has ended. Correct its failed entries, then export them again in {source}."
    jobs.open_run(
        job.tenant_id,
        KIND,
        job.pk,
        lane=job.installation_id,
        trigger=TriggerKind.MANUAL,
        order=job.created_at,
        detail=actor,
    )
    audit.record("job.retried", job, actor=actor, tenant_id=job.tenant_id)
    return f"{job} goes on now."
