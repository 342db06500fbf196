"""What is read of NetSuite (to the last page, all locks, vendors in use first) and what planning makes of it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from connectors.kit.documents import Document
from connectors.kit.errors import RefuseRecord
from connectors.kit.http import Request
from connectors.kit.records import Account, Invoice, Line, Tax
from connectors.netsuite import lookup, query, vendors
from connectors.netsuite import reference as reading
from connectors.netsuite.query import Row
from connectors.netsuite.tests.support import body_of, card, document_of, invoice, money, plan, reference, ticket

FEBRUARY = {"name": "Feb 2026", "first": "2026-02-01", "last": "2026-02-28", "closed": False, "payables_locked": True}


def test_a_query_is_read_to_its_last_page() -> None:
    def send(request: Request) -> Any:
        offset = dict(request.query)["offset"]
        return {"items": [{"id": offset}], "hasMore": offset in {"0", "1000"}}

    assert [row["id"] for row in query.rows(send, "SELECT id FROM account ORDER BY id")] == ["0", "1000", "2000"]


@pytest.mark.parametrize(
    ("lock", "closed", "payables"), [("closed", True, False), ("alllocked", True, False), ("aplocked", False, True)]
)
def test_a_period_has_three_locks(lock: str, closed: bool, payables: bool) -> None:
    row = {"id": "1", "startdate": "2026-02-01", "enddate": "2026-02-28", lock: "T"}

    (found,) = reading.periods(lambda words: [row])

    assert (found["closed"], found["payables_locked"]) == (closed, payables)


def test_where_payables_are_locked_journals_are_posted_and_bills_are_not() -> None:
    locked = reference(periods=[FEBRUARY])

    assert document_of(card(), known=locked).dated == date(2026, 2, 27)
    for one in (invoice(), ticket()):
        with pytest.raises(RefuseRecord, match="Feb 2026, which is closed"):
            plan(one, known=locked)


def test_the_next_open_period_is_after_the_day_never_before_it() -> None:
    closed = {**FEBRUARY, "closed": True}
    january = {**FEBRUARY, "first": "2026-01-01", "last": "2026-01-31", "payables_locked": False}
    march = {**january, "first": "2026-03-01", "last": "2026-03-31"}

    moved = document_of(invoice(), known=reference(periods=[march, closed, january]), closed_periods="next_open")

    assert moved.dated == date(2026, 3, 1)


def test_a_bill_that_moved_to_an_open_period_is_not_due_before_its_day() -> None:
    old = invoice(date=date(2024, 5, 31), invoice=Invoice("F 2024/9", date(2024, 5, 20), date(2024, 6, 22)))

    body = body_of(old, closed_periods="next_open")

    assert (body["tranDate"], body["dueDate"]) == ("2025-01-01", "2025-01-01")


def test_tax_is_rounded_to_the_currencys_smallest_unit() -> None:
    """19 % of 1,260 yen are 239.4, of which NetSuite adds 239: the line stays whole."""
    tax = Tax(None, "inclusive", money("239", "JPY"), "INPUT")
    line = Line("line-1", money("1499", "JPY"), Account("acc-1", "Travel", code="5800"), tax)

    body = body_of(invoice(lines=(line,), amount=line.amount))

    assert [one["amount"] for one in body["expense"]["items"]] == [1260]


def test_a_reversed_charge_takes_no_code_that_adds_tax() -> None:
    line = replace(invoice().lines[0], tax=Tax(None, "reverse", money("15.89"), "INPUT"))

    with pytest.raises(RefuseRecord, match="NetSuite would add 19 %"):
        plan(invoice(lines=(line,)))


def vendor_of(document: Document, *there: Row) -> list[str]:
    return [one.document_id for one in vendors.find(lambda words, value: there, document)]


def test_a_vendor_in_use_in_our_subsidiary_comes_before_all_others() -> None:
    document = plan(invoice())[0]
    retired: Row = {"id": "1", "subsidiary": "2", "isinactive": "T"}
    foreign: Row = {"id": "2", "subsidiary": "1"}
    ours: Row = {"id": "3", "subsidiary": "1, 2"}

    assert vendor_of(document, retired, foreign, ours) == ["3"]
    assert vendor_of(document, retired, foreign) == ["1"]
    assert vendor_of(document, foreign) == ["2"]


def test_an_employee_is_no_supplier_of_the_same_number() -> None:
    employee = plan(ticket(), out_of_pocket="bill")[0]
    supplier = plan(invoice(vendor=ticket().employee))[0]

    assert employee.reference != supplier.reference


def test_a_total_is_in_the_currency_that_netsuite_tells() -> None:
    bill = document_of(invoice())
    told = {"id": "8731", "total": 99, "currency": {"id": "4", "refName": "US dollar"}}

    found = lookup.standing(lambda request, permission: told, [(bill, "8731")])

    assert found[bill.key].total == money("99", "US dollar")


@pytest.mark.parametrize("status", ["Voided", {"id": "15", "refName": "Bill : VOID"}])
def test_a_voided_document_says_so_in_its_status(status: object) -> None:
    bill = document_of(invoice())

    found = lookup.standing(lambda request, permission: {"id": "8731", "status": status}, [(bill, "8731")])

    assert found[bill.key].void
