"""Tokens that end while a job is under way: they expire, the answer is late, the vendor takes the access back."""

import pytest

from connections.models import ConnectionState
from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from installations import services as installations
from tests.customer import ACTOR, Customer
from tests.faults.afterwards import assert_alive_and_discreet
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.faults.test_kills import ended_in_time
from tests.waiting import until


def slowly(customer: Customer) -> None:
    """Call after call, so that a job has a middle."""
    with acting_for(customer.tenant.pk):
        installations.configure(customer.installation, {"batch_size": 2}, actor=ACTOR)
    customer.target.faults.add(Fault("PUT *", Kind.DELAY_AFTER, times=None, seconds=0.1))


@pytest.mark.parametrize("side", ["target", pytest.param("source", marks=pytest.mark.nightly)])
def test_the_vendor_takes_the_access_back_in_mid_job(house: House, customer: Customer, side: str) -> None:
    slowly(customer)
    job = customer.exports(40)
    house.worker()
    until(lambda: customer.target.writes >= 4, seconds=60)
    getattr(customer, side).revoke()
    connection = getattr(customer.installation, side)

    def is_told() -> bool:
        with acting_for(customer.tenant.pk):
            connection.refresh_from_db()
        return bool(connection.state == ConnectionState.NEEDS_RECONNECT)

    until(is_told, seconds=60)
    until(customer.rests, seconds=60)
    assert [one.connection_id for one in customer.incidents()] == [connection.pk]
    assert customer.reread(job).is_open
    before = customer.target.writes
    customer.reconnect(side)
    until(lambda: ended_in_time(customer, job), seconds=60)

    assert customer.target.writes > before
    assert judge(customer) == Verdict()
    assert set(customer.outcomes(job).values()) == {"posted"}
    assert customer.incidents() == []
    assert_alive_and_discreet(house, customer)


@pytest.mark.nightly
@pytest.mark.parametrize("side", ["source", "target"])
def test_access_tokens_expire_in_mid_job_and_the_refresh_takes_twenty_seconds(
    house: House, customer: Customer, side: str
) -> None:
    slowly(customer)
    sandbox = getattr(customer, side)
    job = customer.exports(40)
    for _ in range(2):
        house.worker()
    until(lambda: customer.target.writes >= 4, seconds=60)
    late = sandbox.faults.add(Fault(f"POST {sandbox.policy.token_path}", Kind.DELAY_AFTER, seconds=20))
    sandbox.expire_access_tokens()
    until(lambda: late.struck, seconds=60)
    until(lambda: not customer.reread(job).is_open, seconds=120)

    assert judge(customer) == Verdict()
    assert set(customer.outcomes(job).values()) == {"posted"}
    assert customer.incidents() == []
    assert_alive_and_discreet(house, customer)
