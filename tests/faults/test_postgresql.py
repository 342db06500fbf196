"""PostgreSQL away while calls are under way: the process that lost it lets go of its runs, and goes on at once."""

import time

import pytest

from connectors.kit.sandbox import Fault, Kind
from tests.customer import Customer
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.faults.wires import Wires
from tests.waiting import until

SOON = 30  # seconds; the longest call alone would be 45, and the lease 20


def test_nobody_waits_for_the_longest_call_of_a_worker_that_lives(
    house: House, customer: Customer, wires: Wires
) -> None:
    hanging = customer.target.faults.add(Fault("PUT /api.xro/*", Kind.DELAY_AFTER, seconds=2))
    job = customer.exports(4)
    house.worker()
    until(lambda: hanging.struck, seconds=60)
    with wires.postgres.away():
        until(lambda: "slice.unsaved" in house.said(), seconds=60)

    until(lambda: not customer.reread(job).is_open, seconds=SOON)
    assert judge(customer) == Verdict()


@pytest.mark.nightly
def test_after_a_longer_outage_connections_are_made_within_seconds(
    house: House, customer: Customer, wires: Wires
) -> None:
    house.worker()
    first = customer.exports(1)
    until(lambda: not customer.reread(first).is_open, seconds=60)
    with wires.postgres.away():
        time.sleep(17)  # the pool's own pauses would be 1, 2, 4, 8 and 16 seconds: the last one has just begun

    job = customer.exports(1)
    until(lambda: not customer.reread(job).is_open, seconds=12)
