from datetime import timedelta
from typing import Any

import pytest

from connectors.kit.sandbox import Client
from connectors.xero.sandbox import NORDWIND
from connectors.xero.tests.app_in_xero import BACK, AppInXero


@pytest.fixture
def books(nordwind: AppInXero) -> AppInXero:
    """Three bills: two of one number, and one of another contact, day and amount."""
    other = {"ContactID": nordwind.contact("Anna Berg")}
    nordwind.put(
        nordwind.bill(),
        nordwind.bill(InvoiceNumber="EXP-2", Contact=other, Date="2026-11-05", DueDate="2026-12-05"),
        nordwind.bill({"UnitAmount": 50}, Status="AUTHORISED", DueDate="2026-11-15"),
    )
    return nordwind


def numbers(app: AppInXero, **params: str) -> list[str]:
    return [bill["InvoiceNumber"] for bill in app.read("/Invoices", page="1", **params)["Invoices"]]


def test_bills_are_found_by_their_numbers(books: AppInXero) -> None:
    assert numbers(books, InvoiceNumbers="EXP-1") == ["EXP-1", "EXP-1"]
    assert numbers(books, InvoiceNumbers="EXP-2,EXP-404") == ["EXP-2"]
    assert numbers(books, InvoiceNumbers="EXP-404") == []


def test_bills_are_found_by_ids_contacts_and_statuses(books: AppInXero) -> None:
    wanted = books.sandbox.bills(NORDWIND)[1]
    assert numbers(books, IDs=f"{wanted['id']},{NORDWIND}") == ["EXP-2"]
    assert numbers(books, ContactIDs=books.contact("Anna Berg")) == ["EXP-2"]
    assert numbers(books, Statuses="AUTHORISED,PAID") == ["EXP-1"]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('Type=="ACCPAY" AND InvoiceNumber=="EXP-1"', 2),
        ('Type=="ACCREC"', 0),
        ('InvoiceNumber="exp-2"', 1),
        ("Date == DateTime(2026, 11, 05)", 1),
        ("Date>=DateTime(2026,11,01) AND Date<DateTime(2026,11,05)", 2),
        ('Status!="DRAFT"', 1),
        ('Status=="DRAFT" && InvoiceNumber=="EXP-1"', 1),
        ('InvoiceNumber=="EXP-2" OR Total==59.5', 2),
        ('Type=="ACCPAY" AND (Status=="AUTHORISED" OR InvoiceNumber=="EXP-2")', 2),
        ("Total > 14.68", 1),
        ("DueDate==null", 1),
        ("DueDate>DateTime(2026,11,30)", 1),
    ],
)
def test_the_filters_that_are_understood(books: AppInXero, where: str, found: int) -> None:
    assert len(numbers(books, where=where)) == found


def test_bills_are_found_by_contact(books: AppInXero) -> None:
    contact = books.contact("RAIL AB")
    assert len(numbers(books, where=f'Contact.ContactID==Guid("{contact}")')) == 2
    assert len(numbers(books, where=f'Contact.ContactID=Guid("{contact.upper()}")')) == 2


@pytest.mark.parametrize(
    "where",
    [
        "InvoiceNumber==",
        'InvoiceNumber=="EXP-1',
        '"EXP-1"==InvoiceNumber',
        'InvoiceNumber=="EXP-1" AND',
        '(Status=="DRAFT"',
        'Status=="DRAFT")',
        "Status==DRAFT",
        'Url=="http://localhost:8000/p/1"',
        'Nonsense=="1"',
        "Date==DateTime(2026,13,01)",
        'Total>"much"',
        "; DROP TABLE Invoices",
    ],
)
def test_what_is_not_understood_is_refused(books: AppInXero, where: str) -> None:
    answer = books.call("GET", "/Invoices", params={"where": where})
    assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 16)
    assert answer.json()["Type"] == "QueryParseException"


def test_the_modified_since_header_is_utc_to_the_second(books: AppInXero) -> None:
    changed = books.sandbox.clock.now()
    books.sandbox.clock.advance(100)
    books.put(books.bill(InvoiceNumber="EXP-9"))

    def since(seconds: int) -> list[str]:
        header = (changed + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
        found = books.read("/Invoices", {"If-Modified-Since": header}, page="1")["Invoices"]
        return [bill["InvoiceNumber"] for bill in found]

    assert len(since(-60)) == 4
    assert since(60) == ["EXP-9"]
    assert since(3600) == []


def test_a_voided_bill_counts_as_modified(books: AppInXero) -> None:
    books.sandbox.clock.advance(1000)
    header = books.sandbox.clock.now().strftime("%Y-%m-%dT%H:%M:%S")
    bill = books.sandbox.bills(NORDWIND)[2]["id"]
    books.put({"InvoiceID": bill, "Status": "VOIDED"}, method="POST")
    [found] = books.read("/Invoices", {"If-Modified-Since": header}, page="1")["Invoices"]
    assert (found["InvoiceID"], found["Status"]) == (bill, "VOIDED")


def test_a_broken_precondition_is_a_412(books: AppInXero) -> None:
    answer = books.call("GET", "/Invoices", headers={"If-Modified-Since": "yesterday"})
    assert answer.status_code == 412


def test_only_a_page_shows_lines(books: AppInXero) -> None:
    assert "LineItems" not in books.read("/Invoices")["Invoices"][0]
    assert "ContactNumber" not in books.read("/Invoices")["Invoices"][0]["Contact"]
    paged = books.read("/Invoices", page="1")
    assert paged["Invoices"][0]["LineItems"]
    assert paged["pagination"] == {"page": 1, "pageSize": 100, "pageCount": 1, "itemCount": 3}


def test_pages_follow_each_other_and_end(books: AppInXero) -> None:
    pages: list[list[Any]] = [
        books.read("/Invoices", page=page, pageSize="2")["Invoices"] for page in ("1", "2", "3")
    ]
    assert [len(page) for page in pages] == [2, 1, 0]


def test_a_page_size_out_of_range_is_clamped(books: AppInXero) -> None:
    for asked, used in (("5000", 1000), ("0", 1), ("-3", 1)):
        assert books.read("/Invoices", page="1", pageSize=asked)["pagination"]["pageSize"] == used


def test_bills_of_my_app_alone_can_be_asked_for(books: AppInXero) -> None:
    other = Client("other", "s", (BACK,))
    books.sandbox.oauth.register([other])
    another = AppInXero(books.sandbox, NORDWIND, other).connect()
    another.put(another.bill(InvoiceNumber="THEIRS"))
    assert "THEIRS" in numbers(books)
    assert "THEIRS" not in numbers(books, createdByMyApp="true")


def test_bills_are_ordered_when_asked(books: AppInXero) -> None:
    dates = [bill["DateString"] for bill in books.read("/Invoices", order="Date DESC", page="1")["Invoices"]]
    assert dates == sorted(dates, reverse=True)
    assert books.call("GET", "/Invoices", params={"order": "Nonsense"}).status_code == 400


def test_search_looks_into_numbers(books: AppInXero) -> None:
    assert numbers(books, searchTerm="exp-2") == ["EXP-2"]
