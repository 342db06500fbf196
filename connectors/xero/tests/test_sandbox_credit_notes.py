from decimal import Decimal

import pytest

from connectors.xero.sandbox import NORDWIND
from connectors.xero.tests.app_in_xero import AppInXero


def test_a_credit_note_is_a_draft_and_is_read_back(nordwind: AppInXero) -> None:
    [made] = nordwind.send("CreditNotes", nordwind.credit_note())
    [read] = nordwind.read(f"/CreditNotes/{made['CreditNoteID']}")["CreditNotes"]
    assert (made["StatusAttributeString"], read["Status"], read["Type"]) == ("OK", "DRAFT", "ACCPAYCREDIT")
    assert (read["CreditNoteNumber"], read["Total"], read["RemainingCredit"]) == (
        "CN-1",
        Decimal("14.68"),
        Decimal("14.68"),
    )
    assert "Url" not in read


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED", "AUTHORISED"])
def test_it_needs_no_due_date_to_be_approved(nordwind: AppInXero, status: str) -> None:
    [made] = nordwind.send("CreditNotes", nordwind.credit_note(Status=status))
    assert made["Status"] == status


def test_its_number_is_not_unique_and_finds_it(nordwind: AppInXero) -> None:
    nordwind.send("CreditNotes", nordwind.credit_note(), nordwind.credit_note())
    found = nordwind.read("/CreditNotes", where='CreditNoteNumber=="CN-1"', page="1")["CreditNotes"]
    assert [len(one["LineItems"]) for one in found] == [1, 1]
    assert nordwind.read("/CreditNotes", where='CreditNoteNumber=="CN-2"')["CreditNotes"] == []


def test_a_voided_one_has_no_credit_left(nordwind: AppInXero) -> None:
    [made] = nordwind.send("CreditNotes", nordwind.credit_note(Status="AUTHORISED"))
    change = {"CreditNoteID": made["CreditNoteID"], "Status": "VOIDED"}
    [gone] = nordwind.send("CreditNotes", change, method="POST")
    assert (gone["Status"], gone["RemainingCredit"]) == ("VOIDED", 0)


def test_a_sales_credit_is_not_kept(nordwind: AppInXero) -> None:
    answer = nordwind.call("PUT", "/CreditNotes", nordwind.credit_note(Type="ACCRECCREDIT"))
    assert answer.json()["ErrorNumber"] == 17


def test_it_is_no_bill(nordwind: AppInXero) -> None:
    [made] = nordwind.send("CreditNotes", nordwind.credit_note())
    assert nordwind.call("GET", f"/Invoices/{made['CreditNoteID']}").status_code == 404
    assert nordwind.sandbox.bills(NORDWIND) == []
