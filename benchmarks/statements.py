"""SQL statements and vendor calls that a record costs. Counted, so no other load on the machine changes them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from benchmarks.customers import new_customer
from benchmarks.ground import Ground
from benchmarks.results import Figure, at_most
from benchmarks.worker import limits_lifted
from jobs.slices import work_one


@dataclass
class Counted:
    """Statements as Django sends them, without BEGIN and COMMIT."""

    statements: int = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements += 1
        return execute(sql, params, many, context)


def statements_and_calls(ground: Ground) -> Iterator[Figure]:
    ground.fake.latency(0)
    for batch, records, most in ((1, ground.size(200, 200, 20), 2), (50, ground.size(1_000, 1_000, 100), 0.2)):
        counted, calls = measure(ground, batch, records)
        yield at_most(f"SQL statements a record, batches of {batch}", counted / records, most, "", remark="of a job")
        yield at_most(f"vendor calls that write, a record, batches of {batch}", calls / records, 1 / batch, "")
    yield from a_record_more(ground)


def a_record_more(ground: Ground) -> Iterator[Figure]:
    """Without what a job costs in any case, from its claim to its final event."""
    few, many = ground.size(1_000, 1_000, 100), ground.size(3_000, 3_000, 200)
    costs = [measure(ground, 50, records)[0] for records in (few, many)]
    yield at_most("SQL statements a record more, batches of 50", (costs[1] - costs[0]) / (many - few), 0.2, "")


def measure(ground: Ground, batch: int, records: int) -> tuple[int, int]:
    """Statements and writing calls of one job, from claim to final event, without what the first job learns."""
    customer = new_customer(ground.fake, batch=batch)
    with limits_lifted():
        customer.exports(1)
        _work()
        before = ground.fake.count()["calls"]
        customer.exports(records)
        counted = Counted()
        with connection.execute_wrapper(counted):
            _work()
    return counted.statements, ground.fake.count()["calls"] - before


def _work() -> None:
    while work_one():
        pass
