"""One customer's mountain of work before a slow ERP, or an ERP that wants no more: another's single job is done."""

import pytest

from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from exports.models import ExportJob
from installations import services as installations
from jobs import statements
from jobs.models import Run
from jobs.sweep import sweep
from tests.customer import ACTOR, OTHER_COMPANY, Customer, forget_budgets, new_customer
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.waiting import until


def test_a_single_job_is_done_while_a_mountain_of_another_is_under_way(house: House, customer: Customer) -> None:
    neighbour = new_customer(customer.source, customer.target, OTHER_COMPANY)
    slow = customer.target.faults.add(Fault("PUT *", Kind.DELAY_AFTER, times=None, seconds=2))
    mountain = customer.exports(600)
    house.worker(slots="1")
    until(lambda: slow.struck >= 2, seconds=60)

    job = neighbour.exports(1)
    until(lambda: not neighbour.reread(job).is_open, seconds=60)

    assert customer.reread(mountain).is_open
    slow.times = slow.struck
    until(lambda: not customer.reread(mountain).is_open, seconds=120)
    assert judge(customer, neighbour) == Verdict()


def test_express_slots_do_what_is_small_and_leave_the_mountain_to_the_workers(
    house: House, customer: Customer
) -> None:
    neighbour = new_customer(customer.source, customer.target, OTHER_COMPANY)
    slow = customer.target.faults.add(Fault("PUT *", Kind.DELAY_AFTER, times=None, seconds=2))
    mountain = customer.exports(600)
    express = house.start("manage", "express", "--slots", "1")
    until(lambda: run_of(customer, mountain).worked > statements.LITTLE, seconds=90)
    left = run_of(customer, mountain).fence

    job = neighbour.exports(1)
    until(lambda: not neighbour.reread(job).is_open, seconds=60)

    assert run_of(customer, mountain).fence == left  # nobody has touched it again
    express.terminate()
    assert express.wait(timeout=30) == 0
    slow.times = slow.struck
    house.worker(slots="1")
    until(lambda: not customer.reread(mountain).is_open, seconds=120)
    assert judge(customer, neighbour) == Verdict()


def test_who_is_told_to_come_later_waits_alone(house: House, customer: Customer) -> None:
    neighbour = new_customer(customer.source, customer.target, OTHER_COMPANY)
    limited = customer.target.faults.add(Fault("PUT *", Kind.RATE_LIMIT, retry_after=300))
    job = customer.exports(20)
    house.worker()
    until(lambda: limited.struck, seconds=60)

    other = neighbour.exports(5)
    until(lambda: not neighbour.reread(other).is_open, seconds=60)

    assert customer.reread(job).is_open
    assert customer.target.bills(customer.organisation) == []
    forget_budgets()  # as if the five minutes were over
    customer.later(minutes=6)
    sweep()
    until(lambda: not customer.reread(job).is_open, seconds=60)
    assert judge(customer, neighbour) == Verdict()


@pytest.mark.parametrize("retry_after", [None, 0])
def test_a_storm_of_refusals_doubles_nothing(house: House, customer: Customer, retry_after: int | None) -> None:
    storm = Fault("PUT *", Kind.RATE_LIMIT, times=4, every=2, retry_after=retry_after)
    customer.target.faults.add(storm)
    with acting_for(customer.tenant.pk):
        installations.configure(customer.installation, {"batch_size": 1}, actor=ACTOR)
    job = customer.exports(12)
    house.worker()

    until(lambda: _ended_in_time(customer, job), seconds=90)

    assert storm.struck == 4
    assert judge(customer) == Verdict()


def _ended_in_time(customer: Customer, job: ExportJob) -> bool:
    """A vendor's minute need not be waited for here."""
    if not customer.reread(job).is_open:
        return True
    if customer.rests():
        forget_budgets()
        customer.later(minutes=2)
        sweep()
    return False


def run_of(customer: Customer, job: ExportJob) -> Run:
    with acting_for(customer.tenant.pk):
        return Run.objects.get(subject_id=job.pk)
