"""After a kill: how long a customer's work stands still, with another worker there and nobody who helps."""

import os
import signal
import statistics
import time
from collections.abc import Iterator

from benchmarks.customers import new_customer
from benchmarks.ground import Ground
from benchmarks.results import Figure, at_most
from tests.waiting import until

LATENCY, MOST = 0.05, 120.0


def after_a_kill(ground: Ground) -> Iterator[Figure]:
    """One document a call: the worker dies in the middle of one, which another may take up when it must be over."""
    ground.fake.latency(LATENCY)
    waits = [_stood_still(ground) for _ in range(ground.size(5, 3, 1))]
    remark = f"median {statistics.median(waits):.1f} s"
    yield at_most("recovery after a kill: longest", max(waits), 70, "s", runs=waits, remark=remark)


def _stood_still(ground: Ground) -> float:
    """Seconds from the kill to the next document."""
    customer = new_customer(ground.fake, batch=1)
    with ground.worker() as first:
        job = customer.exports(400)
        before = ground.fake.count()["numbers"]
        until(lambda: ground.fake.count()["numbers"] > before + 40, seconds=60, every=0.01)
        with ground.worker():
            os.killpg(first.pid, signal.SIGKILL)
            killed, there = time.monotonic(), ground.fake.count()["numbers"]
            until(lambda: ground.fake.count()["numbers"] > there, seconds=MOST, every=0.05)
            took = time.monotonic() - killed
            customer.wait_for(job)
    return took
