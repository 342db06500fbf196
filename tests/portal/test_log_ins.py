"""Where the vendor has no consent page, the customer signs in on a page of ours; what may go wrong is said there."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from connections.models import ConnectionState
from connections.tokens import ConnectionTokens
from connectors.kit.errors import Reconnect
from connectors.kit.sandbox import Fault, Kind
from connectors.kit.sandbox.__main__ import find
from portal.log_ins import TRIES
from tests.by_session import BY_SESSION, log_ins_at, secret_of, typed, typed_for_another_company
from tests.factories import PrivateHostFactory, hosts_at
from tests.portal.conftest import Customer, Sandboxes, invited, registered
from tests.vendors import Vendor

PAGE = "portal-log-in"
WRONG = "correct horse battery staple"


@pytest.fixture(params=BY_SESSION)
def customer(request: pytest.FixtureRequest, db: None, sandboxes: Sandboxes) -> Iterator[Customer]:
    """Who is about to connect the target."""
    with find(request.param)() as target:
        both = {"source": sandboxes["source"], "target": target}
        found = invited({side: registered(sandbox) for side, sandbox in both.items()}, both, "Nordwind ApS")
        found.connect("source")
        yield found


@pytest.fixture
def vendor(customer: Customer) -> Vendor:
    return Vendor(customer.sandboxes["target"], customer.link.target)


def sign_in(customer: Customer, vendor: Vendor, **other: str) -> Any:
    customer.leave_for("target")
    return customer.post(customer.address(PAGE, "target"), typed(vendor, **other))


def said(answer: Any) -> str:
    return unescape(re.sub(r"\s+", " ", answer.content.decode()))


def test_the_whole_way(customer: Customer, vendor: Vendor) -> None:
    assert customer.leave_for("target") == customer.address(PAGE, "target")
    page = said(customer.open(PAGE, "target"))
    assert all(name in page for name in typed(vendor))

    assert sign_in(customer, vendor)["Location"] == customer.address("portal-company", "target")
    customer.choose("target")

    assert "are connected" in said(customer.open())
    assert log_ins_at(vendor) == 1


def test_a_wrong_password_is_told_and_not_shown(customer: Customer, vendor: Vendor) -> None:
    refused = sign_in(customer, vendor, **{secret_of(vendor): WRONG})

    assert refused.status_code == 422
    assert "does not accept this user and password" in said(refused)
    assert WRONG not in said(refused)
    shown = {name: value for name, value in typed(vendor).items() if name != secret_of(vendor)}
    assert all(f'value="{value}"' in said(refused) for value in shown.values())


def test_a_field_that_is_empty_is_asked_for_and_nothing_is_sent(customer: Customer, vendor: Vendor) -> None:
    assert sign_in(customer, vendor, **{secret_of(vendor): ""}).status_code == 422
    assert log_ins_at(vendor) == 0


def test_nobody_guesses_until_the_vendor_locks_the_user(customer: Customer, vendor: Vendor) -> None:
    for _ in range(TRIES):
        assert sign_in(customer, vendor, **{secret_of(vendor): WRONG}).status_code == 422

    held_up = sign_in(customer, vendor)

    assert held_up.status_code == 429
    assert "Nothing was sent this time" in said(held_up)
    assert log_ins_at(vendor) == TRIES


def test_a_vendor_that_is_away_is_told_so(customer: Customer, vendor: Vendor) -> None:
    vendor.sandbox.faults.add(Fault("POST *", Kind.STATUS_BEFORE, status=503, body="<html>down</html>"))
    answer = sign_in(customer, vendor)
    assert answer.status_code == 422
    assert "does not work at the moment" in said(answer)


def test_a_password_that_was_changed_is_typed_anew_for_the_same_company(customer: Customer, vendor: Vendor) -> None:
    sign_in(customer, vendor)
    customer.choose("target")
    before = customer.connection("target")
    vendor.sandbox.revoke()
    tokens = ConnectionTokens(before.tenant_id, before.pk)
    with pytest.raises(Reconnect):
        tokens.renewed(tokens.access_token())
    assert customer.connection("target").state == ConnectionState.NEEDS_RECONNECT
    assert before.account in said(customer.open(PAGE, "target"))  # it is not asked for again
    other = typed_for_another_company(vendor)

    elsewhere = customer.post(customer.address(PAGE, "target"), other)
    assert "That is another company" in said(customer.get(elsewhere["Location"]))
    assert sign_in(customer, vendor)["Location"] == customer.address()

    after = customer.connection("target")
    assert (after.pk, after.company_id, after.is_usable) == (before.pk, before.company_id, True)


def test_the_server_is_asked_for_before_anything_is_typed(customer: Customer, vendor: Vendor) -> None:
    application = customer.link.target
    application.hosts = hosts_at(application.vendor, "https://{private}")
    application.save()
    PrivateHostFactory.create(tenant=customer.link.tenant)

    assert customer.leave_for("target") == customer.address("portal-server", "target")
    assert customer.get(customer.address(PAGE, "target"))["Location"] == customer.address("portal-server", "target")


def test_another_way_has_no_such_page(customer: Customer) -> None:
    answer = customer.get(customer.address(PAGE, "source"))
    assert answer["Location"] == customer.address("portal-side", "source")
