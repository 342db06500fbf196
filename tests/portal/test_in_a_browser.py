"""The pages in a real Chromium, with the real redirects to the vendors and back."""

import re
from base64 import b64encode

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from connections import flows
from connectors.kit.sandbox import Client
from portal import browsers
from tests.by_certificate import ACCOUNT, lets_in_by_certificate, uploaded
from tests.portal.conftest import Customer

pytestmark = pytest.mark.django_db(transaction=True)

FOCUS_IS_SEEN = """() => [document.activeElement, document.activeElement.closest("label")].some(
    it => it && getComputedStyle(it).outlineStyle !== "none")"""


@pytest.fixture
def start(customer: Customer, live_server: LiveServer, settings: Settings) -> str:
    """The link's address. The vendors send the browser back to where the server listens."""
    settings.BASE_URL = live_server.url
    for sandbox in customer.sandboxes.values():
        with sandbox.store.transaction():
            sandbox.oauth.register([Client("our-app", "secret", (flows.redirect_uri(sandbox.key),))])
    return live_server.url + customer.address()


def test_a_customer_connects_both_sides_by_clicking(start: str, customer: Customer, page: Page) -> None:
    said: list[ConsoleMessage] = []
    page.on("console", lambda message: said.append(message))
    page.goto(start)

    for side in (customer.link.source.vendor.name, customer.link.target.vendor.name):
        page.get_by_role("button", name=f"Continue to {side}").click()
        page.get_by_role("button", name="Allow access").click()
        expect(page).to_have_url(re.compile(r"/company/$"))
        page.get_by_role("button", name="Use ").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("are connected")
    ours = start.partition("/connect/")[0]
    assert not [message.text for message in said if message.location["url"].startswith(ours)]


def test_a_customer_connects_with_the_keyboard_alone(start: str, customer: Customer, page: Page) -> None:
    """The whole of it: where there are several companies one is chosen with the arrows."""
    page.goto(start)

    press(page, f"Continue to {customer.link.source.vendor.name}")
    press(page, "Allow access")
    press(page, "Use ")
    press(page, f"Continue to {customer.link.target.vendor.name}")
    expect(page.get_by_role("button", name="Allow access")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")  # from the first sign-in at the vendor round to the last, which sees everything
    press(page, "Allow access")
    expect(page).to_have_url(re.compile(r"/target/company/$"))
    expect(page.get_by_role("button", name="Use this company")).to_be_visible()
    reach(page, "input[type=radio]")
    page.keyboard.press("ArrowDown")
    press(page, "Use this company")

    expect(page.get_by_role("heading", level=1)).to_contain_text("are connected")
    assert customer.connection("target").company_id == customer.other_company("target")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_certificate_is_fetched_and_its_id_given_with_the_keyboard_alone(
    start: str, customer: Customer, page: Page, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sandbox = customer.sandboxes["target"]
    lets_in_by_certificate(monkeypatch, sandbox)
    monkeypatch.setattr(customer.link.target.vendor, "account", ACCOUNT)
    page.goto(start)
    press(page, f"Continue to {customer.link.source.vendor.name}")
    press(page, "Allow access")
    press(page, "Use ")

    press(page, "Continue")
    reach(page, "#account")
    page.keyboard.type("1234567_sb1")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/certificate/$"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    reach(page, "a[download]")
    with page.expect_download() as file:
        page.keyboard.press("Enter")
    pem = file.value.path().read_text()
    reach(page, "#id")
    page.keyboard.type("not the id")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("does not take the certificate")
    page.locator("#id").fill(uploaded(sandbox, pem, customer.company("target")))
    page.keyboard.press("Enter")
    press(page, "Use ")

    expect(page.get_by_role("heading", level=1)).to_contain_text("are connected")


@pytest.mark.parametrize("width", [390, 1280])
def test_another_company_is_connected_by_clicking(start: str, customer: Customer, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for side, sandbox in customer.sandboxes.items():
        customer.authorise(side, sandbox.choices()[-1].id)  # a sign-in that sees several companies
        customer.choose(side)
    go_on_in(page, customer, start)

    page.get_by_role("button", name="Connect another company").click()
    for side in customer.sandboxes:
        expect(page).to_have_url(re.compile(rf"/{side}/company/$"))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.locator(f"input[value='{customer.other_company(side)}']").check()
        page.get_by_role("button", name="Use this company").click()

    expect(page.get_by_role("heading", name="Connected as well")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name="Open ").click()
    expect(page.locator(".accounts").first).to_contain_text(customer.sandboxes["source"].choices()[0].name)


def test_the_partners_logo_is_shown(start: str, page: Page, settings: Settings) -> None:
    """The strict policy lets it through."""
    picture = b'<svg xmlns="http://www.w3.org/2000/svg" width="120" height="32"><rect width="120" height="32"/></svg>'
    settings.PARTNER_LOGO = f"data:image/svg+xml;base64,{b64encode(picture).decode()}"

    page.goto(start)

    assert page.locator(".logo").evaluate("it => [it.naturalWidth, it.offsetHeight]") == [120, 32]


def test_saying_no_at_the_vendor_leads_back_to_a_page_that_can_be_loaded_again(
    start: str, customer: Customer, page: Page
) -> None:
    page.goto(start)
    page.get_by_role("button", name="Continue to").click()
    page.get_by_role("button", name="Cancel").click()
    stopped = page.get_by_role("heading", level=1, name=f"You stopped at {customer.link.source.vendor.name}")
    expect(stopped).to_be_visible()

    page.reload()
    expect(stopped).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_window_and_all_can_be_touched(
    start: str, customer: Customer, page: Page, live_server: LiveServer, width: int, scheme: str
) -> None:
    customer.rename("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk Aktiengesellschaft")
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]

    for address in (start, f"{start}source/stopped/cancelled/", f"{live_server.url}/", f"{live_server.url}/nowhere"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        heights = page.eval_on_selector_all(".primary, .quiet", "all => all.map(e => e.offsetHeight)")
        assert all(height >= 44 for height in heights)


def test_a_sent_form_shows_at_once_that_it_waits(start: str, page: Page) -> None:
    page.goto(start)
    page.evaluate("document.addEventListener('submit', event => event.preventDefault())")  # it stays on its way
    page.get_by_role("button", name="Continue to").click()

    assert page.locator("form").get_attribute("aria-busy") == "true"
    expect(page.get_by_role("status")).to_contain_text("Waiting for")


def go_on_in(page: Page, customer: Customer, start: str) -> None:
    """The window is the browser in which the customer has begun."""
    secret = customer.cookies[browsers.cookie()].value
    page.context.add_cookies([{"name": browsers.cookie(), "value": secret, "url": start}])
    page.goto(start)


def press(page: Page, name: str) -> None:
    """Finds the button with the tab key and presses it."""
    expect(page.get_by_role("button", name=name)).to_be_visible()
    reach(page, f"button:has-text('{name}')")
    page.keyboard.press("Enter")


def reach(page: Page, what: str) -> None:
    """With the tab key alone, and its focus can be seen."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.locator(what).first.evaluate("it => it === document.activeElement"):
            assert page.evaluate(FOCUS_IS_SEEN), what
            return
    raise AssertionError(f"No way to {what!r} with the keyboard")
