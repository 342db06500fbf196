"""From the consent page over the account and the certificate to a connected company, and what may go wrong there."""

import re
from html import unescape
from typing import Any

import pytest

from connections.models import Certificate, ConnectionState
from connectors.kit.flows import AuthorisationCode, ClientCredentials
from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from tests.by_certificate import ACCOUNT, STEPS, lets_in_by_certificate, uploaded
from tests.portal.conftest import Customer

PAGE, FILE = "portal-certificate", "portal-certificate-file"


@pytest.fixture(autouse=True)
def by_certificate(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, customer: Customer) -> None:
    vendor, both_ways = customer.link.target.vendor, getattr(request, "param", False)
    lets_in_by_certificate(monkeypatch, customer.sandboxes["target"], both_ways=both_ways)
    monkeypatch.setattr(vendor, "account", ACCOUNT)


def say_account(customer: Customer, typed: str = "1234567_sb1") -> Any:
    customer.leave_for("target")
    return customer.post(customer.address("portal-account", "target"), {"account": typed})


def download(customer: Customer) -> str:
    return str(customer.get(customer.address(FILE, "target")).content.decode())


def tell_id(customer: Customer, vendor_id: str, **more: str) -> Any:
    return customer.post(customer.address(PAGE, "target"), {"id": vendor_id, **more})


def let_in(customer: Customer) -> Any:
    company = customer.company("target")
    return tell_id(customer, uploaded(customer.sandboxes["target"], download(customer), company))


def said(answer: Any) -> str:
    return unescape(re.sub(r"\s+", " ", answer.content.decode()))


def test_the_whole_way(customer: Customer) -> None:
    assert customer.leave_for("target") == customer.address("portal-account", "target")
    assert ACCOUNT.help in said(customer.open("portal-account", "target"))
    assert say_account(customer)["Location"] == customer.address(PAGE, "target")
    page = said(customer.open(PAGE, "target"))
    for step in STEPS:
        assert step.replace("{client_id}", "our-app") in page
    assert let_in(customer)["Location"] == customer.address("portal-company", "target")
    customer.choose("target")
    connection = customer.connection("target")
    assert connection.is_usable
    assert (connection.flow, connection.account) == (ClientCredentials.kind, "1234567_SB1")
    customer.connect("source")
    assert "are connected" in said(customer.open())


@pytest.mark.parametrize("typed", ["", "evil.example/", "1234567-SB1"])
def test_an_account_that_is_none_is_asked_again(customer: Customer, typed: str) -> None:
    answer = say_account(customer, typed)
    assert answer.status_code == 422
    assert "That is no Account ID" in said(answer)
    assert customer.connection("target").account == ""


def test_the_certificate_is_the_file_and_never_its_key(customer: Customer) -> None:
    say_account(customer)
    answer = customer.get(customer.address(FILE, "target"))
    assert answer["Content-Disposition"] == f'attachment; filename="{customer.link.target.connector}-certificate.pem"'
    assert answer.content.startswith(b"-----BEGIN CERTIFICATE-----")
    assert b"PRIVATE" not in answer.content + customer.open(PAGE, "target").content


def test_the_page_can_be_left_and_come_back_to(customer: Customer) -> None:
    say_account(customer)
    first = download(customer)
    customer.leave_for("target")
    assert download(customer) == first


@pytest.mark.parametrize(("typed", "problem"), [("", "Copy the Certificate ID"), ("wrong", "does not take")])
def test_an_id_that_is_none_is_asked_again(customer: Customer, typed: str, problem: str) -> None:
    say_account(customer)
    answer = tell_id(customer, typed)
    assert answer.status_code == 422
    assert problem in said(answer)
    assert customer.connection("target").state == ConnectionState.DISCONNECTED
    assert let_in(customer).status_code == 303


def test_who_lets_in_has_claimed_the_link(customer: Customer) -> None:
    other = customer.another_browser()
    say_account(customer)
    let_in(customer)
    for name in (PAGE, FILE, "portal-account"):
        assert other.get(customer.address(name, "target")).status_code == 403


def test_a_stranger_sees_neither_page_nor_file(customer: Customer, stranger: Customer) -> None:
    say_account(customer)
    mine = download(customer)
    for name in (PAGE, FILE):
        answer = stranger.get(stranger.address(name, "target"))
        assert (answer.status_code, answer["Location"]) == (303, stranger.address("portal-side", "target"))
    say_account(stranger)
    assert download(stranger) != mine
    with acting_for(stranger.link.tenant_id):
        assert Certificate.objects.count() == 1


def test_it_is_renewed_from_the_finished_side_and_stays_connected_until_then(customer: Customer) -> None:
    say_account(customer)
    let_in(customer)
    customer.choose("target")
    before = customer.connection("target").authorised_at

    assert customer.leave_for("target") == customer.address(PAGE, "target")
    assert customer.connection("target").is_usable

    assert let_in(customer)["Location"] == customer.address()
    connection = customer.connection("target")
    assert connection.is_usable
    assert connection.authorised_at != before


def test_one_that_was_removed_may_be_tried_again(customer: Customer) -> None:
    say_account(customer)
    let_in(customer)
    customer.choose("target")
    connection = customer.connection("target")
    with acting_for(customer.link.tenant_id):
        type(connection).objects.filter(pk=connection.pk).update(state=ConnectionState.NEEDS_RECONNECT)
    customer.leave_for("target")
    assert "Try the certificate again" in said(customer.open(PAGE, "target"))

    assert tell_id(customer, "", again="")["Location"] == customer.address()
    assert customer.connection("target").is_usable


@pytest.mark.parametrize("by_certificate", [True], indirect=True)
def test_the_way_is_chosen_where_there_are_several(customer: Customer) -> None:
    page = said(customer.open("portal-side", "target"))
    assert "With a certificate" in page
    assert "With a sign-in" in page

    customer.post(customer.address("portal-side", "target"), {"way": AuthorisationCode.kind})
    away = customer.post(customer.address("portal-account", "target"), {"account": "1234567"})["Location"]
    assert away.startswith(customer.sandboxes["target"].url)
    customer.post(customer.address("portal-side", "target"), {"way": "carrier_pigeon"})
    assert customer.connection("target").flow == AuthorisationCode.kind


def test_the_vendor_that_is_away_is_told_so(customer: Customer) -> None:
    say_account(customer)
    sandbox = customer.sandboxes["target"]
    sandbox.faults.add(Fault(f"POST {sandbox.policy.token_path}", Kind.STATUS_BEFORE, status=503))
    assert "does not answer" in said(customer.get(tell_id(customer, "any")["Location"]))
