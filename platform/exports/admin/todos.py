"""What must be done for a job or a record, and by whom."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.html import format_html

from connections.services import AUTHORISATION_FAILURES
from desk.formats import list_address
from desk.sheets import Todo
from exports.models import ExportJob, Record, ReportOutcome
from exports.selectors import FailedGroup, failed_groups
from incidents.admin import kind_of, todo_of
from incidents.models import Incident

AT_MOST = 6


def todos_of(job: ExportJob, runs: Sequence[UUID], *, act: str) -> list[Todo]:
    """What holds an open job up, then what has failed, by cause; that is exported again at the source."""
    incidents = open_incidents(job, runs)
    failed = failed_groups(job)
    told, classes = {group.reason for group in failed}, {group.failure for group in failed}
    holding = [i for i in incidents if i.sentence not in told and (job.is_open or i.failure not in classes)]
    groups = [_group(job, group, incidents) for group in failed[:AT_MOST]]
    return [*(_holding(incident, act) for incident in holding[:AT_MOST]), *groups, *_further(job, failed[AT_MOST:])]


def _further(job: ExportJob, groups: Sequence[FailedGroup]) -> list[Todo]:
    """Of very many causes the most frequent are told; the rest in one line."""
    if not groups:
        return []
    many = sum(group.records for group in groups)
    link = format_html(
        '<a href="{}">Show all</a>', list_address("exports.record", job__id__exact=job.pk, outcome="failed")
    )
    return [Todo(f"{many} failed for {len(groups)} further causes", "", link=link, of="exports.record")]


def _holding(incident: Incident, act: str) -> Todo:
    """Looking again by hand helps at once, but not where the customer must authorise first."""
    todo = todo_of(incident)
    return todo if incident.failure in AUTHORISATION_FAILURES else replace(todo, act=act, act_text="Retry")


def open_incidents(job: ExportJob, runs: Sequence[UUID]) -> list[Incident]:
    """What hangs on this job; while it is open also on its installation and connections."""
    return list(incidents_about(job, runs).filter(mended_at=None))


def incidents_about(job: ExportJob, runs: Sequence[UUID]) -> QuerySet[Incident]:
    """Those that are mended are only its own: an installation and its connections serve many jobs."""
    mine = Q(postings__record__job=job)
    for subject in (job.pk, *runs):
        mine |= Q(fingerprint__endswith=f":{subject}")
    if job.is_open:
        both = [job.installation.source_id, job.installation.target_id]
        shared = Q(connection_id__in=both, failure__in=AUTHORISATION_FAILURES)
        shared |= Q(fingerprint__endswith=f":{job.installation_id}")
        mine |= shared & Q(mended_at=None)
    return Incident.objects.filter(mine, tenant_id=job.tenant_id).distinct()


def _group(job: ExportJob, group: FailedGroup, incidents: Sequence[Incident]) -> Todo:
    wanted = {"report__failure__exact": group.failure, "report__subject__exact": group.subject}
    address = list_address("exports.record", job__id__exact=job.pk, outcome="failed", **wanted)
    link = format_html('<a href="{}">Show them</a>', address)
    if not group.failure:
        return Todo(f"{group.records} failed", group.reason, link=link, of="exports.record")
    kind = kind_of(group.failure)
    words = next((i.words for i in incidents if i.sentence == group.reason), "")
    title = f"{group.records} failed: {kind.title}"
    return Todo(title, group.reason, kind.who, kind.remedy, words, link, of="exports.record")


def of_record(record: Record) -> list[Todo]:
    report = getattr(record, "report", None)
    if report is None:
        return [todo_of(incident) for incident in _held_by(record)]
    if report.outcome != ReportOutcome.FAILED:
        return []
    words = next((p.words for p in record.postings.all() if p.words), "")
    if not report.failure:
        return [Todo("Failed", report.reason, words=words)]
    kind = kind_of(report.failure)
    return [Todo(kind.title, report.reason, kind.who, kind.remedy, words)]


def _held_by(record: Record) -> QuerySet[Incident]:
    """What a record that is not decided waits for."""
    return Incident.objects.filter(postings__record=record, mended_at=None).distinct()
