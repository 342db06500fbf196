from decimal import Decimal
from typing import Any

import pytest

from connectors.xero.sandbox import NORDWIND
from connectors.xero.tests.app_in_xero import AppInXero


def sent(app: AppInXero, document: dict[str, Any], method: str = "PUT") -> dict[str, Any]:
    [judged] = app.send("BankTransactions", document, method=method)
    return judged


def test_money_spent_counts_at_once_and_is_read_back(nordwind: AppInXero) -> None:
    made = sent(nordwind, nordwind.spend(Url="http://localhost:8000/p/1"))
    assert (made["StatusAttributeString"], made["Status"], made["Type"]) == ("OK", "AUTHORISED", "SPEND")
    [read] = nordwind.read(f"/BankTransactions/{made['BankTransactionID']}")["BankTransactions"]
    assert (read["Reference"], read["Url"]) == ("EXP-1", "http://localhost:8000/p/1")
    assert read["BankAccount"]["Code"] == "1930"
    assert (read["SubTotal"], read["TotalTax"], read["Total"]) == (
        Decimal("12.34"),
        Decimal("2.34"),
        Decimal("14.68"),
    )
    assert (read["DateString"], read["IsReconciled"]) == ("2026-11-01T00:00:00", False)


def test_a_bank_account_without_a_code_is_named_by_its_id(harbour: AppInXero) -> None:
    [cards] = harbour.read("/Accounts", where='Name=="Company cards"')["Accounts"]
    about = {"Contact": {"Name": "Quay Supplies"}, "BankAccount": {"AccountID": cards["AccountID"]}}
    made = sent(harbour, harbour.spend({"AccountCode": "493"}, **about))
    assert made["BankAccount"] == {"AccountID": cards["AccountID"], "Name": "Company cards"}
    assert made["CurrencyCode"] == "GBP"


@pytest.mark.parametrize(("code", "currency"), [("1931", "SEK"), ("1932", "USD"), ("1933", "JPY")])
def test_the_currency_is_the_bank_accounts(nordwind: AppInXero, code: str, currency: str) -> None:
    made = sent(nordwind, nordwind.spend(BankAccount={"Code": code}))
    same = sent(nordwind, nordwind.spend(BankAccount={"Code": code}, CurrencyCode=currency, CurrencyRate=Decimal(9)))
    assert (made["CurrencyCode"], same["CurrencyCode"]) == (currency, currency)
    assert (made["CurrencyRate"] != 1, same["CurrencyRate"]) == (True, 9)


def test_tax_in_yen_is_rounded_like_any_other(nordwind: AppInXero) -> None:
    yen = {"BankAccount": {"Code": "1933"}, "LineAmountTypes": "Inclusive"}
    made = sent(nordwind, nordwind.spend({"UnitAmount": 1000}, **yen))
    assert (made["Total"], made["TotalTax"]) == (1000, Decimal("159.66"))


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED", "PAID"])
def test_there_is_no_draft(nordwind: AppInXero, status: str) -> None:
    answer = nordwind.call("PUT", "/BankTransactions", nordwind.spend(Status=status))
    assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 17)


@pytest.mark.parametrize("kind", ["SPEND-PREPAYMENT", "RECEIVE-OVERPAYMENT", "SPEND-TRANSFER", "PAID"])
def test_only_money_spent_and_received_is_kept(nordwind: AppInXero, kind: str) -> None:
    assert nordwind.call("PUT", "/BankTransactions", nordwind.spend(Type=kind)).status_code == 400


@pytest.mark.parametrize("end", ["DELETED", "VOIDED"])
def test_it_is_ended_by_its_id_and_then_changes_no_more(nordwind: AppInXero, end: str) -> None:
    made = sent(nordwind, nordwind.spend())["BankTransactionID"]
    gone = sent(nordwind, {"BankTransactionID": made, "Status": end}, "POST")
    assert (gone["Status"], len(gone["LineItems"])) == (end, 1)
    again = {"BankTransactionID": made, "Status": "AUTHORISED"}
    assert "not of valid status" in nordwind.complaints(again, "POST", plural="BankTransactions")[0]


def test_posting_the_same_reference_makes_a_second_one(nordwind: AppInXero) -> None:
    for _ in range(2):
        sent(nordwind, nordwind.spend(), "POST")
    assert len(nordwind.sandbox.written("bank_transactions", NORDWIND)) == 2


def test_a_line_below_zero_is_taken_while_the_total_is_above(nordwind: AppInXero) -> None:
    made = sent(nordwind, nordwind.spend({"UnitAmount": 10}, {"UnitAmount": -4}))
    assert made["SubTotal"] == 6


@pytest.mark.parametrize("amounts", [[0], [5, -5], [-1]])
def test_a_total_that_is_not_above_zero_is_refused(nordwind: AppInXero, amounts: list[int]) -> None:
    document = nordwind.spend(*[{"UnitAmount": amount} for amount in amounts])
    [said] = nordwind.complaints(document, plural="BankTransactions")
    assert "greater than zero" in said


def test_a_card_cannot_be_spent_on_another_bank_account(nordwind: AppInXero) -> None:
    [said] = nordwind.complaints(nordwind.spend({"AccountCode": "1920"}), plural="BankTransactions")
    assert said == "Account code '1920' is not a valid code for this document."


def test_lines_are_read_as_those_of_a_bill(nordwind: AppInXero) -> None:
    line = {"UnitAmount": 119, "TaxAmount": 19.01, "Tracking": [{"Name": "Region", "Option": "West"}]}
    made = sent(nordwind, nordwind.spend(line, LineAmountTypes="Inclusive"))
    assert (made["SubTotal"], made["TotalTax"]) == (Decimal("99.99"), Decimal("19.01"))
    assert made["LineItems"][0]["Tracking"][0]["Option"] == "West"


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('Reference=="EXP-1" AND Type=="SPEND" AND Date==DateTime(2026,11,01)', 1),
        ('Reference=="EXP-1" AND Type=="RECEIVE" AND Date==DateTime(2026,11,01)', 0),
        ('Reference=="EXP-1" AND Date==DateTime(2026,11,02)', 0),
        ('Type=="RECEIVE"', 1),
        ('Status=="DELETED"', 0),
    ],
)
def test_it_is_found_by_reference_type_and_date(nordwind: AppInXero, where: str, found: int) -> None:
    nordwind.send("BankTransactions", nordwind.spend(), nordwind.spend(Reference="EXP-2", Type="RECEIVE"))
    assert len(nordwind.read("/BankTransactions", where=where, page="1")["BankTransactions"]) == found


def test_it_is_found_by_its_bank_account(nordwind: AppInXero) -> None:
    made = sent(nordwind, nordwind.spend())
    where = f'BankAccount.AccountID==Guid("{made["BankAccount"]["AccountID"]}")'
    assert len(nordwind.read("/BankTransactions", where=where)["BankTransactions"]) == 1


@pytest.mark.parametrize("where", ['Url=="http://localhost/1"', 'References=="EXP-1"', 'Reference=="EXP "1""'])
def test_what_cannot_be_asked_is_a_broken_query(nordwind: AppInXero, where: str) -> None:
    answer = nordwind.call("GET", "/BankTransactions", params={"where": where})
    assert (answer.status_code, answer.json()["Type"], answer.json()["ErrorNumber"]) == (
        400,
        "QueryParseException",
        16,
    )


def test_only_a_page_shows_lines(nordwind: AppInXero) -> None:
    sent(nordwind, nordwind.spend())
    [thin] = nordwind.read("/BankTransactions")["BankTransactions"]
    [whole] = nordwind.read("/BankTransactions", page="1")["BankTransactions"]
    assert (thin["LineItems"], len(whole["LineItems"])) == ([], 1)
    assert "ContactNumber" not in thin["Contact"]
