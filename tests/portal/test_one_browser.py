"""Anybody who holds a link may open it until a consent through it has succeeded; then one browser may."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from audit.models import AuditEntry
from connections import flows, links
from connections.links import LinkClaimed
from connections.models import Connection, ConnectionState, ConnectLink
from database.acting import acting_for
from portal import browsers, urls
from portal.setups import SideName
from portal.stops import STOPS
from tests.portal.conftest import Customer

ELSEWHERE = "This link was used in another browser"


def addresses(customer: Customer) -> list[str]:
    """Of every page behind the link, and of the pair that was set up with it."""
    installation = customer.installation()
    found = []
    for pattern in urls.pages(""):
        for side in SideName if "side" in pattern.pattern.converters else [None]:
            more = {"side": side, "why": next(iter(STOPS))}
            arguments = [more[name] for name in pattern.pattern.converters]
            for pair in [[], [installation.pk]] if installation else [[]]:
                found.append(reverse(str(pattern.name), args=[customer.token, *pair, *arguments]))
    return found


def is_elsewhere(answer: Any) -> bool:
    return answer.status_code == 403 and ELSEWHERE in answer.content.decode()


def test_what_reads_mails_ahead_of_people_does_not_burn_it(customer: Customer) -> None:
    """Some only follow the link, others press every button they find; neither signs in at a vendor."""
    scanner = customer.another_browser()
    for address in addresses(customer):
        scanner.get(address)
        scanner.post(address, {"company": customer.company("source")})

    customer.connect_all()

    assert "are connected" in customer.open().content.decode()


def test_after_the_first_consent_no_other_browser_opens_any_page_of_it(customer: Customer) -> None:
    customer.connect_all()
    other = customer.another_browser()

    for address in addresses(customer):
        for answer in (other.get(address), other.post(address)):
            assert answer.status_code == 405 or is_elsewhere(answer), address
    assert not other.cookies.keys() & {browsers.cookie()}


def test_the_page_names_nobody(customer: Customer) -> None:
    customer.connect("source")

    page = customer.another_browser().open().content.decode()

    assert "Nordwind" not in page
    assert customer.link.source.vendor.name not in page
    assert "ask Ledgerline for a new link" in page


def test_a_consent_that_failed_leaves_it_to_whoever_opens_it(customer: Customer) -> None:
    customer.get(customer.consent("source", decision="deny"))
    customer.get(customer.consent("source").replace("code=", "code=forged"))

    other = customer.another_browser()
    other.connect("source")

    assert customer.connection("source").is_usable
    assert is_elsewhere(customer.open())


def test_it_is_gone_on_with_in_its_own_browser(customer: Customer) -> None:
    customer.connect("source")

    page = customer.open().content.decode()

    assert f"Continue to {customer.link.target.vendor.name}" in page
    assert customer.connect("target")["Location"] == customer.address()


def test_of_two_browsers_at_the_vendor_the_first_one_back_has_it(customer: Customer) -> None:
    other = customer.another_browser()
    first, second = customer.consent("source"), other.consent("source", customer.other_company("source"))
    customer.get(first)
    granted = customer.connection("source").authorised_at

    late = other.get(second)

    assert is_elsewhere(late)
    assert late["Referrer-Policy"] == "no-referrer"
    assert customer.connection("source").authorised_at == granted


def test_tokens_that_come_back_in_the_same_moment_are_dropped(customer: Customer) -> None:
    """The link was free when it was looked at, and is another browser's when the tokens are there."""
    back = parse_qs(urlsplit(customer.consent("source")).query)
    secret, free = customer.cookies[browsers.cookie()].value, links.find(customer.token)
    attempt = flows.come_back(customer.link.source.connector, state=back["state"][0], browser=secret)
    with acting_for(customer.link.tenant_id):
        links.claim(free, links.hashed("another browser"))

    with pytest.raises(LinkClaimed):
        flows.exchange(attempt, back["code"][0], through=free)

    assert customer.connection("source").state == ConnectionState.DISCONNECTED
    assert customer.connection("source").authorisation_id is None


def test_who_claimed_it_is_kept_as_a_hash_only_and_said_once_in_the_trail(customer: Customer) -> None:
    customer.connect_all()
    secret = customer.cookies[browsers.cookie()].value

    with acting_for(customer.link.tenant_id):
        row = ConnectLink.objects.values().get()
        assert AuditEntry.objects.filter(action="link.claimed").count() == 1
        assert secret not in f"{row} {list(AuditEntry.objects.values())} {list(Connection.objects.values())}"
    assert row["browser_hash"] == links.hashed(secret)
    assert row["claimed_at"] is not None


def test_the_secret_lives_as_long_as_a_link_may_and_no_script_reads_it(customer: Customer) -> None:
    customer.leave_for("source")

    cookie = customer.cookies[browsers.cookie()]
    assert int(cookie["max-age"]) == links.LONGEST.total_seconds()
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_a_secret_that_somebody_made_up_opens_nothing(customer: Customer) -> None:
    customer.connect("source")
    other = customer.another_browser()

    for secret in ("", "x", links.hashed(customer.cookies[browsers.cookie()].value)):
        other.cookies[browsers.cookie()] = secret
        assert is_elsewhere(other.open())


def test_a_link_made_for_one_browser_opens_in_no_other(customer: Customer) -> None:
    link = customer.link
    made, token = links.make(
        link.tenant_id, link.source, link.target, actor="user:1", claimed_by=links.hashed("this one")
    )
    theirs, other = Customer(made, token, customer.sandboxes), Customer(made, token, customer.sandboxes)
    theirs.cookies[browsers.cookie()] = "this one"

    assert theirs.connect(SideName.SOURCE)["Location"] == theirs.address()
    assert is_elsewhere(other.open())
