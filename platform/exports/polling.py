"""Polling: webhooks are a hint, this is the guarantee. It finds open jobs and enters by the same way."""

from datetime import timedelta

from connectors.kit.errors import ConnectorError
from database.acting import acting_for
from exports.noticing import note_job
from exports.trip import source_class
from installations.models import Installation
from jobs.calls import open_line
from jobs.handlers import Again, Ended, Next
from jobs.models import TriggerKind
from jobs.slices import Slice, pause

KIND = "poll"
ATTEMPTS = 3  # the schedule comes again anyway


def poll(current: Slice) -> Next:
    with acting_for(current.held.tenant_id):
        installation = Installation.objects.select_related("source__application", "target__application").get(
            pk=current.held.subject_id
        )
    if not installation.is_active:
        return Ended("The installation is not active.")
    try:
        with open_line(installation.source, source_class(installation), run_id=current.held.run_id) as line:
            found = list(line.connector.jobs())
    except ConnectorError as error:
        if current.held.attempts < ATTEMPTS:
            return Again(pause(current.held.attempts) + timedelta(seconds=5), progress=False, remark=error.sentence)
        return Ended(error.sentence)
    with acting_for(current.held.tenant_id):
        current.hold()
        for job in found:
            note_job(installation, job.id, trigger=TriggerKind.POLL, created_at=job.created_at)
    return Ended(f"{len(found)} open jobs.")
