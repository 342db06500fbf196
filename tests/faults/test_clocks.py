"""A worker's clock is wrong: leases and schedules go by the database's, and tokens are not refreshed in a loop."""

from datetime import timedelta

import pytest
from django.db.models import F

from database.acting import acting_for
from exports.models import ExportJob
from jobs import services
from jobs.models import Schedule, Trigger, TriggerKind
from tests.customer import Customer
from tests.faults.bookkeepers import KINDS
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.waiting import until

EVERY = timedelta(hours=1)


def of_every_kind(customer: Customer) -> ExportJob:
    return customer.exports(customer.entries(14, *KINDS, files=True, seed="everyday/3"))


@pytest.mark.parametrize(
    "off", ["+600", "-600", pytest.param("-86400", marks=pytest.mark.nightly)], ids=["ahead", "behind", "yesterday"]
)
def test_a_worker_whose_clock_is_wrong_beside_one_whose_clock_is_right(
    house: House, customer: Customer, off: str
) -> None:
    house.worker(clock_off=off, LEASE_SECONDS="4")
    house.worker(LEASE_SECONDS="4")
    job = of_every_kind(customer)
    until(lambda: not customer.reread(job).is_open, seconds=60)
    _poll_is_due(customer)
    until(lambda: _polls(customer), seconds=60)

    assert judge(customer) == Verdict()
    assert customer.target.log.count("POST /connect/token") <= 2  # the first tokens, and at most one refresh
    assert customer.incidents() == []
    assert _polls(customer) == 1


def _poll_is_due(customer: Customer) -> None:
    with acting_for(customer.tenant.pk):
        services.schedule(customer.tenant.pk, "poll", customer.installation.pk, EVERY)
        Schedule.objects.filter(kind="poll").update(next_at=F("next_at") - EVERY)


def _polls(customer: Customer) -> int:
    with acting_for(customer.tenant.pk):
        return Trigger.objects.filter(run__kind="poll", kind=TriggerKind.SCHEDULE).count()
