"""What is asked of Xero and what is believed of its lists, from lists given here."""

from collections.abc import Sequence
from typing import Any

import pytest

from connectors.kit.documents import Document, Found
from connectors.kit.errors import ContractBroken
from connectors.kit.records import Company, Party
from connectors.xero import lookup, organisations
from connectors.xero.tests.support import BILL, CONTACT, accepted, bill_of, contact_of, invoice, money, record

OTHER = BILL[:-1] + "2"


class Lists:
    """Answers every page of every list in turn, and remembers what was asked."""

    def __init__(self, *pages: Any) -> None:
        self.pages = list(pages)
        self.asked: list[dict[str, str]] = []

    def __call__(self, path: str, query: Sequence[tuple[str, str]]) -> Any:
        self.asked.append(dict(query))
        plural = path.rpartition("/")[2]
        page = self.pages.pop(0) if self.pages else []
        return {plural: page} if isinstance(page, list) else page


def rail() -> Document:
    return contact_of(invoice(vendor=Party("v", "Rail AB", "R-1")))


def contact(number: str = "", name: str = "Somebody", status: str = "ACTIVE", **more: str) -> dict[str, str]:
    given = {"ContactID": CONTACT, "ContactNumber": number, "Name": name, "ContactStatus": status}
    return {**given, **more}


def found_ids(*pages: Any) -> list[str]:
    document = rail()
    return [found.document_id for found in lookup.find(Lists(*pages), [document])[document.key]]


def test_a_bill_is_found_with_its_total() -> None:
    bill = bill_of(record())
    found = lookup.find(Lists([accepted(bill)]), [bill])
    assert found == {bill.key: (Found(BILL, bill.reference, money("99.50")),)}


@pytest.mark.parametrize("status", ["VOIDED", "DELETED"])
def test_a_removed_bill_is_void(status: str) -> None:
    bill = bill_of(record())
    assert lookup.find(Lists([accepted(bill, Status=status)]), [bill])[bill.key][0].void


@pytest.mark.parametrize("changes", [{"Type": "ACCREC"}, {"InvoiceNumber": "another"}, {"InvoiceID": None}])
def test_what_only_resembles_the_bill_is_not_it(changes: dict[str, Any]) -> None:
    bill = bill_of(record())
    assert lookup.find(Lists([accepted(bill, **changes)]), [bill]) == {bill.key: ()}


def test_a_full_page_is_followed_by_the_next() -> None:
    bill = bill_of(record())
    fetch = Lists([accepted(bill, InvoiceNumber="another")] * 100, [accepted(bill)])

    assert lookup.find(fetch, [bill])[bill.key]
    assert [asked["page"] for asked in fetch.asked] == ["1", "2"]


def test_many_bills_are_asked_for_fifty_at_once() -> None:
    fetch = Lists()
    lookup.find(fetch, [bill_of(record(entry=f"e-{n}")) for n in range(120)])
    assert [len(asked["InvoiceNumbers"].split(",")) for asked in fetch.asked] == [50, 50, 20]


def test_long_names_are_asked_for_in_addresses_that_a_server_takes() -> None:
    fetch = Lists()
    vendors = [Party("v", f"{n} {'Ö' * 200}", f"n-{n}") for n in range(5)]
    lookup.find(fetch, [contact_of(invoice(vendor=vendor)) for vendor in vendors])
    assert sum("Name" in asked.get("where", "") for asked in fetch.asked) >= 5


@pytest.mark.parametrize("page", [{}, {"Invoices": None}, {"Invoices": [1]}, [1], 7])
def test_a_list_of_another_shape_is_not_taken_for_an_empty_one(page: Any) -> None:
    with pytest.raises(ContractBroken):
        lookup.find(Lists(page), [bill_of(record())])


def test_a_contact_known_by_number_is_not_asked_for_by_name() -> None:
    fetch = Lists([contact("R-1", "Renamed")])
    lookup.find(fetch, [rail()])
    assert len(fetch.asked) == 1


def test_a_merged_contact_is_the_one_it_was_merged_into() -> None:
    assert found_ids([contact("R-1", status="ARCHIVED", MergedToContactID=OTHER)]) == [OTHER]


def test_an_active_contact_of_our_name_is_adopted_whatever_its_number() -> None:
    assert found_ids([], [contact("another", "RAIL ab", ContactID=OTHER)]) == [OTHER]


def test_a_contact_of_a_like_name_is_not_adopted() -> None:
    assert found_ids([], [contact("another", "Rail AB Nord")]) == []


def test_an_archived_contact_of_our_number_is_the_last_choice() -> None:
    archived = contact("R-1", "Gone", "ARCHIVED")
    assert found_ids([archived], [contact("", "Rail AB", ContactID=OTHER)]) == [OTHER]
    assert found_ids([archived], []) == [CONTACT]


def test_a_practice_is_no_organisation() -> None:
    listed = [
        {"id": "c-1", "tenantId": "t-1", "tenantType": "ORGANISATION", "tenantName": "Nordwind"},
        {"id": "c-2", "tenantId": "t-2", "tenantType": "PRACTICE", "tenantName": "Advisers"},
    ]
    assert organisations.offered(listed) == (Company("t-1", "Nordwind", "c-1"),)


@pytest.mark.parametrize("listed", [None, {"a": 1}, [1], [{"tenantType": "ORGANISATION"}], "text"])
def test_a_broken_list_of_organisations_is_not_taken_for_none(listed: Any) -> None:
    with pytest.raises(ContractBroken):
        organisations.offered(listed)


@pytest.mark.parametrize("body", [None, {}, {"Organisations": []}, {"Organisations": [{}]}, []])
def test_an_organisation_without_a_name_is_not_believed(body: Any) -> None:
    with pytest.raises(ContractBroken):
        organisations.answering("t-1", body)


def test_a_demo_company_is_said_to_be_one() -> None:
    body = {"Organisations": [{"Name": "Demo", "IsDemoCompany": True}]}
    assert organisations.answering("t-1", body).remarks == ("This is Xero's demo company.",)
