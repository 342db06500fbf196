"""The timeline of a job tells in words what happened, in its order, with links, and never without end."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from audit.services import PLATFORM
from connectors.kit.failures import FailureClass
from connectors.kit.records import JobState
from database.acting import acting_for
from desk.formats import clock
from desk.sheets import MOMENTS_AT_MOST, Moment, Sheet
from exports.models import ExportJob, Submission, SubmissionState
from incidents import services as incidents
from jobs.models import Run, RunState, Trigger, TriggerKind
from tests.admin.conftest import Books, colleague_with, now, page_of, written_as
from tests.cast import Visitor

TIMELINE = re.compile(r'<ol class="timeline">(.*?)</ol>', re.DOTALL)
LINE = re.compile(r"<li><span>(.*?)</span> (?:<time|</li>)", re.DOTALL)


def told(visitor: Visitor, job: ExportJob) -> list[str]:
    page = visitor.get(page_of(job)).content.decode()
    (timeline,) = TIMELINE.findall(page)
    return [html.unescape(re.sub(r"<[^>]+>", "", line)) for line in LINE.findall(timeline)]


def test_a_job_is_told_from_its_making_to_its_end(staff: Visitor, books: Books) -> None:
    start = now() - timedelta(minutes=10)
    at = [start + timedelta(seconds=n) for n in range(12)]
    with acting_for(books.job.tenant_id):
        Run.objects.update(state=RunState.ENDED, ended_at=at[11], remark="")
        Trigger.objects.update(at=at[2])
        Submission.objects.update(called_at=at[5], answered_at=at[6], state=SubmissionState.ANSWERED)
        for report in books.job.reports.all():
            written_as(report, decided_at=at[7], told_at=at[8])
        ExportJob.objects.update(
            created_at=at[0],
            noticed_at=at[1],
            started_at=at[3],
            fetched_at=at[4],
            ended_at=at[10],
            state=JobState.COMPLETED_WITH_ERRORS,
        )

    said = told(staff, books.job)

    assert said == [
        "Made at the source, with 3 entries",
        "Noticed",
        "The source told of it: run",
        "The source was told that work begins",
        "Everything fetched",
        "A request went to the ERP",
        "Its answer came",
        "The first record was decided",
        "2 records were decided",
        "The source was told the first outcomes",
        "Ended: completed with errors",
        "Run ended",
        "Incident: Account 4711 is not known.",
    ]


def test_an_incident_is_told_with_who_mended_it(staff: Visitor, books: Books) -> None:
    with acting_for(books.job.tenant_id):
        incidents.mend(books.incident, actor="user:1")
        own = incidents.open_incident(
            books.job.tenant_id, FailureClass.CODE_CRASH, about=str(books.job.pk), sentence="It broke."
        )
        incidents.mend(own, actor=PLATFORM)

    said = told(staff, books.job)

    assert "Mended by a person: Account 4711 is not known." in said
    assert {"Incident: It broke.", "Mended: It broke."} <= set(said)


def test_a_connection_that_was_mended_long_ago_is_not_told(staff: Visitor, books: Books) -> None:
    with acting_for(books.job.tenant_id):
        incident = incidents.open_incident(
            books.job.tenant_id,
            FailureClass.AUTH_REVOKED,
            about="x",
            sentence="Connect again.",
            connection_id=books.connection.pk,
        )
        assert "Incident: Connect again." in told(staff, books.job)

        incidents.mend(incident, actor=PLATFORM)

    assert "Incident: Connect again." not in told(staff, books.job)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (SubmissionState.UNCERTAIN, "No clear answer to PUT /documents"),
        (SubmissionState.RESOLVED, "No clear answer to PUT /documents, then settled by looking it up"),
    ],
)
def test_a_write_without_an_answer_is_told(state: SubmissionState, said: str, staff: Visitor, books: Books) -> None:
    with acting_for(books.job.tenant_id):
        Submission.objects.update(state=state)

    assert said in told(staff, books.job)


def test_it_leads_to_what_it_tells_of(staff: Visitor, books: Books) -> None:
    (timeline,) = TIMELINE.findall(staff.get(page_of(books.job)).content.decode())

    assert page_of(books.run) in timeline
    assert page_of(books.incident) in timeline
    assert f"/admin/exports/submission/?job__id__exact={books.job.pk}" in timeline


def test_the_list_of_requests_that_it_leads_to_can_be_opened(staff: Visitor, books: Books) -> None:
    page = staff.get(f"/admin/exports/submission/?job__id__exact={books.job.pk}").content.decode()

    assert page.count("data-row") == 1


def test_it_tells_nothing_of_what_its_viewer_may_not_see(books: Books) -> None:
    said = told(colleague_with("exports.view_exportjob"), books.job)

    assert set(said) == {
        "Made at the source, with 3 entries",
        "Noticed",
        "The source was told that work begins",
        "Everything fetched",
    }


def test_a_job_that_was_woken_often_asks_no_more_questions(
    staff: Visitor, books: Books, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    staff.get(page_of(books.job))
    with django_assert_max_num_queries(60) as quiet:
        staff.get(page_of(books.job))
    with acting_for(books.job.tenant_id):
        for _ in range(30):
            Trigger.objects.create(tenant=books.job.tenant, run=books.run, kind=TriggerKind.POLL)
            Trigger.objects.create(tenant=books.job.tenant, run=books.run, kind=TriggerKind.MANUAL)

    with django_assert_max_num_queries(len(quiet)):
        said = told(staff, books.job)
    assert said.count("The source told of it: run") == 1
    assert said.count("Retried by a person: run") == 9
    assert "Found by asking the source: run" not in said


def test_of_very_many_moments_only_the_first_and_the_last_are_told() -> None:
    sheet = Sheet(None, "", moments=[Moment(now() + timedelta(seconds=n), f"n{n}") for n in range(100)])

    said = [what for what, _ in sheet.timeline]

    assert len(said) == MOMENTS_AT_MOST + 1
    assert (said[0], said[20], said[-1]) == ("n0", "… 60 more …", "n99")


def test_the_day_is_said_where_it_changes() -> None:
    before = datetime(2026, 3, 4, 23, 59, 58, tzinfo=UTC)

    assert ">4 Mar, 23:59:58</time>" in clock(before, None)
    assert ">23:59:59</time>" in clock(before + timedelta(seconds=1), before)
    assert ">5 Mar, 00:00:01</time>" in clock(before + timedelta(seconds=3), before)


def test_a_moment_has_its_age_on_hover() -> None:
    assert "4 min ago" in clock(timezone.now() - timedelta(minutes=4, seconds=5), None)
