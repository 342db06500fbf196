"""The record service: what a write leaves, and what a read shows."""

from decimal import Decimal
from typing import Any

import pytest

from connectors.netsuite.sandbox import NetSuiteSandbox
from connectors.netsuite.tests.client import RECORDS, Program


def test_a_bill_is_made_with_an_address_and_no_body(program: Program) -> None:
    answer = program.make("vendorBill", program.bill())

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Location"].startswith(f"{program.sandbox.url}{RECORDS}/vendorbill/")


def test_tax_is_added_line_by_line_and_the_total_is_netsuites(program: Program) -> None:
    number = program.made("vendorBill", program.bill({"amount": Decimal("83.61")}, {"amount": 10, "taxCode": None}))

    assert program.read("vendorBill", number)["total"] == Decimal("109.50")


def test_lines_are_shown_only_where_they_are_asked_for(program: Program) -> None:
    number = program.made("vendorBill", program.bill())

    assert "items" not in program.read("vendorBill", number)["expense"]
    (line,) = program.read("vendorBill", number, expandSubResources="true")["expense"]["items"]
    assert line["account"] == {"links": [], "id": "114", "refName": "Travel"}


def test_a_record_is_read_by_its_external_id_too(program: Program) -> None:
    number = program.made("vendorBill", program.bill())

    assert program.read("vendorBill", "eid:xb-bill-1")["id"] == number


def test_external_ids_are_shared_by_all_transactions_and_apart_from_entities(program: Program) -> None:
    program.made("vendorBill", program.bill(externalId="xb-1"))

    assert program.make("journalEntry", program.journal(externalId="xb-1")).status_code == 400
    program.made("vendor", program.vendor(externalId="xb-1"))


def test_the_external_id_of_another_type_leads_nowhere(program: Program) -> None:
    program.made("vendorBill", program.bill(externalId="xb-1"))

    assert program.call("GET", f"{RECORDS}/journalEntry/eid:xb-1").status_code == 404


def test_a_deleted_record_frees_its_external_id(program: Program) -> None:
    number = program.made("vendorBill", program.bill())
    assert program.call("DELETE", f"{RECORDS}/vendorBill/{number}").status_code == 204

    assert program.made("vendorBill", program.bill()) != number


@pytest.mark.parametrize(("query", "lines"), [("", 2), ("?replace=expense", 1)])
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_lines_are_added_again_unless_they_replace(program: Program, method: str, query: str, lines: int) -> None:
    program.made("vendorBill", program.bill())
    change = {"expense": {"items": [{"account": {"id": "115"}, "amount": 5}]}}
    assert program.call(method, f"{RECORDS}/vendorBill/eid:xb-bill-1{query}", change).status_code == 204

    shown = program.read("vendorBill", "eid:xb-bill-1", expandSubResources="true")
    assert len(shown["expense"]["items"]) == lines


def test_put_makes_what_is_not_there(program: Program) -> None:
    body = program.bill(externalId=None)
    assert program.call("PUT", f"{RECORDS}/vendorBill/eid:xb-new", body).status_code == 204

    assert program.read("vendorBill", "eid:xb-new")["externalId"] == "xb-new"


def test_without_the_header_an_unknown_field_is_dropped_and_named(program: Program) -> None:
    answer = program.make("vendorBill", program.bill({"quantity": 2}), strict=False)

    assert answer.status_code == 204
    assert "Unknown field name quantity" in answer.headers["X-NetSuite-PropertyValidation"]


def test_a_bill_takes_its_vendors_currency_where_none_is_said(program: Program) -> None:
    number = program.made("vendorBill", program.bill(currency=None, entity={"id": "2425"}))

    assert program.read("vendorBill", number)["currency"]["refName"] == "EUR"


def test_a_journal_has_debits_and_no_total(program: Program) -> None:
    number = program.made("journalEntry", program.journal())

    assert "total" not in program.read("journalEntry", number)


@pytest.mark.parametrize(
    ("record", "changes", "label"),
    [("journalEntry", {"subsidiary": None}, "Subsidiary"), ("vendorBill", {"entity": None}, "Vendor")],
)
def test_what_a_record_must_name(program: Program, record: str, changes: dict[str, Any], label: str) -> None:
    body = program.journal(**changes) if record == "journalEntry" else program.bill(**changes)

    assert f"Please enter value(s) for: {label}" in program.make(record, body).text


def test_an_expense_report_is_of_an_employee(program: Program) -> None:
    program.made("expenseReport", program.report())

    assert program.make("expenseReport", program.report(externalId="x", entity={"id": "2425"})).status_code == 400


def test_an_account_without_subsidiaries_or_currencies_has_no_such_fields(program: Program) -> None:
    program.sandbox.switch(without=["subsidiaries", "currencies"])

    assert "Unknown field name" in program.make("vendorBill", program.bill()).text
    program.made("vendorBill", program.bill(subsidiary=None, currency=None))


def test_approval_routing_leaves_a_bill_pending_unless_it_says_approved(program: Program) -> None:
    program.sandbox.switch(routing=True)
    waits = program.made("vendorBill", program.bill())
    stands = program.made("vendorBill", program.bill(externalId="xb-2", approvalStatus={"id": "2"}))

    assert program.read("vendorBill", waits)["status"]["refName"] == "Pending Approval"
    assert program.read("vendorBill", stands)["status"]["refName"] == "Open"


def test_a_period_may_be_locked_for_bills_alone(program: Program) -> None:
    period = program.rows("SELECT id FROM accountingperiod WHERE periodname = ? ORDER BY id", "Oct 2026")[0]["id"]
    program.sandbox.change("accountingperiod", period, aplocked="T")

    assert program.make("vendorBill", program.bill()).status_code == 400
    program.made("journalEntry", program.journal())


def test_what_a_person_voids_says_so(program: Program) -> None:
    number = program.made("vendorBill", program.bill())
    program.sandbox.void(number)

    shown = program.read("vendorBill", number)
    assert (shown["status"]["id"], shown["total"]) == ("voided", 0)


@pytest.mark.parametrize("done", [True, False])
def test_a_call_that_is_cut_may_have_done_its_work(sandbox: NetSuiteSandbox, program: Program, *, done: bool) -> None:
    sandbox.cut("POST */vendorBill", done=done)

    with pytest.raises(OSError):
        program.make("vendorBill", program.bill())
    assert len(sandbox.written()) == int(done)


def test_the_ledger_is_told_over_http(program: Program) -> None:
    program.made("vendorBill", program.bill())

    told = program.http.get(f"{program.sandbox.url}/_sandbox/ledger?subsidiary=2", timeout=10).json()
    assert [one["record"] for one in told["transactions"]] == ["vendorBill"]


def test_a_person_opens_a_document(program: Program) -> None:
    number = program.made("vendorBill", program.bill())

    page = program.http.get(f"{program.sandbox.url}/app/accounting/transactions/vendbill.nl?id={number}", timeout=10)
    assert "5800 Travel" in page.text
