"""Retry, asked for by a person. Call inside a block; nothing is sent here."""

from audit import services as audit
from exports import exporting_again
from exports.models import ExportJob
from exports.noticing import KIND
from exports.trip import source_class
from jobs import services as jobs
from jobs.models import TriggerKind


def retry(job: ExportJob, *, actor: str) -> str:
    """Wakes an open job's run. What the source has ended is never posted from the old copy: its entries may have
    changed. The source is asked for a new job of what was left undone; what is uncertain is looked up all the same.

    Returns the sentence to show.
    """
    source = source_class(job.installation).name
    if not job.is_open:
        return _export_again(job, source, actor)
    jobs.open_run(
        job.tenant_id,
        KIND,
        job.pk,
        lane=job.installation_id,
        keys=job.keys,
        trigger=TriggerKind.MANUAL,
        order=job.created_at,
        detail=actor,
    )
    audit.record("job.retried", job, actor=actor, tenant_id=job.tenant_id)
    if job.closed_at:
        return f"{source} has ended {job}. What became of its uncertain entries is looked up now."
    return f"{job} goes on now."


def _export_again(job: ExportJob, source: str, actor: str) -> str:
    entries = exporting_again.undone(job)
    if job.fetched_at and not entries:
        return f"{job} has ended, and nothing of it is left undone."
    kind = exporting_again.KIND
    keys = job.installation.keys
    jobs.open_run(job.tenant_id, kind, job.pk, lane=job.pk, keys=keys, trigger=TriggerKind.MANUAL, detail=actor)
    audit.record("job.export_again", job, actor=actor, tenant_id=job.tenant_id, detail={"entries": len(entries)})
    return (
        f"{job} has ended. {source} is asked for a new job of its {len(entries) or job.announced} entries that were"
        f" not posted; those that are not corrected fail again."
    )
