"""A job that its customer keeps back: nothing more of it is posted until they let it go. Inside `acting_for`.

A standing order of the job's own, so that what staff have paused is not the customer's to resume.
"""

from exports.models import ExportJob
from jobs import steering
from jobs.steering import Scope

REASON = "The customer keeps it back."


def keep_back(job: ExportJob, *, actor: str) -> bool:
    """Later jobs of its installation wait behind it, as for any open job. False: it was kept back."""
    return steering.pause(_scope(job), actor=actor, reason=REASON)


def let_go(job: ExportJob, *, actor: str) -> bool:
    """It goes on where it stood. False: it was not kept back."""
    return steering.resume(_scope(job), actor=actor)


def is_kept_back(job: ExportJob) -> bool:
    return _scope(job).halts.exists()


def _scope(job: ExportJob) -> Scope:
    return Scope(job, job.tenant_id)
