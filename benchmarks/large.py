"""A job that grows to 100,000 records: as quick a record as a small one, and the worker no larger."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil  # type: ignore[import-untyped]

from benchmarks.customers import BenchCustomer, new_customer
from benchmarks.ground import Ground
from benchmarks.results import Figure, at_most

MEGABYTE = 1024 * 1024
BATCH = 50


@dataclass
class Watched:
    """A worker's resident memory, once a second, and the processor time that it took."""

    process: psutil.Process
    sizes: list[float] = field(default_factory=list)

    @property
    def processor_seconds(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)

    @contextmanager
    def watching(self) -> Iterator[None]:
        stop = threading.Event()

        def look() -> None:
            while not stop.wait(1):
                self.sizes.append(self.process.memory_info().rss / MEGABYTE)

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def growing(ground: Ground) -> Iterator[Figure]:
    """By processor time: the clock on the wall would tell what else ran on the machine meanwhile."""
    ground.fake.latency(0)
    sizes = [1_000, 10_000, 100_000][: ground.size(3, 2, 1)] if not ground.tiny else [100]
    with ground.worker() as child:
        customer = new_customer(ground.fake, batch=BATCH)
        customer.wait_for(customer.exports(100))
        ground.settle()
        watched = Watched(psutil.Process(child.pid))
        costs = []
        for records in sizes:
            with watched.watching():
                cost, seconds = _cost(customer, watched, records)
            costs.append(cost)
            remark = f"{records / seconds:.0f} records/s"
            yield Figure(f"processor time a record, {records:,} records", 1000 * cost, "ms", remark=remark)
    if len(costs) > 1:
        yield at_most(f"flatness: {sizes[-1]:,} records beside {sizes[0]:,}, a record", costs[-1] / costs[0], 1.2, "")
    if watched.sizes:
        grown = f"at the end {watched.sizes[-1]:.0f} MB, at the start {watched.sizes[0]:.0f} MB"
        yield at_most(f"memory of a worker over {sizes[-1]:,} records", max(watched.sizes), 200, "MB", remark=grown)


def _cost(customer: BenchCustomer, watched: Watched, records: int) -> tuple[float, float]:
    before, begun = watched.processor_seconds, time.monotonic()
    customer.wait_for(customer.exports(records), seconds=3600)
    return (watched.processor_seconds - before) / records, time.monotonic() - begun
