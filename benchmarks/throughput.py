"""Records a second, from the job's start to its final event, beside a bare loop of the same requests and Singer's."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import psutil  # type: ignore[import-untyped]

from benchmarks import peers
from benchmarks.customers import BenchCustomer, new_customer
from benchmarks.ground import Ground
from benchmarks.results import Figure, at_least, median_of
from exports.models import ExportJob

LATENCY = 0.05


def one_tenant(ground: Ground) -> Iterator[Figure]:
    """One document a call: 20 a second are all that such calls can carry."""
    yield from _beside_peers(ground, batch=1, records=ground.size(300, 100, 5), reach=19)


def batches_of_fifty(ground: Ground) -> Iterator[Figure]:
    yield from _beside_peers(ground, batch=50, records=ground.size(5_000, 2_000, 60), reach=800)


def instant(ground: Ground) -> Iterator[Figure]:
    ground.fake.latency(0)
    records = ground.size(5_000, 2_000, 60)
    with ground.worker():
        customer = _warm(ground, batch=50)
        value, runs = median_of(ground.size(3, 1, 1), lambda: _speed(customer, records)[0])
    yield at_least("instant ERP, batches of 50", value, 5_000, "records/s", runs=runs)


def eight_tenants(ground: Ground) -> Iterator[Figure]:
    """Eight jobs at once in eight slots, one document a call: 160 a second are all that the ERP can take."""
    ground.fake.latency(LATENCY)
    records = ground.size(300, 100, 5)
    for workers in (1, 2):
        value, runs = median_of(ground.size(3, 1, 1), partial(_together, ground, workers, records))
        words = f"8 tenants, 8 slots in {workers} process{'es' if workers > 1 else ''}, one a call, 50 ms"
        yield at_least(words, value, 150, "records/s", runs=runs)


def _beside_peers(ground: Ground, *, batch: int, records: int, reach: float) -> Iterator[Figure]:
    ground.fake.latency(LATENCY)
    jobs: list[ExportJob] = []
    with ground.worker() as child:
        customer = _warm(ground, batch)
        worker = psutil.Process(child.pid)
        spent = -_processor_seconds(worker)

        def measure() -> float:
            speed, job = _speed(customer, records)
            jobs.append(job)
            return speed

        before = ground.fake.count()
        ours, runs = median_of(ground.size(3, 1, 1), measure)
        spent += _processor_seconds(worker)
    calls, documents = (ground.fake.count()[name] - before[name] for name in ("calls", "documents"))
    words = f"one tenant, {'one' if batch == 1 else batch} a call, 50 ms"
    yield at_least(words, ours, reach, "records/s", runs=runs)
    yield Figure(f"{words}: the worker's processor time", 1000 * spent / documents, "ms a record")
    needed = documents / batch
    yield Figure(f"{words}: calls beyond one a batch", calls / needed - 1, "", "0", calls == needed)
    bare, bare_runs = median_of(ground.size(3, 1, 1), lambda: peers.bare_loop(ground.fake, jobs[-1]))
    yield Figure(f"{words}: bare loop of requests", bare, "records/s", runs=bare_runs)
    theirs = peers.singer(ground.fake, records, batch)
    if theirs:
        yield Figure(f"{words}: singer-sdk's batch sink", theirs, "records/s", remark="keeps no history")
    yield Figure(f"{words}: ratio to the bare loop", ours / bare, "")


def _processor_seconds(process: psutil.Process) -> float:
    """Of its own: unlike the clock on the wall it says little of what else ran on the machine."""
    times = process.cpu_times()
    return float(times.user + times.system)


def _warm(ground: Ground, batch: int) -> BenchCustomer:
    """The worker is up, its pool is filled, and the one employee is a contact."""
    customer = new_customer(ground.fake, batch=batch)
    customer.wait_for(customer.exports(60), seconds=60)
    ground.settle()
    return customer


def _speed(customer: BenchCustomer, records: int) -> tuple[float, ExportJob]:
    begun = time.time()
    job = customer.exports(records)
    customer.wait_for(job)
    return records / (customer.fake.told(job.external_id).ended_at - begun), job


def _together(ground: Ground, workers: int, records: int) -> float:
    with ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(ground.worker(slots=8 // workers))
        customers = [_warm(ground, batch=1) for _ in range(8)]
        begun = time.time()
        jobs = [(customer, customer.exports(records)) for customer in customers]
        for customer, job in jobs:
            customer.wait_for(job)
        ended = max(customer.fake.told(job.external_id).ended_at for customer, job in jobs)
    return 8 * records / (ended - begun)
