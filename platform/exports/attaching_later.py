"""The receipts of a job that has ended: their own run goes on with them for some days."""

from contextlib import ExitStack
from datetime import timedelta

from django.db.models import QuerySet

from audit import services as audit
from connectors.kit.errors import ConnectorError, RefuseFile, TryLater
from connectors.kit.failures import FailureClass
from database.acting import acting_for
from exports import leaving_out, receipts
from exports.attaching import attach, give_up
from exports.models import ExportJob, Receipt, ReceiptState
from exports.receipts import KEPT, KIND
from exports.trip import Trip, load, now, require_usable, set_out
from jobs import services as jobs
from jobs.handlers import Again, Ended, Next, WaitForSomebody
from jobs.models import TriggerKind
from jobs.slices import Slice

LATEST = timedelta(minutes=5)
TOO_LATE = "The ERP did not take the receipt in {days} days. Attach it by hand."


def attach_later(current: Slice) -> Next:
    with acting_for(current.held.tenant_id):
        job = load(current)
    if not job.installation.is_active:
        return WaitForSomebody("The installation is not active. Activate it, and the receipts go on.")
    with ExitStack() as lines:
        trip = set_out(current, job, lines)
        try:
            require_usable(trip.installation.target)
            attach(trip)
        except ConnectorError as error:
            wait = error.wait if isinstance(error, TryLater) else None
            return _give_up_at_last(trip) or Again(wait or LATEST, progress=True, remark=error.sentence)
        return _give_up_at_last(trip) or Again(_next_look(trip), progress=True, remark="Receipts are on their way.")


def stop_attaching(current: Slice) -> Next:
    """The run was cancelled. A person may have them tried once more while their files are kept."""
    with acting_for(current.held.tenant_id):
        job = load(current)
        current.hold()
        receipts.cancel(job)
    return Ended("Cancelled. What was not attached can be retried.")


def retry(job: ExportJob, *, actor: str) -> str:
    """A person asks for the receipts that failed once more, while their files are still there.

    Call inside `acting_for`. Returns the sentence to show.
    """
    anew = {"attempts": 0, "next_at": now(), "trouble_at": None, "delete_at": now() + KEPT}
    again = failed_of(job).update(state=ReceiptState.STORED, **anew)
    if not again:
        return f"{job} has no receipts that could be attached again."
    if not job.is_open:
        keys = job.installation.keys
        jobs.open_run(job.tenant_id, KIND, job.pk, lane=job.pk, keys=keys, trigger=TriggerKind.MANUAL, detail=actor)
    audit.record("receipts.retried", job, actor=actor, tenant_id=job.tenant_id)
    return f"{again} receipts of {job} are attached again now."


def failed_of(job: ExportJob) -> QuerySet[Receipt]:
    """What can be tried once more: the whole file is there still."""
    stored = Receipt.objects.filter(record__job=job, stored_at__lte=now()).exclude(file="")
    return stored.filter(state=ReceiptState.FAILED)


def _give_up_at_last(trip: Trip) -> Next | None:
    """None while there is something left to try."""
    with acting_for(trip.tenant_id):
        trip.current.hold()
        leaving_out.without_a_document(trip)
        left = receipts.of_job(trip).filter(state=ReceiptState.STORED).select_related("record")
        since = trip.job.ended_at or now()
        if now() - since > KEPT:
            for receipt in left:
                why = RefuseFile(TOO_LATE.format(days=KEPT.days), subject="upload", words=receipt.words)
                give_up(trip, receipt, FailureClass.ATTACHMENT_FAILED, why)
        return None if left.all().exists() else Ended("Nothing is left to attach.")


def _next_look(trip: Trip) -> timedelta:
    with acting_for(trip.tenant_id):
        return min(receipts.due_in(receipts.of_job(trip).filter(state=ReceiptState.STORED)), LATEST)
