"""axe-core looks at every page, wide and narrow, light and dark: no serious finding. What axe cannot see (the order
of the keyboard, the sense of a word) is for the tests in a browser, and for people.
"""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test.signals import template_rendered
from playwright.sync_api import Page, Route

from connectors.kit.tests.peer import Peer
from portal import brand
from tests.cast import Visitor
from tests.guards.tree import ROOT
from tests.portal import every_page
from tests.portal.conftest import Applications, Customer, Newcomer, Sandboxes, invited
from tests.portal.every_page import Pages
from tests.portal.test_walls import House, house

__all__ = ["house"]

pytestmark = pytest.mark.django_db(transaction=True)

HOST = "http://causeway.test"
BAD = {"serious", "critical"}
WINDOWS = [(1280, "light"), (390, "dark")]  # each of both colours at one of both widths

Look = Callable[[Pages], None]


@pytest.fixture
def look(page: Page) -> Look:
    """Shows each page as it was answered, with its stylesheets; complains with the names of all that are bad."""
    shown = {"html": ""}

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOST)
        if path == "/shown":
            route.fulfill(body=shown["html"], content_type="text/html; charset=utf-8")
        elif path == "/brand.css":
            route.fulfill(body=brand.sheet(settings.PARTNER_COLOUR), content_type="text/css")
        else:
            route.fulfill(path=str(finders.find(path.removeprefix(settings.STATIC_URL))))

    def look_at(pages: Pages) -> None:
        wrong: list[str] = []
        for name, answered in pages:
            shown["html"] = answered.content.decode()
            page.goto(f"{HOST}/shown")
            for width, scheme in WINDOWS:
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                wrong += [f"{name}, {width}: {one}" for one in findings(page)]
        assert not wrong, "\n".join(wrong)

    page.route("**/*", answer)
    return look_at


def findings(page: Page) -> list[str]:
    found: list[dict[str, Any]] = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']} at {one['nodes'][0]['target']}" for one in found if one["impact"] in BAD]


def test_the_pages_of_a_set_up(customer: Customer, look: Look) -> None:
    look(every_page.of_a_set_up(customer))


def test_a_sign_in_that_sees_nothing_more(customer: Customer, look: Look) -> None:
    look(every_page.of_a_sign_in_that_sees_nothing_more(customer))


def test_the_pages_of_a_certificate(customer: Customer, look: Look) -> None:
    look(every_page.of_a_certificate(customer))


def test_the_pages_of_a_log_in(customer: Customer, look: Look) -> None:
    look(every_page.of_a_log_in(customer))


def test_the_pages_of_a_start(newcomer: Newcomer, look: Look) -> None:
    look(every_page.of_a_start(newcomer))


def test_the_pages_of_a_server(customer: Customer, peer: Peer, look: Look) -> None:
    look(every_page.of_a_server(customer, peer))


def test_a_company_that_is_taken(customer: Customer, stranger: Customer, look: Look) -> None:
    look(every_page.of_a_company_that_is_taken(customer, stranger))


def test_the_pages_of_members(house: House, look: Look) -> None:
    look(every_page.of_members(house))


def test_the_pages_of_a_sign_in(owner: Visitor, look: Look) -> None:
    look(every_page.of_a_sign_in(owner))


def test_the_pages_of_nobody_and_of_errors(db: None, look: Look) -> None:
    look(every_page.of_nobody())


def test_what_is_bad_is_found(db: None, look: Look) -> None:
    """So that silence means something."""

    class Answer:
        content = b"<!doctype html><html><body><input><p style='color: #aaa'>Nobody can read this.</p></body></html>"

    with pytest.raises(AssertionError, match="color-contrast"):
        look(iter([("bad", Answer())]))


def test_no_page_is_left_out(
    customer: Customer,
    stranger: Customer,
    applications: Applications,
    sandboxes: Sandboxes,
    house: House,
    owner: Visitor,
    peer: Peer,
) -> None:
    """By their templates: a new one is shown by none of the walks above until somebody adds it."""
    used: set[str] = set()

    def note(template: Any, **_: Any) -> None:
        used.add(str(template.name))

    template_rendered.connect(note)
    try:
        walks = [
            every_page.of_a_set_up(customer),
            every_page.of_a_company_that_is_taken(customer, stranger),
            every_page.of_a_sign_in_that_sees_nothing_more(invited(applications, sandboxes, "Westwind")),
            every_page.of_a_certificate(invited(applications, sandboxes, "Eastwind")),
            every_page.of_a_log_in(invited(applications, sandboxes, "Northwind")),
            every_page.of_a_start(Newcomer(sandboxes)),
            every_page.of_members(house),
            every_page.of_a_sign_in(owner),
            every_page.of_nobody(),
            every_page.of_a_server(invited(applications, sandboxes, "Eastwind"), peer),
        ]
        statuses = {answer.status_code for walk in walks for _name, answer in walk}
    finally:
        template_rendered.disconnect(note)
    folder = ROOT / "templates"
    there = {str(path.relative_to(folder)) for path in [*folder.glob("portal/*.html"), *folder.glob("*.html")]}
    assert sorted(there - used) == []
    assert not statuses - {200, 400, 403, 404, 422, 429, 500}
