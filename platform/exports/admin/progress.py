"""The part of a job's page that is refreshed while the job is open."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from exports.admin.statement import documents, statement
from exports.models import ExportJob
from exports.selectors import Balance
from jobs.models import Run, RunState


def health(job: ExportJob, struck: Balance) -> SafeString:
    doing = (
        Run.objects.filter(subject_id=job.pk).exclude(state=RunState.ENDED).values_list("remark", flat=True).first()
    )
    stated = statement(job, struck)
    return render_to_string(
        "admin/exports/progress.html",
        {
            "job": job,
            "balance": struck,
            "verdict": verdict(job, struck),
            "doing": doing,
            "statement": stated,
            "documents": documents(job, stated.currencies),
        },
    )


def verdict(job: ExportJob, struck: Balance) -> tuple[str, str]:
    """The colour and the sentence."""
    if job.is_open:
        return "working", "Under way: it must balance when it ends." if job.started_at else "Not begun yet."
    if struck.balances:
        return "done", "It balances: every entry that was announced was fetched, and each is accounted for."
    missing = struck.announced - struck.fetched
    reasons = [
        f"{missing} of the announced entries were never fetched" if missing else "",
        f"{struck.waiting} are not decided" if struck.waiting else "",
        f"the outcome of {struck.uncertain} is not known" if struck.uncertain else "",
        "the sums do not agree" if not all(line.agree for line in struck.sums) else "",
    ]
    said = ", ".join(reason for reason in reasons if reason)
    return "failed", f"It does not balance: {said or 'not everything was fetched'}."
