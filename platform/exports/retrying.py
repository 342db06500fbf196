"""Retry, asked for by a person. Call inside a block; nothing is sent here."""

from audit import services as audit
from exports.models import ExportJob
from exports.noticing import KIND
from exports.trip import source_class
from jobs import services as jobs
from jobs.models import TriggerKind


def retry(job: ExportJob, *, actor: str) -> str:
    """Wakes an open job's run. What the source has ended is never posted from the old copy: its entries may have
    changed; what is uncertain is looked up all the same.

    Returns the sentence to show.
    """
    source = source_class(job.installation).name
    if not job.is_open:
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
    if job.closed_at:
        return f"{source} has ended {job}. What became of its uncertain entries is looked up now."
    return f"{job} goes on now."
