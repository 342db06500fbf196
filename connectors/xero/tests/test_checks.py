"""What the organisation's own books do not allow is refused before anything is sent, with its remedy."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connectors.kit.errors import RefuseRecord
from connectors.kit.failures import FailureClass as F
from connectors.kit.records import Account, Invoice, Record, Tag, Tax
from connectors.xero.tests.chart import REFERENCE, account, guid
from connectors.xero.tests.support import bill_of, card, document_of, invoice, line, money, moved, plan, record


def on(*codes: str, **changes: Any) -> Record:
    """A card purchase with a line on each account."""
    lines = tuple(line("10.00", **{"account": account(code), **changes}) for code in codes)
    return card(f"{10 * len(codes)}.00", lines=lines)


def with_tax(code: str, kind: str = "inclusive", place: str = "5800") -> Record:
    return on(place, tax=Tax(Decimal("0.19"), kind, money("1.60"), code))


def tagged(*tags: tuple[str, str]) -> Record:
    return on("5800", tags=tuple(Tag(*tag) for tag in tags))


def in_sek(entry: Record) -> Record:
    (only,) = entry.lines
    amount = money("9.00", "SEK")
    return replace(entry, amount=amount, lines=(replace(only, amount=amount),))


CHECKS: list[tuple[Record, F, str, str]] = [
    (on("5800", "4711"), F.MAPPING_MISSING, "account:4711", "Line 2: Xero has no account 4711"),
    (on("5990"), F.MAPPING_STALE, "account:5990", "Line 1: account 5990 Old advertising is archived"),
    (
        on("5800", account=Account("a", "Gone", "5800", guid("9999"))),
        *(F.MAPPING_MISSING, "account:5800", "Xero has no account 5800"),
    ),
    (on("5800", "1920"), F.REFERENCE_NOT_ALLOWED, "account:1920", "Line 2: account 1920 Bank EUR is a bank account"),
    (on("2440"), F.REFERENCE_NOT_ALLOWED, "account:2440", "kept by Xero itself"),
    (on("2099"), F.REFERENCE_NOT_ALLOWED, "account:2099", "kept by Xero itself"),
    (card(contra=None), F.MAPPING_MISSING, "contra", "no contra account"),
    (card(contra=account("4711")), F.MAPPING_MISSING, "account:4711", "The contra account: Xero has no account 4711"),
    (card(contra=account("1939")), F.MAPPING_STALE, "account:1939", "archived"),
    (card(contra=account("2890")), F.REFERENCE_NOT_ALLOWED, "account:2890", "no bank account in Xero"),
    (
        card("10.00", "SEK", contra=account("1930")),
        *(F.REFERENCE_NOT_ALLOWED, "currency:SEK", "kept in EUR. Choose a bank account in SEK as the wallet's"),
    ),
    (
        in_sek(moved("wallet_topup", code="1920", contra="1690")),
        *(F.REFERENCE_NOT_ALLOWED, "currency:SEK", "kept in EUR. Choose a bank account in SEK for its line"),
    ),
    (record("10.00", "PLN"), F.REFERENCE_NOT_ALLOWED, "currency:PLN", "PLN, which is not switched on"),
    (with_tax("NOPE"), F.MAPPING_MISSING, "tax:NOPE", "Line 1: Xero has no tax rate NOPE"),
    (with_tax("OLD"), F.MAPPING_STALE, "tax:OLD", "no longer in use"),
    (with_tax("OUTPUT"), F.REFERENCE_NOT_ALLOWED, "tax:OUTPUT", "cannot be used with account 5800 Travel"),
    (with_tax("INPUT", place="3990"), F.REFERENCE_NOT_ALLOWED, "tax:INPUT", "account 3990 Cashback"),
    (with_tax("INPUT", "reverse"), F.REFERENCE_NOT_ALLOWED, "tax:INPUT", "takes 19 % out"),
    (card(date=date(2024, 12, 31)), F.PERIOD_CLOSED, "date:2024-12-31", "period lock date, 2024-12-31"),
    (record(date=date(2023, 5, 1)), F.PERIOD_CLOSED, "date:2023-05-01", "Open the period in Xero"),
    (tagged(("Team", "Nobody")), F.MAPPING_MISSING, "tag:Team/Nobody", "Team has no option Nobody"),
    (tagged(("Team", "Print")), F.MAPPING_STALE, "tag:Team/Print", "Team Print is archived"),
    (tagged(("Campaign", "Spring")), F.MAPPING_STALE, "tag:Campaign/Spring", "archived"),
    (tagged(("Team", "Sales"), ("team", "Support")), F.REFERENCE_NOT_ALLOWED, "tag:team/Support", "takes one"),
    (moved("wallet_topup", code="1920"), F.REFERENCE_NOT_ALLOWED, "account:1920", "Enter a bank transfer in Xero"),
    (
        moved("personal_spend", code="1610", contra="1610"),
        *(F.REFERENCE_NOT_ALLOWED, "account:1610", "Both sides"),
    ),
    (moved("personal_spend", code="1610", contra="2440"), F.REFERENCE_NOT_ALLOWED, "account:2440", "manual journal"),
    (
        moved("personal_spend", contra="2890", amount="9.00", lines=(line("9.00", "SEK"),)),
        *(F.VALIDATION_FIELD, "currency:SEK", "in SEK"),
    ),
    (
        moved("external_reimbursement", code="2890", contra=None),
        *(F.MAPPING_MISSING, "contra", "Set the account that reimbursements are paid from"),
    ),
    (invoice(kind="invoice_payment", contra=account("2890")), F.REFERENCE_NOT_ALLOWED, "account:2890", "payments"),
    (invoice(kind="invoice_payment", invoice=None), F.MAPPING_MISSING, "invoice", "which invoice"),
    (invoice(kind="invoice_payment", vendor=None, supplier=None), F.MAPPING_MISSING, "vendor", "no supplier"),
    (
        invoice("-5.00", kind="invoice_payment", contra=account("1930")),
        *(F.VALIDATION_FIELD, "invoice:F 2026/9", "came back"),
    ),
    (
        invoice(kind="invoice_payment", contra=account("1930"), sub_kind="invoice_payment_returned"),
        *(F.VALIDATION_FIELD, "invoice:F 2026/9", "came back"),
    ),
    (on("5800", tax=Tax("0.19", "inclusive", money("1.60"))), F.MAPPING_MISSING, "tax:0.19", "no code of Xero's"),
]


@pytest.mark.parametrize(("entry", "failure", "subject", "words"), CHECKS)
def test_it_is_refused_by_name(entry: Record, failure: F, subject: str, words: str) -> None:
    with pytest.raises(RefuseRecord) as refusal:
        plan(entry)
    assert words in refusal.value.sentence
    assert (refusal.value.failure, refusal.value.subject) == (failure, subject)


def test_a_journal_is_kept_in_the_organisations_own_currency() -> None:
    foreign = moved("personal_spend", contra="2890", lines=(line("99.50", "SEK", account=account("1610")),))
    with pytest.raises(RefuseRecord, match="manual journals in EUR only") as refusal:
        plan(record("99.50", "SEK", kind="personal_spend", lines=foreign.lines, contra=foreign.contra))
    assert refusal.value.subject == "currency:SEK"


def test_the_rate_without_tax_must_fit_too() -> None:
    with pytest.raises(RefuseRecord, match="Set another tax rate for lines without tax"):
        plan(on("5800", tax=None), no_tax_code="OUTPUT")


def test_a_bank_account_without_a_code_is_named_by_its_id() -> None:
    reference = {**REFERENCE, "accounts": [{**one, "code": ""} if one["code"] == "1930" else one for one in ACCOUNTS]}
    wallet = Account("w", "Card", None, guid("1930").upper())
    document = plan(card(contra=wallet), reference=reference)[-1]
    assert document.content["BankAccount"] == {"AccountID": guid("1930")}


ACCOUNTS: list[dict[str, Any]] = REFERENCE["accounts"]


def test_an_account_is_found_by_its_code_where_its_identifier_is_not_xeros() -> None:
    named = Account("a", "Travel", "5800", "erp-acc-77")
    sent = bill_of(record(lines=(line("99.50", account=named),))).content["LineItems"][0]
    assert sent["AccountCode"] == "5800"


def test_an_archived_account_does_not_hide_the_one_that_has_its_code_now() -> None:
    old = {**ACCOUNTS[-1], "code": "5800", "id": guid("0001"), "status": "ARCHIVED"}
    for accounts in ([old, *ACCOUNTS], [*ACCOUNTS, old]):
        assert plan(card(), reference={**REFERENCE, "accounts": accounts})


@pytest.mark.parametrize(
    ("tags", "settings", "sent"),
    [
        ([("TEAM", "sales")], {}, [{"Name": "Team", "Option": "Sales"}]),
        (
            [("Team", "Sales"), ("Region", "North"), ("Cost centre", "C-1")],
            {},
            [{"Name": "Team", "Option": "Sales"}, {"Name": "Region", "Option": "North"}],
        ),
        (
            [("DEPT", "Support")],
            {"tracking": [{"group": "Dept", "category": "Team"}]},
            [{"Name": "Team", "Option": "Support"}],
        ),
        ([("Cost centre", "C-1")], {}, None),
    ],
)
def test_tags_go_to_the_category_of_their_group(
    tags: list[tuple[str, str]], settings: dict[str, Any], sent: list[dict[str, str]] | None
) -> None:
    document = document_of(tagged(*tags), **settings)
    assert document.content["LineItems"][0].get("Tracking") == sent


def test_a_category_of_the_settings_must_be_there() -> None:
    with pytest.raises(RefuseRecord, match="no tracking category project") as refusal:
        plan(tagged(("DEPT", "Support")), tracking=[{"group": "DEPT", "category": "Project"}])
    assert refusal.value.subject == "tag:DEPT/Support"


def test_three_categories_are_one_too_many() -> None:
    third = {"name": "Shop", "status": "ACTIVE", "options": [{"name": "A", "status": "ACTIVE"}]}
    reference = {**REFERENCE, "tracking": [*REFERENCE["tracking"], third]}
    with pytest.raises(RefuseRecord, match="Xero takes two"):
        plan(tagged(("Team", "Sales"), ("Region", "North"), ("Shop", "A")), reference=reference)


@pytest.mark.parametrize(
    ("on_receipt", "sent"),
    [("15.88", Decimal("15.88")), ("15.89", None), ("15.94", Decimal("15.94")), ("15.95", None), ("7.00", None)],
)
def test_the_receipts_tax_is_sent_where_it_differs_by_cents(on_receipt: str, sent: Decimal | None) -> None:
    """19 % of 99.50 is 15.89 for Xero."""
    tax = Tax(Decimal("0.19"), "inclusive", money(on_receipt), "INPUT")
    document = bill_of(record(lines=(line("99.50", tax=tax),)), receipt_tax=True)
    assert document.content["LineItems"][0].get("TaxAmount") == sent


def test_half_a_cent_of_tax_is_rounded_up_as_in_xero() -> None:
    """20 % of 0.15 is 0.025, for Xero and on the receipt 0.03: they agree, and nothing is sent."""
    reference = {**REFERENCE, "tax_rates": [{**one, "percent": "20"} for one in REFERENCE["tax_rates"]]}
    tax = Tax(Decimal("0.2"), "inclusive", money("0.03"), "INPUT")
    document = bill_of(record("0.15", lines=(line("0.15", tax=tax),)), reference=reference, receipt_tax=True)
    assert "TaxAmount" not in document.content["LineItems"][0]


@pytest.mark.parametrize(
    ("on_receipt", "sent"), [("239", Decimal("239.00")), ("244", Decimal("244.00")), ("245", None)]
)
def test_five_yen_are_a_rounding_as_five_cents_are(on_receipt: str, sent: Decimal | None) -> None:
    """19 % of 1500 is 239.50 for Xero, in any currency."""
    tax = Tax(Decimal("0.19"), "inclusive", money(on_receipt, "JPY"), "INPUT")
    document = bill_of(record("1500", "JPY", lines=(line("1500", "JPY", tax=tax),)), receipt_tax=True)
    assert document.content["LineItems"][0].get("TaxAmount") == sent


@pytest.mark.parametrize(
    ("on_receipt", "receipt_tax", "shown"),
    [
        ("15.89", False, "INPUT 15.89 EUR"),
        ("15.90", False, "INPUT 15.89 EUR (receipt: 15.90)"),
        ("15.90", True, "INPUT 15.90 EUR"),
        ("16.58", True, "INPUT 15.89 EUR (receipt: 16.58)"),
        ("0.00", False, "INPUT 15.89 EUR (receipt: 0.00)"),
    ],
)
def test_the_tax_that_is_shown_is_the_one_that_will_be_booked(on_receipt: str, receipt_tax: bool, shown: str) -> None:
    tax = Tax(Decimal("0.19"), "inclusive", money(on_receipt), "INPUT")
    for amount, within in (("99.50", tax), ("-99.50", Tax(tax.rate, tax.kind, -tax.amount, tax.code))):
        document = bill_of(record(amount, lines=(line(amount, tax=within),)), receipt_tax=receipt_tax)
        assert [one.tax for one in document.lines if one.tax] == [shown]


def test_a_reimbursement_paid_elsewhere_in_another_currency_is_entered_by_hand() -> None:
    entry = in_sek(moved("external_reimbursement", code="2890", contra=None))
    with pytest.raises(RefuseRecord, match="The settings know no other account: enter it in Xero by hand"):
        plan(entry, reimbursement_account="1920")


def test_the_receipts_tax_of_money_back_is_positive_too() -> None:
    tax = Tax(Decimal("0.19"), "inclusive", money("15.88"), "INPUT")
    for amount, within in (("99.50", tax), ("-99.50", Tax(tax.rate, tax.kind, -tax.amount, tax.code))):
        entry = card(amount, kind="refund", lines=(line(amount, tax=within),))
        sent = document_of(entry, receipt_tax=True).content["LineItems"][0]
        assert (sent["UnitAmount"], sent["TaxAmount"]) == (Decimal("99.50"), Decimal("15.88"))


def test_a_journal_with_tax_takes_it_out_of_its_line() -> None:
    tax = Tax(Decimal("0.19"), "inclusive", money("15.89"), "INPUT")
    entry = moved("personal_spend", contra="2890", lines=(line("99.50", tax=tax),))
    content = document_of(entry, journal_status="posted").content

    assert (content["Status"], content["LineAmountTypes"]) == ("POSTED", "Inclusive")
    assert [(one["AccountCode"], one["LineAmount"], one["TaxType"]) for one in content["JournalLines"]] == [
        ("5800", Decimal("99.50"), "INPUT"),
        ("2890", Decimal("-99.50"), "NONE"),
    ]


def test_a_payment_needs_the_bill_of_its_supplier_and_number() -> None:
    bill = bill_of(invoice())
    payment = document_of(invoice(entry="e-2", kind="invoice_payment", contra=account("1950")))

    assert payment.needs is None
    assert payment.needs_alias == bill.alias != ""
    assert payment.content["Account"] == {"AccountID": guid("1950")}


@pytest.mark.parametrize("numbers", [("F-9", "F-90"), ("日本", "本日"), ("F/9", "F-9"), ("F 9", "F/9")])
def test_two_invoices_of_a_supplier_have_two_names(numbers: tuple[str, str]) -> None:
    one, other = (bill_of(invoice(invoice=Invoice(number, date(2026, 2, 20)))).alias for number in numbers)
    assert one != other


def test_without_the_chart_only_bills_are_planned() -> None:
    assert bill_of(invoice(), reference={}).content["LineItems"][0]["AccountCode"] == "5800"
    for entry in (card(), moved("personal_spend"), invoice(kind="invoice_payment")):
        with pytest.raises(RefuseRecord) as refusal:
            plan(entry, reference={})
        assert refusal.value.failure is F.CONFIG_INVALID


def test_the_accounts_of_the_settings_are_checked_like_others() -> None:
    with pytest.raises(RefuseRecord, match="The settings: Xero has no account 4711") as refusal:
        plan(moved("external_reimbursement", code="2890", contra=None), reimbursement_account="4711")
    assert refusal.value.subject == "account:4711"


def test_expenses_of_employees_may_be_journals_against_what_is_owed_to_them() -> None:
    document = document_of(record(), out_of_pocket="journal", employee_account="2890")
    assert [one.account for one in document.lines] == ["5800 Travel", "2890 Owed to employees"]
    with pytest.raises(RefuseRecord, match="Set the account for debts to employees"):
        plan(record(), out_of_pocket="journal")
