"""What must be done for a job or a record, and by whom."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q
from django.utils.html import format_html

from desk.formats import list_address
from desk.sheets import Todo
from exports.models import ExportJob, Record, ReportOutcome
from exports.selectors import FailedGroup, failed_groups
from incidents.admin import kind_of, todo_of
from incidents.models import Incident

AT_MOST = 6


def todos_of(job: ExportJob, runs: Sequence[UUID], *, act: str) -> list[Todo]:
    """Open incidents first, then failed records by their cause; what has failed is exported again at the source."""
    todos = [todo_of(incident) for incident in open_incidents(job, runs)[:AT_MOST]] if job.is_open else []
    todos += [_group(job, group) for group in failed_groups(job)]
    if job.is_open and act and (job.held_since or todos):
        todos.append(
            Todo(
                "When it is mended",
                "The job looks again by itself; it can be told to look now.",
                act=act,
                act_text="Retry",
            )
        )
    return todos


def open_incidents(job: ExportJob, runs: Sequence[UUID]) -> list[Incident]:
    """What hangs on this job: its postings, runs, installation and both connections."""
    mine = Q(postings__record__job=job) | Q(
        connection_id__in=[job.installation.source_id, job.installation.target_id], failure__startswith="auth."
    )
    for subject in (job.pk, job.installation_id, *runs):
        mine |= Q(fingerprint__endswith=f":{subject}")
    return list(Incident.objects.filter(mine, tenant_id=job.tenant_id, mended_at=None).distinct())


def _group(job: ExportJob, group: FailedGroup) -> Todo:
    kind = kind_of(group.failure)
    address = list_address("exports.record", job__id__exact=job.pk, report__failure__exact=group.failure)
    return Todo(
        title=f"{group.records} failed: {kind.title}",
        sentence=group.reason,
        who=kind.who,
        remedy=kind.remedy,
        link=format_html('<a href="{}">Show them</a>', address),
    )


def of_record(record: Record) -> list[Todo]:
    report = getattr(record, "report", None)
    if report is None or report.outcome != ReportOutcome.FAILED:
        return []
    words = next((p.words for p in record.postings.all() if p.words), "")
    if not report.failure:
        return [Todo("Failed", report.reason, words=words)]
    kind = kind_of(report.failure)
    return [Todo(kind.title, report.reason, kind.who, kind.remedy, words)]
