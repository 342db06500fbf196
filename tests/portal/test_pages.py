"""What every page of the portal is held to: its policy, its look, its errors."""

import logging
import secrets
from html.parser import HTMLParser

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import connection
from django.test import Client, RequestFactory
from django.views import defaults
from django.views.csrf import csrf_failure
from pytest_django import Settings

from host.environment import WrongSetting, colour, image
from host.logs import WithoutTokens
from portal import brand, errors, health
from portal.stops import STOPS
from portal.templatetags.branding import mark, shortened
from tests.portal.conftest import Customer


class Inline(HTMLParser):
    """Everything in a page that a strict policy would not run or apply."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _value in attrs}
        self.found += [f"{tag} {name}" for name in names if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)


def test_no_page_of_the_set_up_has_anything_inline(customer: Customer) -> None:
    pages = [customer.open()]
    pages += [customer.open("portal-stop", "source", why) for why in STOPS]
    customer.authorise("source")
    pages.append(customer.open())
    customer.choose("source")
    customer.connect("target")
    pages += [customer.open(), customer.open("portal-side", "target"), customer.get("/")]

    assert {page.status_code for page in pages} == {200}
    assert not [found for page in pages for found in Inline(page.content.decode()).found]


@pytest.mark.parametrize("why", STOPS)
def test_every_stop_says_what_to_do_and_leaves_no_name_open(customer: Customer, why: str) -> None:
    page = customer.open("portal-stop", "target", why).content.decode()

    assert "{" not in page.partition("<main>")[2]
    assert 'class="primary"' in page


def test_pages_with_a_token_in_their_address_are_not_kept(customer: Customer) -> None:
    answer = customer.get(customer.address())

    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_a_name_with_markup_in_it_is_only_a_name(customer: Customer) -> None:
    customer.rename("<script>alert(1)</script>")

    page = customer.open().content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_landing_page_leads_staff_to_the_admin(db: None) -> None:
    page = Client().get("/").content.decode()

    assert "Ledgerline carries your exports" in page
    assert 'href="/admin/"' in page


def test_the_health_address_answers(db: None) -> None:
    assert Client().get("/healthz").status_code == 200


def test_the_health_address_tells_when_the_database_is_away(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = connection.copy()
    nowhere.settings_dict["PORT"] = 1
    monkeypatch.setattr(health, "connection", nowhere)

    assert Client().get("/healthz").status_code == 503


# The partner's colour


@pytest.mark.parametrize("accent", ["#1f6f5c", "#ffffff", "#000000", "#ffd43b", "#777777", "#0000ff", "#ff0000"])
def test_text_can_be_read_on_and_in_any_colour(accent: str) -> None:
    light, dark = (read(part) for part in brand.sheet(accent).split("@media"))

    assert brand.contrast(light["accent"], light["on-accent"]) >= 4.5
    assert brand.contrast(light["accent-text"], brand.LIGHT_GROUND) >= 4.5
    assert brand.contrast(dark["accent-text"], brand.DARK_GROUND) >= 4.5


def test_the_colour_reaches_the_page_as_a_stylesheet(client: Client) -> None:
    answer = client.get("/brand.css")

    assert answer["Content-Type"].startswith("text/css")
    assert "--accent: #1f6f5c;" in answer.content.decode()


@pytest.mark.parametrize("wrong", ["green", "#12345", "#12345g", "#123456;}"])
def test_a_colour_that_is_none_stops_the_start(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTNER_COLOUR", wrong)

    with pytest.raises(WrongSetting, match="PARTNER_COLOUR"):
        colour("PARTNER_COLOUR", "#000000")


PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@pytest.mark.parametrize("logo", ["", "/static/logo.svg", "/brand/our-logo.v2.png", PIXEL])
def test_a_logo_is_a_picture_that_our_policy_allows(logo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTNER_LOGO", logo)

    assert image("PARTNER_LOGO") == logo


@pytest.mark.parametrize(
    "wrong",
    [
        "logo.svg",
        "//elsewhere.example/logo.svg",
        "https://elsewhere.example/logo.svg",
        "/static/../logo.svg",
        "/static/logo.html",
        '/static/"onerror=x.svg',
        "data:text/html;base64,aGk=",
        "data:image/svg+xml,<svg/>",
        "data:image/png;base64,not base64",
        "data:image/png;base64,AAAAA",
        "data:image/png;base64," + "AAAA" * 20_000,
        "javascript:alert(1)//.svg",
    ],
)
def test_a_logo_that_is_none_stops_the_start(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTNER_LOGO", wrong)

    with pytest.raises(WrongSetting, match="PARTNER_LOGO"):
        image("PARTNER_LOGO")


def test_the_logo_stands_beside_the_name_in_place_of_its_letter(db: None, settings: Settings) -> None:
    settings.PARTNER_LOGO = PIXEL

    page = Client().get("/").content.decode()

    assert f'<img class="logo" src="{PIXEL}" alt="">' in page
    assert 'class="badge"' not in page


def test_a_mark_is_always_of_the_same_hue() -> None:
    assert mark("Acme Books") == mark("Acme Books")
    assert mark("Acme Books")["initials"] == "AB"


def test_a_long_id_keeps_both_ends() -> None:
    assert shortened("796cafa7-7f8d-5414-b33f-51a15fd1e0b9") == "796cafa7…d1e0b9"
    assert shortened("1234") == "1234"


# Errors: these tests have no database, and any query would fail them


def test_a_crash_has_a_page_with_a_reference_and_no_internals(caplog: pytest.LogCaptureFixture) -> None:
    answer = errors.server_error(RequestFactory().get("/"))

    page = answer.content.decode()
    reference = page.partition("<code>")[2].partition("</code>")[0]
    assert answer.status_code == 500
    assert reference
    assert reference in caplog.text
    assert "Traceback" not in page


def test_the_other_errors_have_pages_of_the_same_look() -> None:
    request, secret = RequestFactory().get("/secret-path/"), SuspiciousOperation("secret")

    answers = {
        400: defaults.bad_request(request, secret),
        403: defaults.permission_denied(request, secret),
        404: defaults.page_not_found(request, secret),
    }

    for status, answer in answers.items():
        page = answer.content.decode()
        assert answer.status_code == status
        assert "/static/portal/portal.css" in page
        assert "secret" not in page
    assert "This form is out of date" in csrf_failure(request).content.decode()


def test_a_form_of_many_megabytes_is_refused(customer: Customer) -> None:
    answer = Client(enforce_csrf_checks=True).post(
        customer.address("portal-side", "source"), {"company": "x" * 3_000_000}, "application/x-www-form-urlencoded"
    )

    assert answer.status_code in {400, 403, 413}


@pytest.mark.parametrize("path", ["/connect/{}/", "/connect/{}/source/", "/hooks/{}", "/sign-in/{}/", "/connect/{}"])
def test_no_log_line_has_a_token_of_an_address(path: str) -> None:
    token = secrets.token_urlsafe(32)
    said = ("Not Found: %s", (path.format(token),))
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, *said, None)

    assert WithoutTokens().filter(record)
    assert token not in record.getMessage()
    assert record.getMessage().startswith("Not Found: /")


def test_the_filter_stands_before_every_handler(settings: Settings) -> None:
    handlers = settings.LOGGING["handlers"].values()

    assert all("without_tokens" in handler["filters"] for handler in handlers)


def read(sheet: str) -> dict[str, brand.Colour]:
    rules = [part.split(":") for part in sheet.replace("{", ";").split(";") if "--" in part]
    return {name.strip().strip("-"): brand._read(value.strip()) for name, value in rules}
