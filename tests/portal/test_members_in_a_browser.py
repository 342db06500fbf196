"""The members' pages in a real Chromium: by keyboard alone, at both widths, in both schemes, with nothing thrown."""

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from connections.models import ConnectionState
from database.acting import acting_for
from portal import sessions, signing_in
from tenants.models import Tenant
from tests.admin.conftest import Books, make_books, more_records
from tests.cast import Visitor, member
from tests.factories import ExportJobFactory, IncidentFactory, InstallationFactory, MembershipFactory
from tests.portal.mails import link_in, mails

pytestmark = pytest.mark.django_db(transaction=True)

LONG_NAME = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk Aktiengesellschaft"
LONG_ADDRESS = "a.person.with.a.name.that.is.long@donaudampfschifffahrtselektrizitaeten.example"


@pytest.fixture
def books(settings: Settings, live_server: LiveServer) -> Books:
    settings.BASE_URL = live_server.url
    made = make_books()
    tenant = made.job.tenant
    with acting_for(tenant.pk):
        Tenant.objects.filter(pk=tenant.pk).update(name=LONG_NAME)
    more_records(made, 60)
    broken = InstallationFactory.create(tenant=tenant, source__state=ConnectionState.NEEDS_RECONNECT)
    IncidentFactory.create(tenant=tenant, connection_id=broken.source_id)
    MembershipFactory.create(tenant=tenant, role="viewer", user__email=LONG_ADDRESS)
    for _ in range(30):
        ExportJobFactory.create(tenant=tenant, installation=made.job.installation)
    return made


@pytest.fixture
def owner(books: Books, page: Page, live_server: LiveServer) -> Visitor:
    """In the window."""
    visitor = member(books.job.tenant, "owner")
    value = visitor.cookies[sessions.cookie()].value
    page.context.add_cookies([{"name": sessions.cookie(), "value": value, "url": live_server.url}])
    return visitor


def test_a_member_signs_in_and_out_with_the_keyboard_alone(page: Page, books: Books, live_server: LiveServer) -> None:
    said: list[ConsoleMessage] = []
    page.on("console", lambda message: said.append(message))
    page.goto(f"{live_server.url}/sign-in/")

    tab_to(page, "textbox", "Your email address")
    page.keyboard.type(LONG_ADDRESS)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mailbox")
    signing_in.answer_all()
    page.goto(live_server.url + link_in(mails("sign_in")[0]))
    press(page, "button", "Sign in")
    expect(page.get_by_role("heading", level=1)).to_have_text(LONG_NAME)
    press(page, "link", "Exports")
    expect(page.get_by_role("heading", level=1)).to_have_text("Exports")
    press(page, "button", "Sign out")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")

    assert not [message.text for message in said]


def test_an_owner_invites_and_removes_by_clicking(page: Page, owner: Visitor, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/t/{owner.tenant.pk}/members/")
    page.get_by_label("Their email address").fill("bea@nordwind.example")
    page.get_by_role("radio", name="Bookkeeper").check()
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("status")).to_contain_text("A mail tells bea@nordwind.example")

    page.get_by_role("link", name="Change bea@nordwind.example").click()
    expect(page.get_by_role("radio", name="Bookkeeper")).to_be_checked()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("status")).to_contain_text("does not belong here any more")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_window_and_all_can_be_touched(
    page: Page, owner: Visitor, books: Books, live_server: LiveServer, width: int, scheme: str
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    with acting_for(owner.tenant.pk):
        membership = MembershipFactory.create(tenant=owner.tenant)
        ask = f"connections/{books.job.installation.source_id}/disconnect/"
    home = f"{live_server.url}/t/{owner.tenant.pk}/"
    for path in (
        "",
        "incidents/",
        "exports/",
        f"exports/{books.job.pk}/",
        "members/",
        f"members/{membership.pk}/",
        ask,
    ):
        page.goto(home + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        heights = page.eval_on_selector_all("button, nav a, .more, summary", "all => all.map(e => e.offsetHeight)")
        assert heights
        assert all(height >= 44 for height in heights), (path, heights)
        assert page.locator("h1").count() == 1
        assert not page.eval_on_selector_all(
            CONTROLS, "all => all.filter(e => !e.labels?.length).map(e => e.outerHTML)"
        )


CONTROLS = "input:not([type=hidden]), select, textarea"


def press(page: Page, role: str, name: str) -> None:
    tab_to(page, role, name)
    page.keyboard.press("Enter")


def tab_to(page: Page, role: str, name: str) -> None:
    wanted = page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
    expect(wanted).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted.evaluate("it => it === document.activeElement"):
            return
    raise AssertionError(f"No way to {name!r} with the keyboard")
