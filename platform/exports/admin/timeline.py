"""What happened to a job, in words. Every part is bounded: a few rows, or the first and the last of many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models import Count, Max, Min
from django.utils.html import format_html

from audit.services import PLATFORM
from desk.formats import cut, list_address, to
from desk.sheets import Cell, Moment
from desk.viewing import may_see
from exports.admin.todos import incidents_about
from exports.models import ExportJob, SubmissionState
from incidents.models import Incident
from jobs.models import Run, RunState, Trigger, TriggerKind

TRIGGERS_SHOWN, INCIDENTS_SHOWN, UNSETTLED_SHOWN = 10, 10, 5
WHY = {
    TriggerKind.WEBHOOK: "The source told of it",
    TriggerKind.POLL: "Found by asking the source",
    TriggerKind.SCHEDULE: "Opened by its schedule",
    TriggerKind.MANUAL: "Retried by a person",
    TriggerKind.REPLAY: "Opened by a replay",
}


def moments_of(job: ExportJob, runs: Sequence[UUID]) -> list[Moment]:
    return [
        *_of_the_job(job),
        *(_of_runs(runs) if may_see("jobs.run") else ()),
        *(_of_submissions(job) if may_see("exports.submission") else ()),
        *(_of_reports(job) if may_see("exports.record") else ()),
        *(_of_incidents(job, runs) if may_see("incidents.incident") else ()),
    ]


def _of_the_job(job: ExportJob) -> Iterator[Moment]:
    entries = f"{job.announced} entries" if job.announced != 1 else "1 entry"
    yield Moment(job.created_at, f"Made at the source, with {entries}")
    yield Moment(job.noticed_at, "Noticed")
    yield Moment(job.started_at, "The source was told that work begins")
    if job.reference_data and job.reference_data.taken_at >= job.noticed_at:  # else an earlier job's are still true
        yield Moment(job.reference_data.taken_at, "The ERP's accounts, tax rates and closed periods were read")
    yield Moment(job.fetched_at, "Everything fetched")
    if job.is_open:
        yield Moment(job.held_since, "Held up since then")
        yield Moment(job.alive_at, "The source last heard from us")
    yield Moment(job.closed_at, "The source ended the job before we did")
    yield Moment(job.ended_at, f"Ended: {job.get_state_display()}")


def _of_runs(runs: Sequence[UUID]) -> Iterator[Moment]:
    triggers = Trigger.objects.filter(run__in=runs).select_related("run").order_by("at")
    asked_for = triggers.exclude(kind__in=[TriggerKind.POLL, TriggerKind.SCHEDULE])  # those come every few seconds
    for trigger in {one.pk: one for one in (*triggers[:1], *asked_for[:TRIGGERS_SHOWN])}.values():
        yield Moment(trigger.at, format_html("{}: {}", WHY[TriggerKind(trigger.kind)], to(trigger.run, "run")))
    for run in Run.objects.filter(pk__in=runs, state=RunState.ENDED).order_by("ended_at")[:TRIGGERS_SHOWN]:
        yield Moment(run.ended_at, format_html("{} ended{}", to(run, "Run"), f": {run.remark}" if run.remark else ""))


def _of_submissions(job: ExportJob) -> Iterator[Moment]:
    sent = job.submissions.order_by()
    told = sent.aggregate(n=Count("pk"), first=Min("called_at"), last=Max("answered_at"))
    if not told["n"]:
        return
    several = told["n"] > 1
    link = format_html(
        '<a href="{}">{}</a>',
        list_address("exports.submission", job__id__exact=job.pk),
        f"The first of {told['n']} requests" if several else "A request",
    )
    yield Moment(told["first"], format_html("{} went to the ERP", link))
    yield Moment(told["last"], "The last answer came" if several else "Its answer came")
    unclear = sent.filter(state__in=[SubmissionState.UNCERTAIN, SubmissionState.RESOLVED]).defer("body")
    for one in unclear.order_by("called_at")[:UNSETTLED_SHOWN]:
        settled = ", then settled by looking it up" if one.state == SubmissionState.RESOLVED else ""
        yield Moment(one.called_at, format_html("No clear answer to {}{}", to(one, cut(str(one), 50)), settled))


def _of_reports(job: ExportJob) -> Iterator[Moment]:
    told = job.reports.order_by().aggregate(
        n=Count("pk"), first=Min("decided_at"), last=Max("decided_at"), said=Min("told_at"), all_said=Max("told_at")
    )
    if not told["n"]:
        return
    yield Moment(told["first"], "The first record was decided")
    yield Moment(told["last"], f"{told['n']} records were decided" if told["n"] > 1 else "1 record was decided")
    yield Moment(told["said"], "The source was told the first outcomes")
    if told["all_said"] != told["said"]:
        yield Moment(told["all_said"], "The source was told the newest outcomes")


def _of_incidents(job: ExportJob, runs: Sequence[UUID]) -> Iterator[Moment]:
    for incident in incidents_about(job, runs).order_by("opened_at")[:INCIDENTS_SHOWN]:
        name = to(incident, cut(incident.sentence, 70))
        yield Moment(incident.opened_at, format_html("Incident: {}", name))
        yield Moment(incident.mended_at, format_html("Mended{}: {}", _by(incident), name))


def _by(incident: Incident) -> Cell:
    return "" if incident.mended_by == PLATFORM else " by a person"
