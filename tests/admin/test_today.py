"""Today: each number leads to a list of just as many, and everybody sees what they may open."""

import re
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from connections.models import Connection, ConnectionState
from database.acting import acting_for
from exports.models import ExportJob, Record
from exports.selectors import failed_groups, with_progress
from tests.admin.conftest import Books, colleague_with, list_of, make_books, now, page_of
from tests.cast import Visitor
from tests.factories import ExportJobFactory, InstallationFactory

NUMBER = re.compile(r'class="number[^"]*" href="([^"]+)"><strong>(\d+)</strong><span>([^<]+)</span>')


def numbers(visitor: Visitor) -> dict[str, tuple[int, str]]:
    html = visitor.get("/admin/").content.decode()
    return {name: (int(value), link.replace("&amp;", "&")) for link, value, name in NUMBER.findall(html)}


def test_the_numbers_are_those_of_the_work(staff: Visitor, books: Books) -> None:
    counted = {name: value for name, (value, _) in numbers(staff).items()}

    assert counted == {
        "Open jobs": 1,
        "Records waiting": 1,
        "Records posted": 1,
        "Records failed": 1,
        "Open incidents": 1,
        "Connections to renew": 0,
        "Quarantined deliveries": 1,
    }


@pytest.mark.parametrize("name", ["Open jobs", "Records waiting", "Open incidents", "Quarantined deliveries"])
def test_a_number_leads_to_a_list_of_just_as_many(name: str, staff: Visitor, books: Books) -> None:
    make_books()
    value, link = numbers(staff)[name]

    html = staff.get(link).content.decode()

    assert html.count("data-row") == value == 2


def test_a_connection_in_trouble_is_named(staff: Visitor, books: Books) -> None:
    assert "Every connection is usable." in staff.get("/admin/").content.decode()
    with acting_for(books.job.tenant_id):
        Connection.objects.filter(pk=books.connection.pk).update(state=ConnectionState.NEEDS_RECONNECT)

    assert numbers(staff)["Connections to renew"][0] == 1
    assert page_of(books.connection) in staff.get("/admin/").content.decode()


def test_an_installation_that_normally_exports_and_did_not_is_named(staff: Visitor, books: Books) -> None:
    assert "Whoever normally exports has done so." in staff.get("/admin/").content.decode()
    quiet = InstallationFactory.create()
    for weeks in range(3, 9):
        at = now() - timedelta(weeks=weeks)
        ExportJobFactory.create(tenant=quiet.tenant, installation=quiet, noticed_at=at, ended_at=at)

    html = staff.get("/admin/").content.decode()

    assert page_of(quiet) in html
    assert "every 7 days" in html


def test_who_may_see_only_incidents_sees_only_incidents(books: Books) -> None:
    viewer = colleague_with("incidents.view_incident")

    html = viewer.get("/admin/").content.decode()

    assert set(numbers(viewer)) == {"Open incidents"}
    assert "Open incidents by class" in html
    assert page_of(books.job) not in html
    assert list_of(Record) not in html  # nor is the list offered


def test_who_may_see_nothing_is_told_so(db: None) -> None:
    assert "may not see any of the lists" in colleague_with().get("/admin/").content.decode()


def test_a_busy_day_asks_no_more_questions(
    staff: Visitor, books: Books, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    staff.get("/admin/")
    with django_assert_max_num_queries(32) as quiet:
        staff.get("/admin/")
    for _ in range(4):
        make_books()

    with django_assert_max_num_queries(len(quiet)):
        staff.get("/admin/")


def test_progress_is_counted_without_multiplying(books: Books) -> None:
    with acting_for(books.job.tenant_id):
        job = with_progress(ExportJob.objects.all()).get()

    assert (job.fetched_count, job.decided_count, job.failed_count) == (3, 2, 1)


def test_failed_records_are_grouped_by_their_cause(books: Books) -> None:
    with acting_for(books.job.tenant_id):
        (group,) = failed_groups(books.job)

    assert (group.failure, group.records, group.reason) == ("mapping.missing", 1, "Account 4711 is not known.")
