"""Jobs and records over time: every part of every column, and every number, leads to a list of just as many."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from connectors.kit.records import JobState
from database.acting import acting_for
from desk.filters import moments_of
from exports.admin.endings import ENDINGS
from exports.models import ExportJob
from host.dashboard import over_time
from tests.admin.conftest import Books, colleague_with, list_of, make_books, now
from tests.cast import Visitor
from tests.factories import ExportJobFactory

CHART = re.compile(r'<section class="panel days" aria-label="([^"]+)">(.*?)</section>', re.DOTALL)
PART = re.compile(
    r'<a class="\w+" style="height: ([\d.]+)%" href="([^"]+)" tabindex="-1" title="([^"]+): (\d+) ([^"]+)">'
)
CELL = re.compile(r'<td class="right"><a href="([^"]+)">(\d+)</a></td>')
LEGEND = re.compile(r'<li class="\w+"><a href="([^"]+)"><strong>(\d+)</strong> ([^<]+)</a>')


@dataclass
class Shown:
    text: str

    @property
    def links(self) -> Iterator[tuple[int, str]]:
        for _, link, _, count, _ in PART.findall(self.text):
            yield int(count), html.unescape(link)
        for pattern in (CELL, LEGEND):
            for link, count, *_ in pattern.findall(self.text):
                yield int(count), html.unescape(link)

    @property
    def legend(self) -> dict[str, int]:
        return {name: int(count) for _, count, name in LEGEND.findall(self.text)}

    @property
    def parts(self) -> list[tuple[str, int, str]]:
        return [(day, int(count), name) for _, _, day, count, name in PART.findall(self.text)]


def charts(visitor: Visitor, query: str = "") -> dict[str, Shown]:
    page = visitor.get(f"/admin/{query}").content.decode()
    return {name: Shown(text) for name, text in CHART.findall(page)}


def a_job(days_ago: int, **changes: Any) -> ExportJob:
    at = now() - timedelta(days=days_ago)
    usual = {"noticed_at": at, "ended_at": at, "state": JobState.COMPLETED, "balanced": True}
    return ExportJobFactory.create(created_at=at, **{**usual, **changes})


@pytest.fixture
def a_fortnight(books: Books) -> None:
    """Beside the books: one job of each ending, and some that are too old to be shown."""
    a_job(1)
    a_job(1, state=JobState.COMPLETED_WITH_ERRORS)
    a_job(2, state=JobState.COMPLETED_WITH_ERRORS, balanced=False)
    a_job(3, state=JobState.FAILED, balanced=None)
    a_job(13)
    a_job(20)
    make_books()


def test_every_number_leads_to_a_list_of_just_as_many(staff: Visitor, a_fortnight: None) -> None:
    for name, shown in charts(staff).items():
        links = list(shown.links)
        assert len(links) > 8, name
        for count, link in links:
            assert staff.get(link).content.decode().count("data-row") == count, link


def test_jobs_are_counted_by_how_they_ended(staff: Visitor, a_fortnight: None) -> None:
    jobs = charts(staff)["Export jobs a day"]

    assert jobs.legend == {"open": 2, "completed": 2, "with errors": 1, "failed": 1, "does not balance": 1}


def test_records_are_counted_by_what_became_of_them(staff: Visitor, a_fortnight: None) -> None:
    records = charts(staff)["Records a day"]
    today = f"{timezone.localdate():%-d %b %Y}"

    assert records.parts == [(today, 2, "posted"), (today, 2, "failed"), (today, 2, "waiting")]


def test_a_month_shows_more_than_a_fortnight(staff: Visitor, a_fortnight: None) -> None:
    assert charts(staff, "?days=30")["Export jobs a day"].legend["completed"] == 3


@pytest.mark.parametrize("asked", ["0", "-1", "9999999", "x", "14.5", ""])
def test_only_the_offered_spans_are_shown(asked: str, staff: Visitor, a_fortnight: None) -> None:
    assert charts(staff, f"?days={asked}")["Export jobs a day"].legend["completed"] == 2


def test_each_job_belongs_to_just_one_ending(books: Books) -> None:
    tenant, installation = books.job.tenant, books.job.installation
    for state in JobState:
        for balanced in (None, True, False):
            for ended in (None, now()):
                ExportJobFactory.create(
                    tenant=tenant, installation=installation, state=state, balanced=balanced, ended_at=ended
                )

    with acting_for(tenant.pk):
        found = [
            pk for one in ENDINGS.values() for pk in ExportJob.objects.filter(one.which).values_list("pk", flat=True)
        ]
        assert sorted(found) == sorted(ExportJob.objects.values_list("pk", flat=True))


def test_days_begin_at_midnight_of_the_platforms_time_zone(staff: Visitor, settings: Any) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"
    moment = timezone.localtime().replace(hour=0, minute=30) - timedelta(days=1)
    assert moment.astimezone(UTC).date() != moment.date()
    a_job(0, noticed_at=moment)

    page = staff.get("/admin/").content.decode()
    ((day, count, _),) = charts(staff)["Export jobs a day"].parts

    assert "Days begin at midnight, Pacific/Auckland." in page
    assert (day, count) == (f"{moment:%-d %b %Y}", 1)
    assert staff.get(list_of(ExportJob, f"day={moment.date()}")).content.decode().count("data-row") == 1


def test_days_without_jobs_say_so(staff: Visitor) -> None:
    page = staff.get("/admin/").content.decode()

    assert "No export job was noticed in these days." in page
    assert "No record was fetched in these days." in page


def test_charts_are_for_those_who_may_open_their_lists(a_fortnight: None) -> None:
    assert set(charts(colleague_with("exports.view_record"))) == {"Records a day"}
    assert set(charts(colleague_with("exports.view_exportjob"))) == {"Export jobs a day"}
    assert not charts(colleague_with("incidents.view_incident"))


def test_a_chart_asks_one_question(
    staff: Visitor, a_fortnight: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with acting_for(staff.tenant.pk), django_assert_num_queries(1):
        over_time.records(30)


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        ("24h", 1),
        ("2020-01-01", 0),
        ("2020-01-02..2020-01-01", 0),
        ("x", 3),
        ("0001-01-01", 3),
        ("9999-12-31", 3),
        ("..", 3),
    ],
)
def test_a_list_is_limited_to_days_that_can_be(day: str, shown: int, staff: Visitor) -> None:
    for days_ago in (0, 2, 5):
        a_job(days_ago)

    assert staff.get(list_of(ExportJob, f"day={day}")).content.decode().count("data-row") == shown


def test_the_day_that_a_link_leads_to_is_told_above_the_list(staff: Visitor, books: Books) -> None:
    page = staff.get(list_of(ExportJob, "how=open&day=2026-03-04..2026-03-17")).content.decode()

    assert "Day it was noticed: <strong>4 Mar to 17 Mar 2026</strong>." in page
    assert '<a href="?how=open">Show all days</a>' in page


def test_a_list_of_all_days_tells_of_none(staff: Visitor, books: Books) -> None:
    for query in ("", "how=open", "day=x"):
        assert "Show all days" not in staff.get(list_of(ExportJob, query)).content.decode()


def test_a_moment_belongs_to_its_day_only() -> None:
    assert datetime(2026, 3, 5, tzinfo=UTC) == _span("2026-03-04")[1]
    assert datetime(2026, 3, 4, tzinfo=UTC) == _span("2026-03-04")[0]


def _span(value: str) -> tuple[datetime, datetime]:
    found = moments_of(value)
    assert found
    return found
