"""What is large: an entry of 500 lines, a receipt of 30 MB, 200 receipts in a job; and workers die among them."""

import random

import pytest

from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from exports.models import Receipt, ReceiptState
from tests.customer import Customer
from tests.exports.test_receipts import PDF, attached, with_files
from tests.exports.test_sizes_and_versions import of_many_lines
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.faults.test_garbled import peak
from tests.faults.test_kills import (
    each_receipt_is_there_once,
    ended_in_time,
    killed_at,
    nothing_is_under_way,
    written,
)
from tests.waiting import until

HUGE = {"type": "application/pdf", "size": 30_000_000}  # the source takes it, no ERP does
MEMORY = 200_000_000
LARGE = {"type": "application/pdf", "size": 9_000_000}


def large_ones(customer: Customer) -> list[str]:
    long, huge, large = entries = customer.entries(3, "out_of_pocket")
    customer.source.edit_entry(long, of_many_lines)
    with_files(customer, huge, HUGE, PDF)
    with_files(customer, large, LARGE)
    return entries


def assert_large_ones_are_there(customer: Customer, entries: list[str]) -> None:
    long, huge, large = entries
    (bill,) = customer.documents(long)
    assert len(bill["LineItems"]) == 500
    with acting_for(customer.tenant.pk):
        receipts = Receipt.objects.filter(record__entry__in=[huge, large]).order_by("size")
        assert [(one.state, one.subject) for one in receipts] == [
            (ReceiptState.ATTACHED, ""),
            (ReceiptState.ATTACHED, ""),
            (ReceiptState.FAILED, "size"),
        ]


@pytest.mark.parametrize("place", ["after_receipt", pytest.param("after_attach", marks=pytest.mark.nightly)])
def test_large_entries_and_receipts_and_a_worker_that_dies_of_one(
    house: House, customer: Customer, place: str
) -> None:
    entries = large_ones(customer)
    job = customer.exports(entries)
    dying = house.worker(FAILPOINTS=f"{place}=kill")
    until(lambda: dying.poll() is not None, seconds=60)
    until(nothing_is_under_way)
    customer.later(minutes=2)
    worker = house.worker(slots="1")
    until(lambda: ended_in_time(customer, job), seconds=60)

    assert judge(customer) == Verdict()
    assert set(customer.outcomes(job).values()) == {"posted"}
    assert_large_ones_are_there(customer, entries)
    assert peak(worker.pid) < MEMORY


@pytest.mark.nightly
def test_two_hundred_receipts_beside_large_ones_while_workers_die(house: House, customer: Customer) -> None:
    entries = large_ones(customer)
    many = customer.entries(50, "out_of_pocket", "invoice", "card_purchase")
    for entry in many:
        with_files(customer, entry, *[PDF] * 4)
    customer.target.faults.add(Fault("PUT *Attachments*", Kind.DELAY_AFTER, times=None, seconds=0.03))
    job = customer.exports([*entries, *many])

    killed_at(house, customer, sorted(random.Random(21).sample(range(60, 240), 5)), written)
    house.worker()
    until(lambda: ended_in_time(customer, job), seconds=180)

    assert judge(customer) == Verdict()
    assert set(customer.outcomes(job).values()) == {"posted"}
    assert_large_ones_are_there(customer, entries)
    assert len(attached(customer)) == 4 * 50 + 2
    each_receipt_is_there_once(customer)
