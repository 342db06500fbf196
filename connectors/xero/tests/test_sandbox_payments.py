from decimal import Decimal
from typing import Any

import pytest

from connectors.xero.sandbox import NORDWIND
from connectors.xero.tests.app_in_xero import AppInXero


def pay(app: AppInXero, bill_id: str, **changes: Any) -> dict[str, Any]:
    [judged] = app.send("Payments", app.payment(bill_id, **changes))
    return judged


def read(app: AppInXero, bill_id: str) -> dict[str, Any]:
    [bill] = app.read(f"/Invoices/{bill_id}")["Invoices"]
    return dict(bill)


def test_a_part_payment_leaves_the_rest_due(nordwind: AppInXero) -> None:
    bill = nordwind.approved()
    made = pay(nordwind, bill)
    assert (made["StatusAttributeString"], made["Status"], made["PaymentType"]) == (
        "OK",
        "AUTHORISED",
        "ACCPAYPAYMENT",
    )
    after = read(nordwind, bill)
    assert (after["Status"], after["AmountPaid"], after["AmountDue"]) == ("AUTHORISED", 10, Decimal("4.68"))
    assert [(p["PaymentID"], p["Amount"], p["Reference"]) for p in after["Payments"]] == [
        (made["PaymentID"], 10, "PAY-1")
    ]


def test_the_last_payment_settles_the_bill(nordwind: AppInXero) -> None:
    bill = nordwind.approved()
    pay(nordwind, bill)
    pay(nordwind, bill, Amount=4.68, Date="2026-11-12")
    after = read(nordwind, bill)
    assert (after["Status"], after["AmountDue"], after["FullyPaidOnDate"]) == (
        "PAID",
        0,
        "/Date(1794441600000+0000)/",
    )
    [said] = nordwind.complaints(nordwind.payment(bill, Amount=0.01), plural="Payments")
    assert said == "Payment amount exceeds the amount outstanding on this document"


def test_two_payments_of_one_batch_know_of_each_other(nordwind: AppInXero) -> None:
    bill = nordwind.approved()
    judged = nordwind.send("Payments", nordwind.payment(bill), nordwind.payment(bill))
    assert [one["StatusAttributeString"] for one in judged] == ["OK", "ERROR"]


def test_a_deleted_payment_opens_the_bill_again(nordwind: AppInXero) -> None:
    bill = nordwind.approved()
    made = pay(nordwind, bill, Amount=14.68)
    answer = nordwind.call("POST", f"/Payments/{made['PaymentID']}", {"Status": "DELETED"})
    assert answer.json()["Payments"][0]["Status"] == "DELETED"
    after = read(nordwind, bill)
    assert (after["Status"], after["AmountPaid"], after["Payments"]) == ("AUTHORISED", 0, [])


def test_a_bill_with_a_payment_is_not_voided_nor_its_lines_changed(nordwind: AppInXero) -> None:
    bill = nordwind.approved()
    pay(nordwind, bill)
    line = {"Description": "Taxi", "UnitAmount": 1, "AccountCode": "5800"}
    for change in ({"Status": "VOIDED"}, {"LineItems": [line]}):
        [said] = nordwind.complaints({"InvoiceID": bill, **change}, "POST")
        assert "has a payment" in said
    pay(nordwind, bill, Amount=4.68)
    assert "not of valid status" in nordwind.complaints({"InvoiceID": bill, "Status": "VOIDED"}, "POST")[0]


@pytest.mark.parametrize("code", ["1920", "1930", "1950"])
def test_a_bank_or_an_account_open_to_payments_pays(nordwind: AppInXero, code: str) -> None:
    assert pay(nordwind, nordwind.approved(), Account={"Code": code})["Account"]["Code"] == code


def test_a_foreign_bill_is_paid_in_its_currency_or_in_the_organisations(nordwind: AppInXero) -> None:
    bill = nordwind.approved(CurrencyCode="SEK", CurrencyRate=11)
    own = pay(nordwind, bill, Account={"Code": "1931"}, Amount=5)
    euro = pay(nordwind, bill, Account={"Code": "1920"}, Amount=5.50, CurrencyRate=11)
    assert (own["Amount"], own["BankAmount"]) == (5, 5)
    assert (euro["Amount"], euro["BankAmount"], euro["CurrencyRate"]) == (Decimal("5.50"), Decimal("0.50"), 11)
    [said] = nordwind.complaints(nordwind.payment(bill, Account={"Code": "1932"}, Amount=1), plural="Payments")
    assert said == "A SEK invoice cannot be paid from the USD account 'Card USD account'."


def test_a_locked_day_takes_no_payment_and_gives_none_back(nordwind: AppInXero) -> None:
    bill = nordwind.approved()
    made = pay(nordwind, bill)["PaymentID"]
    nordwind.sandbox.change_organisation(NORDWIND, PeriodLockDate="2026-11-30")
    gone = {"PaymentID": made, "Status": "DELETED"}
    for document, method in ((nordwind.payment(bill, Amount=1), "PUT"), (gone, "POST")):
        [said] = nordwind.complaints(document, method, plural="Payments")
        assert "period lock date" in said


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED", "VOIDED"])
def test_only_an_approved_bill_is_paid(nordwind: AppInXero, status: str) -> None:
    [made] = nordwind.put(nordwind.bill(Status="AUTHORISED" if status == "VOIDED" else status, DueDate="2026-11-15"))
    if status == "VOIDED":
        nordwind.sandbox.people.void(made["InvoiceID"])
    [said] = nordwind.complaints(nordwind.payment(made["InvoiceID"]), plural="Payments")
    assert said == "Payments can only be made against authorised documents"


def test_payments_are_found_by_reference_bill_and_id(nordwind: AppInXero) -> None:
    first, second = nordwind.approved(), nordwind.approved()
    made = pay(nordwind, first)
    pay(nordwind, second, Reference="PAY-2")
    for where in (
        'Reference=="PAY-1"',
        f'Invoice.InvoiceID==Guid("{first}")',
        f'PaymentID==Guid("{made["PaymentID"]}")',
        'Reference=="PAY-1" AND Status=="AUTHORISED" AND Date==DateTime(2026,11,10)',
    ):
        [found] = nordwind.read("/Payments", where=where)["Payments"]
        assert (found["PaymentID"], found["Invoice"]["InvoiceID"]) == (made["PaymentID"], first)


def test_a_payment_counts_as_one_write(nordwind: AppInXero) -> None:
    bill = nordwind.approved()
    before = nordwind.sandbox.writes
    pay(nordwind, bill)
    assert nordwind.sandbox.writes - before == 1
