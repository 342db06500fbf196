"""Before anything is erased, the vendors end what the customer had granted."""

from collections.abc import Iterator

import pytest

from audit.models import AuditEntry
from connections import disconnecting
from connections.models import Authorisation, ConnectionState
from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from exports.models import Record
from jobs import revoking
from leaving.erasing import sweep
from leaving.models import LeavingState
from tests.admin.conftest import page_of
from tests.cast import member, staff_member
from tests.customer import ACTOR, Customer, forget_budgets, new_customer, vendors
from tests.leaving.conftest import House
from tests.vendors import fresh


@pytest.fixture
def customer(transactional_db: None) -> Iterator[Customer]:
    forget_budgets()
    with vendors() as (source, target):
        yield new_customer(source, target)


@pytest.fixture
def house(customer: Customer) -> House:
    """Of a customer whose time to leave has come."""
    house = House(customer.tenant)
    house.leave()
    house.time_comes()
    return house


def told(customer: Customer) -> None:
    """Workers tell the vendors."""
    revoking.sweep()
    customer.work()


def grants(customer: Customer) -> list[bool]:
    """Of both vendors: whether each was revoked."""
    vendors_of = (customer.source, customer.target)
    return [bool(grant["revoked"]) for vendor in vendors_of for grant in vendor.oauth.grants.find()]


def outcomes(house: House) -> list[str]:
    with acting_for(house.pk):
        told_of = AuditEntry.objects.filter(action__startswith="revocation.")
        return list(told_of.order_by("at").values_list("action", flat=True))


def test_the_vendors_end_it_first_though_the_work_stands_still(customer: Customer, house: House) -> None:
    sweep()
    assert house.state() == LeavingState.ERASING
    assert fresh(customer.installation.source).state == ConnectionState.DISCONNECTED
    with acting_for(house.pk):
        assert Authorisation.objects.exclude(sealed_tokens=b"").count() == 2

    told(customer)
    assert grants(customer) == [True, True]
    sweep()

    assert house.state() == LeavingState.ERASED
    assert outcomes(house) == ["revocation.revoked", "revocation.revoked"]


def test_until_it_is_due_all_stays_connected(customer: Customer) -> None:
    House(customer.tenant).leave()

    sweep()

    assert fresh(customer.installation.source).is_usable


def test_a_dead_vendor_holds_the_erasure_up_for_three_days_at_most(customer: Customer, house: House) -> None:
    customer.target.faults.add(Fault("GET /connections", Kind.STATUS_BEFORE, times=None))
    sweep()
    told(customer)
    sweep()
    assert house.state() == LeavingState.ERASING
    theirs = member(customer.tenant, "owner").get(f"/t/{house.pk}/data/").content.decode()
    assert f"End our access at {customer.installation.target.application.vendor.name}" in theirs

    customer.later(days=3, hours=1)  # and no worker has looked at it since
    sweep()

    assert house.state() == LeavingState.ERASED
    assert outcomes(house) == ["revocation.revoked", "revocation.given_up"]
    shown = staff_member().get(page_of(house.leaving)).content.decode()
    assert f"{customer.installation.target.application.vendor.name} has not ended our access" in shown
    assert f"{customer.installation.source.application.vendor.name} has not" not in shown


def test_what_a_vendor_has_not_ended_is_on_today_until_a_person_has(customer: Customer, house: House) -> None:
    customer.target.faults.add(Fault("GET /connections", Kind.STATUS_BEFORE, times=None))
    sweep()
    told(customer)
    customer.later(days=3, hours=1)
    sweep()
    staff = staff_member()
    assert "A customer who left has access to end by hand" in staff.get("/admin/").content.decode()
    assert "Erased, access left" in staff.get("/admin/leaving/leaving/?access_left__exact=1").content.decode()

    staff.post(page_of(house.leaving, "access_ended"), {"_form_submitted": "on"})

    assert "access to end by hand" not in staff.get("/admin/").content.decode()
    assert "has not ended our access" not in staff.get(page_of(house.leaving)).content.decode()
    with acting_for(house.pk):
        assert AuditEntry.objects.get(action="leaving.access_ended").actor == f"user:{staff.user.pk}"


def test_what_was_connected_anew_meanwhile_is_ended_too(customer: Customer, house: House) -> None:
    customer.source.faults.add(Fault("DELETE /v1/installations/me", Kind.STATUS_BEFORE, times=None))
    sweep()
    customer.reconnect("source")
    customer.source.faults.clear()

    for _ in range(2):
        sweep()
        told(customer)
    sweep()

    assert house.state() == LeavingState.ERASED
    assert customer.source.store["installations"].find() == []


def test_a_paused_customer_has_its_access_ended_and_nothing_else_done(customer: Customer) -> None:
    customer.exports(1)
    House(customer.tenant).leave()
    with acting_for(customer.tenant.pk):
        disconnecting.disconnect(customer.installation.target, actor=ACTOR)

    told(customer)

    assert customer.target.store["connections"].find() == []
    with acting_for(customer.tenant.pk):
        assert not Record.objects.exists()
