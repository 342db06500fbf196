"""A deployment: work that only the newer code knows waits for it, and poison is put aside; all else goes on."""

import pytest

from connectors.kit.failures import FailureClass
from database.acting import acting_for
from exports.noticing import KIND
from jobs.models import Run, RunState
from jobs.slices import CRASHES_AT_MOST
from tests.customer import OTHER_COMPANY, Customer, new_customer
from tests.factories import RunFactory
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.waiting import until


def test_a_run_that_only_newer_code_knows_is_put_aside_and_holds_up_nobody(house: House, customer: Customer) -> None:
    newer = RunFactory.create(tenant=customer.tenant, kind="tomorrow")
    job = customer.exports(3)
    worker = house.worker()
    until(lambda: not customer.reread(job).is_open, seconds=60)

    def put_aside() -> bool:
        with acting_for(customer.tenant.pk):
            newer.refresh_from_db()
        return newer.state == RunState.WAITING

    until(put_aside, seconds=60)
    assert "Update the workers" in newer.remark
    assert worker.poll() is None
    assert judge(customer) == Verdict()


@pytest.mark.nightly
def test_a_record_that_kills_its_worker_each_time_is_put_aside_and_its_neighbour_served(
    house: House, customer: Customer
) -> None:
    neighbour = new_customer(customer.source, customer.target, OTHER_COMPANY)
    customer.exports(2)
    dying = house.worker(FAILPOINTS="before_intent=kill", LEASE_SECONDS="2")
    until(lambda: dying.poll() is not None, seconds=60)
    with acting_for(customer.tenant.pk):  # as if it had died so often before; its taker will count this one
        Run.objects.filter(kind=KIND).update(crashes=CRASHES_AT_MOST - 1)
    customer.later(minutes=2)
    alive = house.worker(LEASE_SECONDS="2")
    job = neighbour.exports(2)
    until(lambda: not neighbour.reread(job).is_open, seconds=60)

    until(lambda: [one.failure for one in customer.incidents()] == [FailureClass.CODE_CRASH], seconds=60)
    assert alive.poll() is None
    assert customer.target.bills(customer.organisation) == []
    assert judge(neighbour) == Verdict()
