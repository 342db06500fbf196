"""The part of a job's page that is refreshed while the job is open."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from desk.formats import list_address, money
from desk.viewing import may_see
from exports.models import ExportJob, ReportOutcome
from exports.selectors import Balance
from jobs.models import Run, RunState


def health(job: ExportJob, struck: Balance) -> SafeString:
    doing = (
        Run.objects.filter(subject_id=job.pk).exclude(state=RunState.ENDED).values_list("remark", flat=True).first()
    )
    return render_to_string(
        "admin/exports/progress.html",
        {
            "job": job,
            "balance": struck,
            "verdict": verdict(job, struck),
            "doing": doing,
            "sums": _sums(struck),
            "lists": _lists(job) if may_see("exports.record") else {},
        },
    )


def _lists(job: ExportJob) -> dict[str, str]:
    return {
        outcome: list_address("exports.record", job__id__exact=job.pk, outcome=outcome)
        for outcome in ["waiting", *ReportOutcome.values]
    }


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


def _sums(struck: Balance) -> list[list[object]]:
    columns = ["fetched", "posted", "not_posted", "waiting", "in_the_erp"]
    return [
        [line.currency, *(money(getattr(line, name), line.currency) for name in columns), line.agree]
        for line in struck.sums
    ]
