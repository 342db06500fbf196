"""The way back from a vendor's consent page: what may be believed, and what is said when it may not."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from connections import flows, oauth
from connections.models import AuthorisationAttempt, ConnectionState, ConnectLink
from connectors.kit.flows import AuthorisationCode
from connectors.kit.sandbox import Fault, Kind
from database.acting import across_tenants, acting_for
from tests.portal.conftest import Customer

TOKENS = "POST *token"


def test_the_address_is_made_clean(customer: Customer) -> None:
    answer = customer.authorise("source")

    assert answer.status_code == 303
    assert answer["Location"] == customer.address("portal-company", "source")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]


def test_who_says_no_can_start_again(customer: Customer) -> None:
    answer = customer.get(customer.consent("source", decision="deny"))
    page = customer.get(answer["Location"]).content.decode()

    assert "/source/stopped/cancelled/" in answer["Location"]
    assert f"You stopped at {customer.link.source.vendor.name}" in page
    assert "Nothing was changed" in page
    assert customer.connection("source").state == ConnectionState.DISCONNECTED


def test_the_reference_on_the_page_is_in_the_log(customer: Customer, caplog: pytest.LogCaptureFixture) -> None:
    answer = customer.get(customer.consent("source", decision="deny"))
    page = customer.get(answer["Location"]).content.decode()

    reference = parse_qs(urlsplit(answer["Location"]).query)["reference"][0]
    assert f"<code>{reference}</code>" in page
    assert reference in caplog.text
    assert customer.token not in caplog.text


def test_a_made_up_reference_is_not_shown(customer: Customer) -> None:
    address = customer.address("portal-stop", "source", "refused")

    assert "Call 0800" not in customer.get(f"{address}?reference=Call+0800").content.decode()


def test_a_way_back_is_good_once(customer: Customer) -> None:
    back = customer.consent("source")
    customer.get(back)
    customer.choose("source")

    again = customer.get(back)

    assert not_usable(again)
    assert customer.connection("source").is_usable


@pytest.mark.parametrize("fresh", [True, False])
def test_another_browser_cannot_use_it(customer: Customer, fresh: bool) -> None:
    other = customer.another_browser()
    if not fresh:
        other.leave_for("source")

    assert not_usable(other.get(customer.consent("source")))
    assert customer.connection("source").state == ConnectionState.DISCONNECTED


def test_a_stranger_cannot_use_it_for_a_link_of_their_own(customer: Customer, stranger: Customer) -> None:
    stranger.leave_for("source")

    assert not_usable(stranger.get(customer.consent("source")))
    assert stranger.connection("source").state == ConnectionState.DISCONNECTED


def test_it_does_not_work_at_another_vendors_address(customer: Customer) -> None:
    source, target = customer.link.source.connector, customer.link.target.connector

    moved = customer.consent("source").replace(f"/callback/{source}/", f"/callback/{target}/")

    assert not_usable(customer.get(moved))


def test_after_ten_minutes_it_is_too_late(customer: Customer) -> None:
    back = customer.consent("source")
    with acting_for(customer.link.tenant_id):
        AuthorisationAttempt.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert not_usable(customer.get(back))


@pytest.mark.parametrize(
    "query", ["", "code=1", "state=1", "state=1&code=1", "error=access_denied", f"state={'s' * 9000}&code=1"]
)
def test_nonsense_has_the_same_page(db: None, query: str) -> None:
    assert not_usable(Client().get(f"/oauth/callback/any/?{query}"))


def test_a_revoked_link_ends_it_before_the_code_is_used(customer: Customer) -> None:
    back = customer.consent("source")
    with acting_for(customer.link.tenant_id):
        ConnectLink.objects.update(revoked_at=timezone.now())

    assert customer.get(back).status_code == 404
    assert customer.connection("source").state == ConnectionState.DISCONNECTED


def test_a_code_that_the_vendor_refuses_asks_to_connect_again(customer: Customer) -> None:
    back = customer.consent("source")
    forged = back.replace("code=", "code=forged")

    answer = customer.get(forged)

    assert "/source/stopped/refused/" in answer["Location"]
    assert "did not accept the connection" in customer.get(answer["Location"]).content.decode()


def test_less_than_was_asked_is_refused_and_named(customer: Customer) -> None:
    back = customer.consent("source")
    sandbox, wanted = customer.sandboxes["source"], customer.link.source.vendor.flow(AuthorisationCode).scopes
    with sandbox.store.transaction():
        for grant in sandbox.oauth.grants.find():
            sandbox.oauth.grants.change(grant["id"], scopes=[one for one in grant["scopes"] if one != wanted[-1]])

    answer = customer.get(back)
    page = customer.get(answer["Location"]).content.decode()

    assert "/source/stopped/granted-less/" in answer["Location"]
    assert f"<code>{wanted[-1]}</code>" in page
    assert f"<code>{wanted[0]}</code>" not in page
    assert customer.connection("source").state == ConnectionState.DISCONNECTED


def test_a_made_up_permission_is_not_shown(customer: Customer) -> None:
    address = customer.address("portal-stop", "source", "granted-less")

    assert "Call 0800" not in customer.get(f"{address}?missing=Call+0800").content.decode()


@pytest.mark.parametrize("brought", ["access_token=stolen&token_type=Bearer", "id_token=stolen"])
def test_a_token_that_the_browser_brings_is_not_taken(customer: Customer, brought: str) -> None:
    """Injection of an access token: RFC 9700, 4.6."""
    back = urlsplit(customer.consent("source"))
    state = parse_qs(back.query)["state"][0]
    customer.sandboxes["source"].log.clear()

    assert not_usable(customer.get(f"{back.path}?state={state}&{brought}"))
    assert customer.sandboxes["source"].log.count("*") == 0
    assert customer.connection("source").state == ConnectionState.DISCONNECTED


def test_an_answer_in_another_issuers_name_is_not_believed(customer: Customer) -> None:
    """The mix-up of RFC 9700, 4.4: a server that the customer chose answers in the name of another."""
    back = customer.consent("target")
    issuer = customer.link.target.vendor.flow(AuthorisationCode).issuer
    assert issuer
    honest = oauth.address(customer.connection("target"), issuer)
    customer.sandboxes["target"].log.clear()

    for name in ("https://attacker.example", f"{honest}/", honest.upper(), "x" * 9000):
        assert not_usable(customer.get(f"{back}&{urlencode({'iss': name})}"))
    assert customer.sandboxes["target"].log.count(TOKENS) == 0
    assert customer.get(f"{back}&{urlencode({'iss': honest})}").status_code == 303


def test_a_code_of_one_vendor_with_the_state_of_the_other_reaches_neither(customer: Customer) -> None:
    """The mix-up with two servers: the one that was chosen sends the browser on to the other, under its own state."""
    state = parse_qs(urlsplit(customer.leave_for("source")).query)["state"][0]
    other = urlsplit(customer.leave_for("target"))
    query = parse_qs(other.query) | {"state": [state]}
    mixed = other._replace(query=urlencode(query, doseq=True)).geturl()
    for sandbox in customer.sandboxes.values():
        sandbox.log.clear()

    assert not_usable(customer.come_back(mixed, customer.company("target")))
    assert [sandbox.log.count(TOKENS) for sandbox in customer.sandboxes.values()] == [0, 0]


def test_the_host_that_a_request_names_changes_no_address(customer: Customer, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    way = customer.address("portal-side", "source")

    away = customer.post(way, headers={"host": "attacker.example", "x-forwarded-host": "attacker.example"})

    sent = parse_qs(urlsplit(away["Location"]).query)
    assert sent["redirect_uri"] == [flows.redirect_uri(customer.link.source.connector)]
    assert "attacker" not in away["Location"]


@pytest.mark.parametrize("where", ["next", "return_to", "redirect_uri", "url"])
def test_no_parameter_of_the_way_back_leads_elsewhere(customer: Customer, where: str) -> None:
    answer = customer.get(f"{customer.consent('source')}&{where}=https://attacker.example/")

    assert answer["Location"] == customer.address("portal-company", "source")


def test_who_promises_to_say_its_issuer_must(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = customer.link.target.vendor
    monkeypatch.setattr(vendor, "flows", (replace(vendor.flow(AuthorisationCode), sends_issuer=True),))

    assert not_usable(customer.get(customer.consent("target")))


@pytest.mark.parametrize("kind", [Kind.STATUS_BEFORE, Kind.DROP_BEFORE, Kind.HTML, Kind.TRUNCATE])
def test_a_vendor_in_trouble_is_said_to_be_so(customer: Customer, kind: Kind) -> None:
    back = customer.consent("source")
    customer.sandboxes["source"].faults.add(Fault(TOKENS, kind))

    answer = customer.get(back)

    assert "/source/stopped/unavailable/" in answer["Location"]
    assert "does not answer" in customer.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("error", "page"),
    [
        ("server_error", "unavailable"),
        ("temporarily_unavailable", "unavailable"),
        ("invalid_scope", "refused"),
        ("<script>", "refused"),
    ],
)
def test_what_the_vendor_says_instead_of_a_code_chooses_the_page(customer: Customer, error: str, page: str) -> None:
    denied = customer.consent("source", decision="deny")

    answer = customer.get(denied.replace("access_denied", error))

    assert f"/source/stopped/{page}/" in answer["Location"]


def test_the_links_token_is_kept_nowhere(customer: Customer) -> None:
    customer.leave_for("source")

    with across_tenants("the test looks at everything"):
        kept = str(AuthorisationAttempt.objects.values_list()) + str(ConnectLink.objects.values_list())
    assert customer.token not in kept + str(customer.cookies)


def test_a_vendor_that_fails_at_the_companies_can_be_asked_again(customer: Customer) -> None:
    customer.authorise("source")
    fault = customer.sandboxes["source"].faults.add(Fault("GET /*", Kind.STATUS_BEFORE, times=None))

    stopped = customer.get(customer.address("portal-company", "source"))
    customer.sandboxes["source"].faults.clear()

    assert fault.struck
    assert "/source/stopped/unavailable/" in stopped["Location"]
    assert "Is this your company" in customer.open().content.decode()


def not_usable(answer: object) -> bool:
    assert answer.status_code == 400  # type: ignore[attr-defined]
    page: str = answer.content.decode()  # type: ignore[attr-defined]
    return "This sign-in cannot be used" in page
