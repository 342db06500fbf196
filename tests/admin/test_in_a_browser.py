"""The admin in a real Chromium: its policies let the pages work, and nothing is thrown."""

import pytest
from django.db.models import Model
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from connectors.kit.records import JobState
from database.acting import acting_for
from exports.models import ExportJob
from tests.admin.conftest import Books, list_of, now, page_of
from webhooks.models import Delivery

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 30_000  # milliseconds: the machine may be busy


def test_a_retry_is_asked_for_and_done(desk: Page, live_server: LiveServer, books: Books) -> None:
    desk.goto(live_server.url + page_of(books.job))

    desk.get_by_role("link", name="Retry").click()
    desk.get_by_role("button", name="Retry").click()

    expect(desk.get_by_text(f"{books.job} goes on now.")).to_be_visible(timeout=PATIENCE)


def test_deliveries_are_replayed_after_a_look_at_what_it_does(
    desk: Page, live_server: LiveServer, books: Books
) -> None:
    desk.goto(live_server.url + list_of(Delivery))
    desk.locator(".action-select").check()
    desk.locator("select[name=action]").select_option("replay_all")
    desk.get_by_role("button", name="Run").click()

    desk.get_by_role("button", name="Replay").click(timeout=PATIENCE)

    expect(desk.get_by_text("Replayed: 1.")).to_be_visible(timeout=PATIENCE)


def test_the_page_of_a_job_follows_it_to_its_end(desk: Page, live_server: LiveServer, books: Books) -> None:
    desk.goto(live_server.url + page_of(books.job))
    expect(desk.locator("#progress")).to_contain_text("Under way")

    with acting_for(books.job.tenant_id):
        ExportJob.objects.filter(pk=books.job.pk).update(
            ended_at=now(), state=JobState.COMPLETED_WITH_ERRORS, balanced=False
        )

    expect(desk.locator(".headline")).to_contain_text("Does not balance", timeout=PATIENCE)
    expect(desk.locator("[hx-trigger]").filter(has_text="Balance")).to_have_count(0)


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_the_window(width: int, desk: Page, live_server: LiveServer, books: Books) -> None:
    desk.set_viewport_size({"width": width, "height": 900})
    rows: list[Model] = [
        books.job,
        books.records[1],
        books.postings[0],
        books.submission,
        books.exchange,
        books.incident,
    ]
    rows += [books.connection, books.job.installation, books.run, books.delivery, books.job.tenant]

    replay = page_of(books.delivery, "replay")
    for address in [
        "/admin/",
        "/admin/api/apikey/add/",
        *map(page_of, rows),
        f"{page_of(books.delivery)}?bytes",
        replay,
    ]:
        desk.goto(live_server.url + address)
        over = desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, address


def test_a_preview_that_breaks_off_says_what_to_do(
    desk: Page, live_server: LiveServer, books: Books, said: list[str]
) -> None:
    """The contents come after the page, so their failure must be told on it."""
    desk.route("**/previewed/*", lambda route: route.abort())
    desk.goto(live_server.url + page_of(books.job, "preview"))

    expect(desk.get_by_role("heading", name="No preview: it broke off")).to_be_visible(timeout=PATIENCE)
    expect(desk.get_by_role("link", name="Begin again")).to_be_visible()
    assert "htmx:sendError" in said
    said.clear()


def test_a_preview_tells_why_there_is_none(desk: Page, live_server: LiveServer, books: Books) -> None:
    desk.goto(live_server.url + page_of(books.job))

    desk.get_by_role("link", name="Preview").click()

    expect(desk.locator(".previewed")).to_contain_text("cannot be reached", timeout=PATIENCE)
    expect(desk.locator(".waits")).to_have_count(0)


def test_work_is_found_from_the_navigation(desk: Page, live_server: LiveServer, books: Books) -> None:
    desk.goto(f"{live_server.url}/admin/")
    desk.get_by_role("button", name="Job, entry, document").click()

    desk.locator("#search-input-command").press_sequentially(books.postings[0].document_number)
    desk.locator("#command-results-list a").first.click()

    expect(desk).to_have_url(live_server.url + page_of(books.records[0]), timeout=PATIENCE)


def test_a_part_of_a_column_leads_to_its_list(desk: Page, live_server: LiveServer, books: Books) -> None:
    desk.goto(f"{live_server.url}/admin/")

    desk.get_by_title("1 failed").click()

    expect(desk.locator(".narrowed")).to_contain_text("Day its job was noticed", timeout=PATIENCE)
    expect(desk.locator(".data-row")).to_have_count(1)
