"""A customer disconnects: the work stops at once, the vendor is told, and all is kept for a reconnect."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest

from connections import disconnecting, flows
from connections import services as connections
from connections.flows import AttemptNotUsable
from connections.models import Authorisation, Connection, ConnectionState, Revocation
from connections.services import DifferentCompany
from connectors.kit.records import Company
from connectors.kit.sandbox import Fault, Kind, consent
from database.acting import acting_for
from incidents.models import Incident
from jobs import revoking
from jobs.models import Run
from tests.customer import (
    ACTOR,
    COMPANY,
    OTHER_COMPANY,
    Customer,
    authorise,
    connect,
    forget_budgets,
    new_customer,
    vendors,
)
from tests.factories import TenantFactory
from tests.meanwhile import BILLS, Meanwhile
from tests.vendors import BROWSER, fresh

PLEO_ENDS = "DELETE /v1/installations/me"
XERO_REVOKES = "POST /connect/revocation"


@pytest.fixture
def customer(transactional_db: None) -> Iterator[Customer]:
    forget_budgets()
    with vendors() as (source, target):
        yield new_customer(source, target)


def disconnect(row: Connection) -> bool:
    with acting_for(row.tenant_id):
        return disconnecting.disconnect(row, actor=ACTOR)


def told(customer: Customer) -> None:
    """Workers tell the vendors."""
    revoking.sweep()
    customer.work()


def tokens_kept(customer: Customer) -> int:
    with acting_for(customer.tenant.pk):
        return Authorisation.objects.exclude(sealed_tokens=b"").count()


def pending(customer: Customer) -> int:
    with acting_for(customer.tenant.pk):
        return Revocation.objects.count()


def remarks(customer: Customer) -> list[str]:
    with acting_for(customer.tenant.pk):
        return list(Run.objects.filter(kind="revoke").order_by("created_at").values_list("remark", flat=True))


def sentences(customer: Customer) -> list[str]:
    with acting_for(customer.tenant.pk):
        return list(Incident.objects.filter(mended_at=None).values_list("sentence", flat=True))


def test_the_vendor_ends_it_and_the_tokens_are_destroyed(customer: Customer) -> None:
    for side in (customer.installation.source, customer.installation.target):
        assert disconnect(side)

    told(customer)

    assert tokens_kept(customer) == pending(customer) == 0
    assert customer.source.store["installations"].find() == []
    assert customer.target.store["connections"].find() == []
    assert all(
        grant["revoked"] for vendor in (customer.source, customer.target) for grant in vendor.oauth.grants.find()
    )
    assert remarks(customer) == ["Pleo has ended it.", "Xero has ended it."]


def test_twice_is_as_good_as_once(customer: Customer) -> None:
    assert disconnect(customer.installation.source)
    assert not disconnect(customer.installation.source)

    assert pending(customer) == 1


def test_what_stays_is_the_company_the_settings_and_the_history(customer: Customer) -> None:
    job = customer.carry(customer.exports(1))

    disconnect(customer.installation.target)

    row = fresh(customer.installation.target)
    assert (row.state, row.company_name) == (ConnectionState.DISCONNECTED, COMPANY)
    assert row.authorisation is None
    assert not customer.reread(job).is_open


def test_work_stops_at_once_says_what_to_do_and_goes_on_after_a_reconnect(customer: Customer) -> None:
    job = customer.exports(2)

    disconnect(customer.installation.target)
    customer.work()
    assert customer.target.store["bills"].find() == []
    assert [one for one in sentences(customer) if "Connect it again" in one]

    customer.reconnect("target")
    customer.carry(job)

    assert sentences(customer) == []
    assert len(customer.postings()) > 0


def test_a_disconnect_in_the_middle_of_a_slice_lets_the_write_under_way_be_saved_and_begins_no_other(
    customer: Customer, while_the_first_bills_are_written: Meanwhile
) -> None:
    entries = customer.entries(60)  # two calls
    job = customer.exports(entries)
    while_the_first_bills_are_written(lambda: disconnect(customer.installation.target))

    customer.work()

    assert customer.target.log.count(BILLS) == 1
    assert 0 < len([entry for entry in entries if customer.documents(entry)]) < 60

    customer.reconnect("target")
    customer.carry(job)

    assert [len(customer.documents(entry)) for entry in entries] == [1] * 60
    assert (job.state, job.balanced) == ("completed", True)


@pytest.mark.parametrize("side", ["source", "target"])
def test_a_dead_vendor_is_told_when_it_lives_again(customer: Customer, side: str) -> None:
    vendor = getattr(customer, side)
    vendor.faults.add(Fault(PLEO_ENDS if side == "source" else "GET /connections", Kind.STATUS_BEFORE, times=None))
    disconnect(getattr(customer.installation, side))

    for _ in range(5):
        told(customer)
        customer.later(hours=1)
    assert (pending(customer), tokens_kept(customer)) == (1, 2)
    vendor.faults.clear()
    customer.later(hours=2)
    told(customer)

    assert (pending(customer), tokens_kept(customer)) == (0, 1)
    assert sentences(customer) == []


def test_a_vendor_that_stays_dead_is_given_up_with_an_incident(customer: Customer) -> None:
    customer.source.faults.add(Fault(PLEO_ENDS, Kind.STATUS_BEFORE, times=None))
    disconnect(customer.installation.source)
    told(customer)

    customer.later(days=3, hours=1)
    customer.work()

    assert (pending(customer), tokens_kept(customer)) == (0, 1)
    assert "Remove the application in Pleo's own settings." in sentences(customer)[0]


@pytest.mark.parametrize("status", [404, 401])
def test_what_is_gone_at_the_vendor_is_done(customer: Customer, status: int) -> None:
    customer.source.faults.add(Fault(PLEO_ENDS, Kind.STATUS_BEFORE, status=status, times=None))
    disconnect(customer.installation.source)

    told(customer)

    assert (pending(customer), tokens_kept(customer)) == (0, 1)


@pytest.mark.parametrize(
    ("status", "error"), [(400, "invalid_client"), (400, "unauthorized_client"), (401, "invalid_client")]
)
def test_a_fault_of_ours_is_not_taken_for_done(customer: Customer, status: int, error: str) -> None:
    """The customer's token lives on until our application is mended."""
    refusal = Fault(XERO_REVOKES, Kind.STATUS_BEFORE, status=status, body=f'{{"error": "{error}"}}', times=None)
    customer.target.faults.add(refusal)
    disconnect(customer.installation.target)

    told(customer)
    assert (pending(customer), tokens_kept(customer)) == (1, 2)
    assert remarks(customer) == ["Xero does not accept our application. Correct its client id and secret."]
    customer.target.faults.clear()
    customer.later(hours=2)
    told(customer)

    assert (pending(customer), tokens_kept(customer)) == (0, 1)


@pytest.mark.parametrize("body", ['{"error": "invalid_token"}', "<html>Bad Request</html>", '["what"]'])
def test_a_token_that_the_vendor_does_not_know_is_done(customer: Customer, body: str) -> None:
    customer.target.faults.add(Fault(XERO_REVOKES, Kind.STATUS_BEFORE, status=400, body=body, times=None))
    disconnect(customer.installation.target)

    told(customer)

    assert (pending(customer), tokens_kept(customer)) == (0, 1)


def test_a_refused_refresh_is_done_too(customer: Customer) -> None:
    disconnect(customer.installation.source)
    customer.source.oauth.revoke_all()

    told(customer)

    assert (pending(customer), tokens_kept(customer)) == (0, 1)
    assert remarks(customer) == ["Pleo had ended it already."]


def test_a_company_that_was_connected_again_is_left_alone(customer: Customer) -> None:
    """The vendor was dead: its late answer must not end what the customer has connected since."""
    disconnect(customer.installation.source)
    customer.reconnect("source")

    told(customer)

    assert fresh(customer.installation.source).is_usable
    assert customer.source.log.count(PLEO_ENDS) == 0
    assert tokens_kept(customer) == 2
    customer.carry(customer.exports(1))


def test_a_reconnect_refuses_another_company(customer: Customer) -> None:
    row = customer.installation.target
    disconnect(row)
    again = authorise(row, OTHER_COMPANY)

    with pytest.raises(DifferentCompany), acting_for(row.tenant_id):
        connections.choose_company(again, Company("another", OTHER_COMPANY), actor=ACTOR)


def test_a_sign_in_that_was_begun_before_does_not_come_back(customer: Customer) -> None:
    row = fresh(customer.installation.source)
    back = signed_in(row)
    disconnect(row)

    with pytest.raises(AttemptNotUsable):
        flows.come_back("pleo", state=back["state"], browser=BROWSER)


def test_a_sign_in_between_its_way_back_and_its_tokens_connects_nothing(customer: Customer) -> None:
    row = fresh(customer.installation.source)
    back = signed_in(row)
    attempt = flows.come_back("pleo", state=back["state"], browser=BROWSER)
    disconnect(row)

    with pytest.raises(AttemptNotUsable):
        flows.exchange(attempt, back["code"])
    assert fresh(row).state == ConnectionState.DISCONNECTED


def signed_in(row: Connection) -> dict[str, str]:
    """At the vendor's consent page; not yet back."""
    address = flows.begin(row, browser=BROWSER, return_to="/")
    return dict(parse_qsl(urlsplit(consent(address, COMPANY)).query))


def test_a_sister_on_the_same_authorisation_works_on(customer: Customer) -> None:
    """One sign-in sees two organisations: only the one that was disconnected is ended."""
    first = customer.installation.target
    with acting_for(first.tenant_id):
        second = connections.new_connection(first.tenant_id, fresh(first).application, beside=fresh(first))
        connections.choose_company(second, Company("other-org", OTHER_COMPANY), actor=ACTOR)

    disconnect(first)
    told(customer)

    assert (pending(customer), tokens_kept(customer)) == (0, 2)
    assert customer.target.store["connections"].find() == []
    assert customer.target.log.count(XERO_REVOKES) == 0
    assert fresh(second).is_usable


def test_an_accountants_other_customer_keeps_the_connection(customer: Customer) -> None:
    """Xero's revocation would end every connection of the user, so it is asked for only where none is left."""
    other = connect(TenantFactory.create(), customer.target, OTHER_COMPANY)
    all_of_both = customer.target.store["connections"].find()
    user = all_of_both[0]["user"]
    with customer.target.store.transaction():
        for one in all_of_both:
            customer.target.store["connections"].change(one["id"], user=user)

    disconnect(customer.installation.target)
    told(customer)

    assert customer.target.log.count(XERO_REVOKES) == 0
    assert [one["org"] for one in customer.target.store["connections"].find()] == [other.company_id]
