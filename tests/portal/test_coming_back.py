"""The way back from a vendor's consent page: what may be believed, and what is said when it may not."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from connections.models import AuthorisationAttempt, ConnectionState, ConnectLink
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
    assert customer.token not in kept + str(dict(customer.session))


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
