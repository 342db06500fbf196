"""Connecting again: the same row, company and settings, and never another company."""

import pytest

from connections.models import Authorisation, Connection, ConnectionState
from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from installations import services as installations
from installations.models import Configuration
from tests.portal.conftest import Customer
from tests.vendors import held


@pytest.fixture
def connected(customer: Customer) -> Customer:
    customer.connect_all()
    return customer


@pytest.mark.parametrize("side", ["source", "target"])
def test_the_same_company_is_taken_without_a_question(connected: Customer, side: str) -> None:
    before, version = connected.connection(side), held(connected.connection(side)).tokens_version

    back = connected.authorise(side)

    after = connected.connection(side)
    assert back["Location"] == connected.address()
    assert after.is_usable
    assert (after.pk, after.company_id) == (before.pk, before.company_id)
    assert held(after).tokens_version > version


def test_settings_and_installation_stay(connected: Customer) -> None:
    before = connected.installation()

    connected.authorise("source")

    with acting_for(connected.link.tenant_id):
        assert Configuration.objects.get().version == 1
    assert connected.installation() == before


@pytest.mark.parametrize("side", ["source", "target"])
def test_another_company_is_refused_and_its_tokens_are_dropped(connected: Customer, side: str) -> None:
    before = connected.connection(side)

    back = connected.authorise(side, connected.other_company(side))

    after = connected.connection(side)
    assert f"/{side}/stopped/other-company/" in back["Location"]
    assert f"This connection belongs to {before.company_name}" in connected.get(back["Location"]).content.decode()
    assert after.state == ConnectionState.NEEDS_RECONNECT
    assert after.company_id == before.company_id
    assert not bytes(held(after).sealed_tokens)


def test_the_right_company_can_be_connected_after_the_wrong_one(connected: Customer) -> None:
    connected.authorise("source", connected.other_company("source"))

    connected.authorise("source")

    assert connected.connection("source").is_usable


def test_what_is_posted_does_not_change_the_company(connected: Customer) -> None:
    """The company page of a reconnect takes the company that was there, whatever the form says."""
    leave_unverified(connected)

    connected.choose("source", connected.other_company("source"))

    assert connected.connection("source").company_id == connected.company("source")


def test_a_vendor_that_fails_at_the_check_is_asked_again_by_hand(connected: Customer) -> None:
    stopped = leave_unverified(connected)
    asked = connected.open().content.decode()
    connected.choose("source")

    assert "/source/stopped/unavailable/" in stopped
    assert connected.connection("source").company_name in asked
    assert connected.connection("source").is_usable


def test_what_staff_have_paused_stays_paused(connected: Customer) -> None:
    installation = connected.installation()
    assert installation is not None
    with acting_for(connected.link.tenant_id):
        installations.pause(installation, actor="user:1")

    connected.authorise("source")

    found = connected.installation()
    assert found is not None
    assert not found.is_active
    assert "is paused" in connected.open().content.decode()


def test_a_refused_connection_is_asked_for_by_the_link(connected: Customer) -> None:
    with acting_for(connected.link.tenant_id):
        Connection.objects.filter(pk=connected.connection("target").pk).update(state=ConnectionState.NEEDS_RECONNECT)
        Authorisation.objects.filter(connections=connected.connection("target")).update(sealed_tokens=b"")

    page = connected.open().content.decode()

    assert f"Continue to {connected.link.target.vendor.name}" in page
    assert "your settings and history stay" in page


def leave_unverified(customer: Customer) -> str:
    """Authorised again, and then the vendor failed before its company could be checked."""
    back = customer.consent("source")
    customer.sandboxes["source"].faults.add(Fault("GET /*", Kind.STATUS_BEFORE, times=None))
    stopped = str(customer.get(back)["Location"])
    customer.sandboxes["source"].faults.clear()
    return stopped
