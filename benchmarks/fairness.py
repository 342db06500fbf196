"""A small customer beside twelve large ones: how much longer its five records take."""

import statistics
import time
from collections.abc import Iterator

from benchmarks.customers import BenchCustomer, new_customer
from benchmarks.ground import Ground
from benchmarks.results import Figure, at_most
from database.acting import across_tenants
from exports.noticing import KIND
from jobs.models import Run, RunState
from jobs.statements import LITTLE
from tests.waiting import until

LARGE, SMALL = 12, 5
LATENCY = 0.05


def small_beside_large(ground: Ground) -> Iterator[Figure]:
    """Eight slots, two of them express. The large ones have been worked on for a while when the small one clicks."""
    ground.fake.latency(LATENCY)
    records, times = ground.size(50_000, 5_000, 50), ground.size(7, 5, 1)
    with ground.worker(slots=6), ground.express(slots=2):
        small = new_customer(ground.fake, batch=25)
        small.wait_for(small.exports(3), seconds=60)
        ground.settle()
        alone = [_seconds(small) for _ in range(times)]
        ground.say(f"alone: {alone}")
        large = [new_customer(ground.fake, batch=25) for _ in range(LARGE)]
        for customer in large:
            customer.exports(records)
        if not ground.tiny:
            until(_are_large, seconds=120)
        beside = [_seconds(small) for _ in range(times)]
        ground.say(f"beside them: {beside}")
    ratio = statistics.median(beside) / statistics.median(alone)
    remark = f"alone {statistics.median(alone):.2f} s, beside them {statistics.median(beside):.2f} s"
    yield at_most(f"5 records beside {LARGE} jobs of {records:,}", ratio, 2, "times", runs=beside, remark=remark)
    _forget(large)


def _are_large() -> bool:
    """Each has been worked on for so long that the express slots leave it to the others."""
    with across_tenants("the large ones are of several customers"):
        return not Run.objects.filter(kind=KIND, worked__lt=LITTLE).exclude(state=RunState.ENDED).exists()


def _seconds(customer: BenchCustomer) -> float:
    begun = time.time()
    job = customer.exports(SMALL)
    customer.wait_for(job)
    return customer.fake.told(job.external_id).ended_at - begun


def _forget(customers: list[BenchCustomer]) -> None:
    """Nobody works on them any more: what they have left is of no use to the next benchmark."""
    for customer in customers:
        customer.stop()
