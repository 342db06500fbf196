"""Export again: the source is asked for a new job of what an ended one left undone.

From the old job's copy nothing is ever posted: its entries are unlocked and may have been corrected since.
"""

from datetime import timedelta

from connectors.kit.errors import ConnectorError, JobIsClosed, MendSettings, RefuseRecord, TryLater
from database.acting import acting_for
from exports.models import ExportJob, ReportOutcome
from exports.noticing import note_job
from exports.trip import mirrored, require_usable, source_class
from jobs.calls import open_line
from jobs.handlers import Again, Ended, Next
from jobs.models import TriggerKind
from jobs.slices import Slice, pause

KIND = "export_again"
ATTEMPTS_AT_MOST = 20
FINAL = (JobIsClosed, RefuseRecord, MendSettings)


def export_again(current: Slice) -> Next:
    with acting_for(current.held.tenant_id):
        job = ExportJob.objects.select_related("installation__source__application").get(pk=current.held.subject_id)
        entries = undone(job)
    connection = job.installation.source
    try:
        require_usable(connection)
        with open_line(connection, source_class(job.installation), run_id=current.held.run_id) as line:
            if not job.fetched_at:  # the source ended it before we had read anything of it
                entries = [entry for page in line.connector.entries(mirrored(job)) for entry in page]
            if not entries:
                return Ended("Nothing is left to export again.")
            current.check()
            made = line.connector.export_again(job.external_id, entries)
    except FINAL as error:
        return Ended(error.sentence)
    except ConnectorError as error:
        if current.held.attempts >= ATTEMPTS_AT_MOST:
            return Ended(error.sentence)
        wait = error.wait if isinstance(error, TryLater) else None
        return Again(wait or pause(current.held.attempts) + timedelta(seconds=5), remark=error.sentence)
    with acting_for(current.held.tenant_id):
        current.hold()
        note_job(job.installation, made.id, trigger=TriggerKind.MANUAL, created_at=made.created_at)
    return Ended(f"{len(entries)} entries are exported again by job {made.id[:8]}.")


def undone(job: ExportJob) -> list[str]:
    """What failed, and what the source's own end of the job left behind. Inside `acting_for`."""
    outcomes = [ReportOutcome.FAILED, *([ReportOutcome.SKIPPED] if job.closed_at else [])]
    reports = job.reports.filter(outcome__in=outcomes).order_by("record__position")
    return list(reports.values_list("record__entry", flat=True))
