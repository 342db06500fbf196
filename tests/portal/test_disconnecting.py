"""A customer disconnects a side from the set-up page: asked first, and connected again when they want."""

import pytest
from django.urls import reverse

from connections import links
from connections.models import ConnectionState
from tests.portal.conftest import Customer


@pytest.fixture
def connected(customer: Customer) -> Customer:
    customer.connect_all()
    return customer


@pytest.mark.parametrize("side", ["source", "target"])
def test_the_page_asks_first_and_then_does_it(connected: Customer, side: str) -> None:
    page = connected.open("portal-disconnect-side", side).content.decode()
    assert f"Disconnect {connected.connection(side).company_name}" in page
    assert connected.connection(side).is_usable

    after = connected.post(connected.address("portal-disconnect-side", side), follow=True)

    assert connected.connection(side).state == ConnectionState.DISCONNECTED
    assert "was connected before" in after.content.decode()


def test_it_is_offered_for_both_sides(connected: Customer) -> None:
    page = connected.open().content.decode()

    assert all(connected.address("portal-disconnect-side", side) in page for side in ("source", "target"))


@pytest.mark.parametrize("side", ["source", "target"])
def test_the_same_company_is_connected_again_with_its_id(connected: Customer, side: str) -> None:
    before = connected.connection(side)
    connected.post(connected.address("portal-disconnect-side", side))

    connected.authorise(side)

    after = connected.connection(side)
    assert (after.pk, after.company_id, after.is_usable) == (before.pk, before.company_id, True)
    assert "are connected" in connected.open().content.decode()


def test_another_company_is_refused_afterwards_too(connected: Customer) -> None:
    connected.post(connected.address("portal-disconnect-side", "source"))

    back = connected.authorise("source", connected.other_company("source"))

    assert "/source/stopped/other-company/" in back["Location"]
    assert not connected.connection("source").is_usable


def test_another_browser_disconnects_nothing(connected: Customer) -> None:
    other = connected.another_browser()

    assert other.post(connected.address("portal-disconnect-side", "source")).status_code == 403
    assert connected.connection("source").is_usable


def test_a_new_link_disconnects_nothing_before_a_consent_through_it(connected: Customer) -> None:
    link = connected.link
    _made, token = links.make(link.tenant_id, link.source, link.target, actor="user:1")
    scanner = connected.another_browser()

    answer = scanner.post(reverse("portal-disconnect-side", args=[token, "source"]))

    assert answer.status_code == 303
    assert connected.connection("source").is_usable
    assert "disconnect" not in scanner.get(answer["Location"], follow=True).content.decode()


def test_what_is_not_connected_leads_back_to_the_set_up(customer: Customer) -> None:
    assert customer.get(customer.address("portal-disconnect-side", "source"))["Location"] == customer.address()
