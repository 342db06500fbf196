"""An export job as Pleo tells it, and what an ended one means to those who wait for it."""

from datetime import timedelta

from connectors.kit.errors import ContractBroken, JobIsClosed
from connectors.kit.failures import FailureClass as F
from connectors.kit.records import Job, JobState
from connectors.pleo.answers import ExportJob
from connectors.pleo.reasons import JOB_FAILURE

PATH = "/v3/export-jobs"
_STATES = {str(state): state for state in JobState}
#: Pleo moves a job to `failed` for these; for all others an integration does.
BY_PLEO = {F.JOB_EXPIRED, F.JOB_CANCELLED}
_ENDED = {
    F.JOB_EXPIRED: "The export job has expired in Pleo: nothing was told of it in time. Export the entries again.",
    F.JOB_CANCELLED: "A user cancelled the export job in Pleo. What is still to be posted is exported again there.",
}


def state(found: ExportJob) -> JobState | None:
    """None for a word that we do not know, unless the job is over by its dates."""
    over = JobState.FAILED if found.completed_at or found.expired_at else None
    return _STATES.get(found.status, over)


def read(found: ExportJob) -> Job:
    """Raises ContractBroken for an unknown state: whether such a job may be worked on is anybody's guess."""
    known = state(found)
    if known is None:
        raise ContractBroken(f"Pleo says that the export job is {found.status[:40]!r}, which we do not know.")
    return Job(
        id=found.id,
        company_id=found.company_id,
        state=known,
        count=found.number_of_items,
        created_at=found.created_at,
        expires_after=timedelta(seconds=found.expires_in),
        failure=": ".join(filter(None, (found.failure_reason_type, found.failure_reason))),
        failure_class=_failure(found) if known is JobState.FAILED else None,
    )


def closed(job: Job, words: str = "") -> JobIsClosed:
    """How the job ended, for people."""
    if job.failure_class in _ENDED:
        sentence = _ENDED[job.failure_class]
    elif job.state is JobState.FAILED:
        sentence = (
            f"The export job has failed in Pleo ({job.failure or 'no reason given'}). Export its entries again."
        )
    else:
        sentence = "The export job is finished in Pleo already. Entries that failed can be exported again there."
    return JobIsClosed(sentence, words=words or job.failure, failure=job.failure_class)


def _failure(found: ExportJob) -> F | None:
    return JOB_FAILURE.get(found.failure_reason_type or ("job_expired" if found.expired_at else ""))
