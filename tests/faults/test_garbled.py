"""The ERP does what it was asked to, and answers rubbish: nothing is taken for posted that has no id of the ERP's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import simplejson
from werkzeug import Request, Response

from connectors.kit.sandbox import Document, Fault, Kind
from connectors.xero.sandbox import sandbox_class as XeroSandbox
from database.acting import acting_for
from exports.models import PostingState
from installations import services as installations
from tests.customer import ACTOR, Customer
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.faults.test_kills import ended_in_time
from tests.waiting import until

MEGABYTE = 1024 * 1024
FIFTY = 50 * MEGABYTE


def with_bill(**fields: Any) -> Callable[[Document], Any]:
    return lambda body: {**body, "Invoices": [{**bill, **fields} for bill in body["Invoices"]]}


RUBBISH: dict[str, Callable[[Document], Any]] = {
    "an object for a list": lambda body: {**body, "Invoices": dict(enumerate(body["Invoices"]))},
    "texts for objects": lambda body: {**body, "Invoices": ["AUTHORISED"]},
    "null for the list": lambda body: {**body, "Invoices": None},
    "null": lambda body: None,
    "a number": lambda body: 7,
    "a list without an end": lambda body: b"[" * 200_000,
    "a number for the id": with_bill(InvoiceID=4711),
    "null for the id": with_bill(InvoiceID=None),
    "an id of zeros": with_bill(InvoiceID="00000000-0000-0000-0000-000000000000"),
    "numbers for texts": with_bill(InvoiceNumber=1, Status=2, Type=3, Contact=4),
    "texts for amounts": with_bill(Total="much", TotalTax=[], LineItems={"no": "list"}),
    "an amount beyond all": with_bill(Total=Decimal("9e999999999")),
    "values that nobody knows": with_bill(Status="TELEPORTED", Type="QUANTUM", StatusAttributeString="MAYBE"),
    "fifty megabytes": lambda body: {**body, "Padding": "x" * FIFTY},
}


@dataclass
class Garbler:
    """Each answer about bills is changed by the next of RUBBISH, as long as any is left."""

    left: list[Callable[[Document], Any]] = field(default_factory=lambda: list(RUBBISH.values()))

    def __call__(self, request: Request, response: Response) -> None:
        is_of_bills = request.method == "PUT" and request.path.endswith("/Invoices")
        if self.left and is_of_bills and response.status_code == 200:
            told = self.left.pop(0)(simplejson.loads(response.get_data()))
            response.set_data(told if isinstance(told, bytes) else simplejson.dumps(told, use_decimal=True))


@pytest.fixture
def garbler() -> Iterator[Garbler]:
    made = Garbler()
    XeroSandbox.observers.append(made)
    yield made
    XeroSandbox.observers.remove(made)


def test_answers_of_wrong_shape_after_the_write_are_looked_up(
    house: House, customer: Customer, garbler: Garbler
) -> None:
    with acting_for(customer.tenant.pk):
        installations.configure(customer.installation, {"batch_size": 1}, actor=ACTOR)
    first = customer.exports(2)
    garbling, garbler.left = garbler.left, []
    worker = house.worker(slots="1")
    until(lambda: ended_in_time(customer, first), seconds=60)
    before = peak(worker.pid)
    garbler.left = garbling
    job = customer.exports(len(RUBBISH) + 2)
    until(lambda: ended_in_time(customer, job), seconds=90)

    assert garbler.left == []
    assert judge(customer) == Verdict()
    assert set(customer.outcomes(job).values()) == {"posted"}
    ids = {bill["id"] for bill in customer.target.bills(customer.organisation)}
    assert {(one.state, one.document_id in ids) for one in customer.postings()} == {(PostingState.POSTED, True)}
    assert peak(worker.pid) - before < FIFTY


def peak(pid: int) -> int:
    """The most memory that the process has had, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return 1024 * int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def test_fifty_megabytes_from_the_source_are_not_taken_in(house: House, customer: Customer) -> None:
    huge = customer.source.faults.add(
        Fault("GET *", Kind.STATUS_BEFORE, times=2, status=200, body='{"x": "' + "x" * FIFTY + '"}')
    )
    worker = house.worker(slots="1")
    before = until(lambda: "ready" in house.said() and peak(worker.pid), seconds=60)
    job = customer.exports(3)
    until(lambda: ended_in_time(customer, job), seconds=60)

    assert huge.struck == 2
    assert judge(customer) == Verdict()
    assert set(customer.outcomes(job).values()) == {"posted"}
    assert peak(worker.pid) - before < FIFTY
