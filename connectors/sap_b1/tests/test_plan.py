"""What a record becomes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.documents import Kind, Part
from connectors.kit.errors import ContractBroken, RefuseRecord, SkipRecord
from connectors.kit.failures import FailureClass as F
from connectors.kit.records import Account, Invoice, Party, Record
from connectors.sap_b1 import planning, reference
from connectors.sap_b1.books import Books
from connectors.sap_b1.entry import Entry
from connectors.sap_b1.sandbox import HARBOUR, NORDWIND
from connectors.sap_b1.settings import SapB1Settings
from connectors.sap_b1.taxes import net_of, shares, tax_on
from connectors.sap_b1.tests.support import (
    DAY,
    card,
    content_of,
    line,
    planned,
    record,
    stored,
    supplier_invoice,
    tag,
)


def test_an_employees_expense_is_an_invoice_of_the_employee() -> None:
    vendor, document = planned(record("119.00", line("119.00", tax=("V19", "19.00"))))
    assert (vendor.kind, document.kind, document.needs) == (Kind.VENDOR, Kind.BILL, vendor.key)
    assert vendor.content["CardName"] == "Ada Holm"
    assert document.content["DocType"] == "dDocument_Service"
    assert document.content["DocumentLines"] == [
        {
            "ItemDescription": "Taxi to client - Ada Holm",
            "AccountCode": "6660",
            "LineTotal": Decimal("100.00"),
            "VatGroup": "V19",
        }
    ]


def test_a_suppliers_invoice_has_three_dates_and_its_own_number() -> None:
    content = content_of(supplier_invoice())
    dates = (content["DocDate"], content["TaxDate"], content["DocDueDate"])
    assert dates == ("2026-11-01", "2026-10-28", "2026-11-27")
    assert content["NumAtCard"] == "RE 2026/007"
    assert content["U_CausewayId"].startswith("RE-2026/007-")


def test_without_the_user_field_the_number_is_our_reference() -> None:
    [_, document] = planned(supplier_invoice(), marker_field="CausewayId")
    bare = {**stored(), "marked": []}
    assert document.content["NumAtCard"] != document.reference
    assert _planned_with(bare, supplier_invoice())["NumAtCard"] == document.reference
    assert "U_CausewayId" not in _planned_with(bare, supplier_invoice())


def test_money_back_is_a_credit_note_with_positive_lines() -> None:
    document = planned(record("-11.90", line("-11.90", tax=("V19", "-1.90"))))[-1]
    assert document.kind is Kind.CREDIT
    assert document.content["DocumentLines"][0]["LineTotal"] == Decimal("10.00")
    assert str(document.total) == "11.90 EUR"


def test_a_card_purchase_is_a_journal_with_its_tax_on_a_line_of_its_own() -> None:
    [document] = planned(card("119.00", line("119.00", tax=("V19", "19.00"))))
    sent = document.content["JournalEntryLines"]
    assert [(one["AccountCode"], one.get("Debit"), one.get("Credit")) for one in sent] == [
        ("6660", Decimal("100.00"), None),
        ("1576", Decimal("19.00"), None),
        ("1460", None, Decimal("119.00")),
    ]
    assert [one.get("TaxGroup") for one in sent] == ["V19", "V19", None]
    assert document.content["Reference2"] == document.reference


def test_money_back_on_a_card_turns_both_sides() -> None:
    [document] = planned(card("10.00", kind="refund"))
    sent = document.content["JournalEntryLines"]
    assert [(one.get("Debit"), one.get("Credit")) for one in sent] == [(None, 10), (10, None)]


def test_in_a_foreign_currency_amounts_stand_in_it_under_the_companys_own_code() -> None:
    invoice = content_of(record("50.00", line("50.00", currency="USD"), currency="USD"))
    assert (invoice["DocCurrency"], invoice["DocumentLines"][0]["RowTotalFC"]) == ("USD", 50)
    journal = content_of(card("50.00", line("50.00", currency="USD"), currency="USD"))
    assert journal["JournalEntryLines"][0] == {
        "AccountCode": "6660",
        "FCCurrency": "USD",
        "FCDebit": 50,
        "LineMemo": "Taxi to client - Ada Holm",
    }
    dollars = content_of(record("50.00", line("50.00", currency="USD"), currency="USD"), HARBOUR)
    assert (dollars["DocCurrency"], dollars["DocumentLines"][0]["LineTotal"]) == ("$", 50)


def test_a_company_with_branches_gets_the_one_of_the_settings() -> None:
    assert content_of(_dollars(), HARBOUR)["BPL_IDAssignedToInvoice"] == 1
    assert _refusal(_dollars(), HARBOUR, branch="").failure is F.CONFIG_INVALID


def test_a_company_that_does_not_say_so_gets_the_branch_of_the_settings_too() -> None:
    assert content_of(record(), NORDWIND, branch="2")["BPL_IDAssignedToInvoice"] == 2


def test_periods_that_tell_no_days_or_are_not_told_leave_it_to_business_one() -> None:
    def silent(name: str, body: object) -> object:
        raise ContractBroken("Business One did not accept a request of ours.")

    assert list(reference.periods(silent)) == []
    assert (
        list(reference.periods(lambda name, body: {"value": [{"AbsoluteEntry": 1, "PeriodCategory": "2026"}]})) == []
    )


def test_where_there_are_tax_codes_a_journals_tax_is_part_of_the_cost() -> None:
    taxed = card("108.00", line("108.00", tax=("NY", "8.00"), currency="USD"), currency="USD")
    assert [one["AccountCode"] for one in content_of(taxed, HARBOUR)["JournalEntryLines"]] == ["6660", "1460"]


def test_tags_become_dimensions_and_a_project_and_the_rest_is_told() -> None:
    tags = tag("Department", "SALES") + tag("Region", "DE") + tag("Projects", "P-01") + tag("Other", "X")
    groups = {"Department": "1", "region": "2", "Projects": "project"}
    mapped = [{"group": group, "axis": axis} for group, axis in groups.items()]
    [sent] = content_of(record("10.00", line("10.00", tags=tags)), mapped=mapped, description="{purpose} {tags}")[
        "DocumentLines"
    ]
    assert {name: sent[name] for name in ("CostingCode", "CostingCode2", "ProjectCode")} == {
        "CostingCode": "SALES",
        "CostingCode2": "DE",
        "ProjectCode": "P-01",
    }
    assert sent["ItemDescription"] == "Taxi to client Other X"


def test_a_payment_leads_to_its_invoice_by_vendor_and_number() -> None:
    invoice = planned(supplier_invoice())[-1]
    [payment] = planned(supplier_invoice(kind="invoice_payment", contra=Account("a", "Bank", "1800")))
    assert payment.needs_alias == invoice.alias != ""
    assert payment.content["TransferAccount"] == "1800"
    assert payment.content["PaymentInvoices"] == [{"InvoiceType": "it_PurchaseInvoice", "SumApplied": 119}]


def test_the_same_record_gives_the_same_documents_and_another_revision_another_reference() -> None:
    assert planned(record()) == planned(record())
    first, second = (planned(record(), revision=n)[-1].reference for n in (1, 2))
    assert first != second


def test_a_vendor_keeps_the_code_that_the_source_knows_and_else_gets_one_of_ours() -> None:
    known = planned(supplier_invoice(vendor=Party("v", "Papier", "V10023")))[0]
    assert (known.reference, known.key.part, known.look_first) == ("V10023", Part.VENDOR, True)
    made = planned(supplier_invoice(vendor=Party("v", "Papier", "a code that is much too long")))[0]
    assert made.reference.startswith("P")
    assert len(made.reference) <= 15
    employee = planned(record(employee=Party("v", "Papier", "a code that is much too long")))[0]
    assert employee.reference != made.reference


def test_texts_for_people_are_cut_and_references_are_not() -> None:
    content = content_of(record(note="x" * 300, book_id="B" * 80))
    assert len(content["DocumentLines"][0]["ItemDescription"]) == 100
    assert len(content["JournalMemo"]) <= 50
    assert len(content["U_CausewayId"]) <= 50
    assert content["U_CausewayId"][-9] == "-"


def test_a_link_stands_whole_behind_a_text_that_is_cut() -> None:
    comments = content_of(record(note="x" * 300, link="https://pleo.example/e/1"))["Comments"]
    assert (len(comments), comments.rpartition(" ")[2]) == (254, "https://pleo.example/e/1")


def test_a_line_without_an_amount_is_none() -> None:
    assert len(content_of(record("9.00", line("9.00"), line("0.00")))["DocumentLines"]) == 1


def test_what_the_settings_leave_out_is_skipped_with_its_reason() -> None:
    with pytest.raises(SkipRecord, match="Fee: the settings leave"):
        planned(card(kind="fee"), fee="leave_out")


@given(
    st.decimals("0.01", "99999", places=2), st.sampled_from([Decimal(0), Decimal(7), Decimal(19), Decimal("8.875")])
)
def test_net_and_its_tax_come_to_the_gross_or_within_a_cent(gross: Decimal, percent: Decimal) -> None:
    net = net_of(gross, percent, 2)
    assert abs(net + tax_on(net, percent, 2) - gross) <= Decimal("0.01")
    for sign in (1, -1):
        of_invoice = shares(sign * net, sign * gross, percent, 2)
        assert sum(one + tax_on(one, percent, 2) for one in of_invoice) == sign * gross
        assert all(of_invoice)


def test_an_amount_that_no_net_comes_to_is_an_invoice_of_two_lines_to_the_cent() -> None:
    """0.03 at 19 %: 0.02 has no tax that can be paid, and 0.03 has one."""
    assert shares(Decimal("0.03"), Decimal("0.03"), Decimal(19), 2) == (Decimal("0.02"), Decimal("0.01"))


TEAM: dict[str, Any] = {"mapped": [{"group": "Team", "axis": "1"}]}
REFUSED: dict[str, tuple[Record, dict[str, Any], F, str]] = {
    "no account": (record("9.00", replace(line("9.00"), account=None)), {}, F.MAPPING_MISSING, "account"),
    "an unknown account": (record("9.00", line("9.00", "4711")), {}, F.MAPPING_MISSING, "account:4711"),
    "a title account": (record("9.00", line("9.00", "6000")), {}, F.MAPPING_STALE, "account:6000"),
    "a frozen account": (record("9.00", line("9.00", "6999")), {}, F.MAPPING_STALE, "account:6999"),
    "a control account": (record("9.00", line("9.00", "3300")), {}, F.REFERENCE_NOT_ALLOWED, "account:3300"),
    "an account in another currency": (
        record("9.00", line("9.00", "1810", currency="GBP"), currency="GBP"),
        {},
        F.REFERENCE_NOT_ALLOWED,
        "account:1810",
    ),
    "no contra account": (card(contra=None), {}, F.CONFIG_INVALID, "contra"),
    "both sides the same": (card("9.00", line("9.00", "1460")), {}, F.REFERENCE_NOT_ALLOWED, "account:1460"),
    "an unknown tax code": (record("9.00", line("9.00", tax=("V99", "1"))), {}, F.MAPPING_MISSING, "tax:V99"),
    "an old tax code": (record("9.00", line("9.00", tax=("V16", "1"))), {}, F.MAPPING_STALE, "tax:V16"),
    "a tax code of sales": (record("9.00", line("9.00", tax=("A19", "1"))), {}, F.MAPPING_STALE, "tax:A19"),
    "a tax without a code": (record("9.00", line("9.00", tax=("", "1"))), {}, F.MAPPING_MISSING, "tax:19"),
    "an unknown rule": (
        record("9.00", line("9.00", tags=tag("Team", "X"))),
        TEAM,
        F.MAPPING_MISSING,
        "tag:Team/X",
    ),
    "a rule of another dimension": (
        record("9.00", line("9.00", tags=tag("Team", "DE"))),
        TEAM,
        F.MAPPING_MISSING,
        "tag:Team/DE",
    ),
    "an inactive rule": (
        record("9.00", line("9.00", tags=tag("Team", "OLD"))),
        TEAM,
        F.MAPPING_STALE,
        "tag:Team/OLD",
    ),
    "a project that is over": (
        record("9.00", line("9.00", tags=tag("Job", "P-00"))),
        {"mapped": [{"group": "Job", "axis": "project"}]},
        F.MAPPING_STALE,
        "tag:Job/P-00",
    ),
    "two tags of one dimension": (
        record("9.00", line("9.00", tags=tag("Team", "SALES") + tag("Team", "IT"))),
        TEAM,
        F.REFERENCE_NOT_ALLOWED,
        "tag:Team/IT",
    ),
    "a closed period": (record(date=date(2025, 12, 31)), {}, F.PERIOD_CLOSED, "date:2025-12-31"),
    "an unknown currency": (
        record("9.00", line("9.00", currency="NOK"), currency="NOK"),
        {},
        F.REFERENCE_NOT_ALLOWED,
        "currency:NOK",
    ),
    "parts of a yen": (
        record("9.50", line("9.50", currency="JPY"), currency="JPY"),
        {},
        F.VALIDATION_FIELD,
        "amount",
    ),
    "nothing": (record("0.00"), {}, F.VALIDATION_FIELD, "amount"),
    "lines that are not the total": (record("9.00", line("8.00")), {}, F.VALIDATION_FIELD, "amount"),
    "an invoice's number of 101 characters": (
        supplier_invoice(invoice=Invoice("9" * 101, DAY)),
        {},
        F.VALIDATION_FIELD,
        "invoice",
    ),
    "a tax number of 33 characters": (
        supplier_invoice(vendor=Party("v", "Papier", tax_number="9" * 33)),
        {},
        F.VALIDATION_FIELD,
        "vendor",
    ),
    "nobody to be paid back": (record(employee=None), {}, F.MAPPING_MISSING, "employee"),
    "no supplier": (supplier_invoice(vendor=None), {}, F.MAPPING_MISSING, "vendor"),
    "a payment of no invoice": (
        supplier_invoice(kind="invoice_payment", invoice=None),
        {},
        F.MAPPING_MISSING,
        "invoice",
    ),
    "a payment that came back": (
        supplier_invoice("-9.00", kind="invoice_payment", contra=Account("a", "Bank", "1800")),
        {},
        F.VALIDATION_FIELD,
        "invoice:RE 2026/007",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_entry_is_refused_with_what_to_do(case: str) -> None:
    given_record, settings, failure, subject = REFUSED[case]
    refusal = _refusal(given_record, **settings)
    assert (refusal.failure, refusal.subject) == (failure, subject)
    assert refusal.sentence.endswith((".", ")."))


def _dollars() -> Record:
    return record("50.00", line("50.00", currency="USD"), currency="USD")


def _refusal(given_record: Record, company: str = NORDWIND, **settings: Any) -> RefuseRecord:
    entry = Entry.of(given_record, Books(stored(company)), SapB1Settings(**settings), 1)
    with pytest.raises(RefuseRecord) as refused:
        planning.plan(entry)
    return refused.value


def _planned_with(reference: dict[str, Any], given_record: Record) -> Any:
    return planning.plan(Entry.of(given_record, Books(reference), SapB1Settings(), 1))[-1].content
