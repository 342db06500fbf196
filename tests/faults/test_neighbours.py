"""One customer's mountain of work in front of a slow ERP, and another's single job: it has its turn in between."""

from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from exports.models import ExportJob
from jobs import leases
from jobs.models import Run
from tests.customer import OTHER_COMPANY, Customer, new_customer
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
    until(lambda: run_of(customer, mountain).worked > leases.LITTLE, seconds=90)
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


def run_of(customer: Customer, job: ExportJob) -> Run:
    with acting_for(customer.tenant.pk):
        return Run.objects.get(subject_id=job.pk)
