"""A deployment: work that only the newer code knows waits for it, and poison fails alone; all else goes on."""

import pytest

from connectors.kit.failures import FailureClass
from database.acting import acting_for
from exports.planning import DEADLY
from jobs.models import Run, RunState
from jobs.slices import CAREFUL_AFTER, CRASHES_AT_MOST
from jobs.steering import resume_run
from tests.customer import ACTOR, OTHER_COMPANY, Customer, new_customer
from tests.factories import RunFactory
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.faults.test_kills import nothing_is_under_way
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


def test_an_entry_whose_planning_crashes_fails_alone(house: House, customer: Customer) -> None:
    poison, *others = entries = customer.entries(8)
    job = customer.exports(entries)
    worker = house.worker(poison=f"raise:{poison}")
    until(lambda: not customer.reread(job).is_open, seconds=60)

    assert customer.outcomes(job) == {poison: "failed", **dict.fromkeys(others, "posted")}
    assert "It is our fault" in customer.item(job, poison)["failureReason"]
    assert [one.failure for one in customer.incidents()] == [FailureClass.CODE_CRASH]
    assert worker.poll() is None
    assert judge(customer) == Verdict()


def test_a_record_that_kills_its_worker_each_time_fails_alone_after_two_deaths(
    house: House, customer: Customer
) -> None:
    neighbour = new_customer(customer.source, customer.target, OTHER_COMPANY)
    poison, *others = entries = customer.entries(8)
    job = customer.exports(entries)
    for _ in range(CAREFUL_AFTER):
        dying = house.worker(poison=f"kill:{poison}", LEASE_SECONDS="2")
        until(lambda dying=dying: dying.poll() is not None, seconds=60)  # type: ignore[misc]
        until(nothing_is_under_way)
        customer.later(minutes=2)
    alive = house.worker(poison=f"kill:{poison}", LEASE_SECONDS="2")
    of_the_neighbour = neighbour.exports(2)
    until(lambda: not customer.reread(job).is_open, seconds=60)
    until(lambda: not neighbour.reread(of_the_neighbour).is_open, seconds=60)

    assert alive.poll() is None
    assert customer.outcomes(job) == {poison: "failed", **dict.fromkeys(others, "posted")}
    assert DEADLY in customer.item(job, poison)["failureReason"]
    assert [one.failure for one in customer.incidents()] == [FailureClass.CODE_CRASH]
    assert judge(customer, neighbour) == Verdict()


@pytest.mark.nightly
def test_a_run_of_which_every_worker_dies_is_put_aside_and_its_neighbour_served(
    house: House, customer: Customer
) -> None:
    """Until one knows that so many have. Mended, its job goes on."""
    neighbour = new_customer(customer.source, customer.target, OTHER_COMPANY)
    job = customer.exports(3)
    for _ in range(CRASHES_AT_MOST):
        dying = house.worker(FAILPOINTS="after_claim=kill", LEASE_SECONDS="2")
        until(lambda dying=dying: dying.poll() is not None, seconds=60)  # type: ignore[misc]
        until(nothing_is_under_way)
        customer.later(minutes=2)
    house.worker(LEASE_SECONDS="2")
    others = neighbour.exports(2)
    until(lambda: not neighbour.reread(others).is_open, seconds=60)

    until(lambda: [one.failure for one in customer.incidents()] == [FailureClass.CODE_CRASH], seconds=60)
    assert customer.target.bills(customer.organisation) == []
    with acting_for(customer.tenant.pk):
        assert resume_run(Run.objects.get(subject_id=job.pk), actor=ACTOR)
    until(lambda: not customer.reread(job).is_open, seconds=60)
    assert set(customer.outcomes(job).values()) == {"posted"}
    assert judge(customer, neighbour) == Verdict()
