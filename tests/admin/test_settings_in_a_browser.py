"""The form of settings in a real Chromium: choices come from the ERP, and follow what they depend on."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from connectors.kit.errors import TryLater
from database.acting import acting_for
from installations import services
from installations.models import Configuration, Installation
from tests.admin.conftest import Acme, page_of

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 30_000  # milliseconds: the machine may be busy


def opened(desk: Page, live_server: LiveServer, installation: Installation, **settings: object) -> None:
    with acting_for(installation.tenant_id):
        services.configure(installation, settings, actor="user:1", labels={"accounts": {"4711": "4711 Trips of old"}})
    desk.goto(live_server.url + page_of(installation, "settings"))


def current(installation: Installation) -> Configuration:
    with acting_for(installation.tenant_id):
        return services.current(installation)


def field(desk: Page, control: str) -> Locator:
    """The field around it."""
    return desk.locator(f".field:has(> #{control})")


def test_an_account_is_chosen_by_its_name_and_kept_by_its_id(
    desk: Page, live_server: LiveServer, installation: Installation
) -> None:
    opened(desk, live_server, installation)
    expect(desk.get_by_label("Account", exact=True).first).to_contain_text("Choose Ledger first", timeout=PATIENCE)

    desk.get_by_label("Ledger", exact=True).select_option(label="Ledger L1")
    account = desk.locator("#account")
    expect(account.locator("option")).to_have_count(3, timeout=PATIENCE)
    account.select_option(label="4000 Travel")
    desk.get_by_role("button", name="Save settings").click()

    expect(desk.get_by_text("Saved as version 3.")).to_be_visible(timeout=PATIENCE)
    assert current(installation).settings["account"] == "4000"


def test_another_parent_brings_other_choices_and_says_what_is_gone(
    desk: Page, live_server: LiveServer, installation: Installation
) -> None:
    opened(desk, live_server, installation, ledger="L1", account="4000")
    expect(desk.locator("#account")).to_have_value("4000", timeout=PATIENCE)

    desk.locator("#ledger").select_option("L2")

    expect(field(desk, "account")).to_contain_text("No longer in", timeout=PATIENCE)
    expect(desk.locator("#account option")).to_have_text(["None chosen", "No longer in Xero: 4000", "8000 Reise"])


def test_what_vanished_is_called_as_it_was(desk: Page, live_server: LiveServer, installation: Installation) -> None:
    opened(desk, live_server, installation, ledger="L1", account="4711")

    expect(field(desk, "account")).to_contain_text("4711 Trips of old. Choose another one.", timeout=PATIENCE)


def test_choices_are_waited_for_say_why_they_fail_and_are_tried_again(
    desk: Page, live_server: LiveServer, installation: Installation, acme: Acme
) -> None:
    acme.broken, held = TryLater("Acme does not answer."), list[Route]()
    desk.route(lambda address: "setting=account&" in address, lambda route: held.append(route))
    opened(desk, live_server, installation, ledger="L1", account="4000")
    place, account = field(desk, "account-typed"), desk.locator("#account")
    expect(account).to_have_text("Loading accounts from Xero…", timeout=PATIENCE)
    expect(account).to_have_attribute("aria-busy", "true")
    expect(account).to_be_disabled()
    assert place.locator("input[data-live]").input_value() == "4000"

    held[0].continue_()
    desk.unroute_all()
    expect(place).to_contain_text("Acme does not answer.", timeout=PATIENCE)
    expect(place.locator("input[data-live]")).to_have_value("4000")

    acme.broken = None
    place.get_by_role("button", name="Try again").click()

    expect(account).to_have_value("4000", timeout=PATIENCE)
    expect(account).to_have_attribute("aria-busy", "false")


def test_of_very_many_the_wanted_one_is_searched(
    desk: Page, live_server: LiveServer, installation: Installation, acme: Acme
) -> None:
    acme.many = 1000
    opened(desk, live_server, installation, ledger="L1")

    desk.get_by_label("Search accounts").first.fill("account 777")

    expect(desk.locator("#account option")).to_have_text(["None chosen", "Account 777"], timeout=PATIENCE)


def test_rows_are_added_and_removed_by_keyboard(
    desk: Page, live_server: LiveServer, installation: Installation
) -> None:
    opened(desk, live_server, installation, ledger="L1", mapping=[{"category": "Old", "account": "4000"}])
    expect(desk.locator("#mapping-0-account")).to_have_value("4000", timeout=PATIENCE)

    desk.get_by_role("button", name="Remove row 1").press("Enter")
    desk.get_by_label("Category", exact=True).nth(1).fill("Travel")
    desk.locator("#mapping-1-account").select_option("4000")
    desk.get_by_role("button", name="Add a row").press("Enter")
    desk.keyboard.type("Hotels")
    expect(desk.locator("#mapping-2-category")).to_have_value("Hotels")
    expect(desk.locator("#mapping-2-account option")).to_have_count(3, timeout=PATIENCE)
    desk.get_by_role("button", name="Save settings").press("Enter")

    expect(desk.get_by_text("Saved as version 3.")).to_be_visible(timeout=PATIENCE)
    assert current(installation).settings["mapping"] == [
        {"category": "Travel", "account": "4000"},
        {"category": "Hotels", "account": ""},
    ]


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_are_no_wider_than_the_window(
    width: int, desk: Page, live_server: LiveServer, installation: Installation
) -> None:
    desk.set_viewport_size({"width": width, "height": 900})
    opened(desk, live_server, installation, ledger="L1", account="5990")
    expect(desk.locator("#account")).to_have_value("5990", timeout=PATIENCE)

    for name in ("settings", "versions"):
        desk.goto(live_server.url + page_of(installation, name))
        over = desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, name
