"""What an accountant looks at, type by type: kind, contact, accounts on both sides, tax, sign, currency, reference.

Read a row as: this entry becomes this document, with this contact, debits these accounts and credits those.
"""

import re
from dataclasses import replace
from typing import Any

import pytest

from connectors.kit.documents import BookLine, Document, Kind, marker
from connectors.kit.errors import SkipRecord
from connectors.kit.money import Money
from connectors.kit.records import Party, Record
from connectors.xero.tests.chart import account
from connectors.xero.tests.support import card, invoice, line, money, moved, plan, record

TRAVEL, CARD, PAYABLE = "5800 Travel", "1930 Card EUR", "2440 Accounts payable"
TAXED = f"{TRAVEL} 99.50 EUR INPUT 15.89 EUR"
RAIL, ADA, OURS = "RAIL AB", "Ada Holm", "Company cards"
NAMED = {Kind.BILL, Kind.CREDIT, Kind.SPEND, Kind.RECEIVE}
FEE = moved("fee", "4.00", "6570")
PAID_ELSEWHERE = moved("external_reimbursement", code="2890", contra=None)
TO_ADA: dict[str, Any] = {"employee": Party("u-1", "Ada Holm", "E-12")}
USUAL: dict[str, Any] = {"reimbursement_account": "1690", "employee_account": "2890"}

TABLE: list[tuple[Record, Kind, str, str, str]] = [
    # Money spent on, and received on, the wallet's bank account
    (card(), Kind.SPEND, RAIL, TAXED, f"{CARD} 99.50 EUR"),
    (card(kind="card_invoice"), Kind.SPEND, RAIL, TAXED, f"{CARD} 99.50 EUR"),
    (FEE, Kind.SPEND, OURS, "6570 Bank fees 4.00 EUR", f"{CARD} 4.00 EUR"),
    (moved("atm_withdrawal", code="1950"), Kind.SPEND, OURS, "1950 Cash at hand 99.50 EUR", f"{CARD} 99.50 EUR"),
    (card("-99.50", kind="refund"), Kind.RECEIVE, RAIL, f"{CARD} 99.50 EUR", TAXED),
    (card("99.50", kind="refund"), Kind.RECEIVE, RAIL, f"{CARD} 99.50 EUR", TAXED),
    (card("-99.50", kind="chargeback"), Kind.RECEIVE, RAIL, f"{CARD} 99.50 EUR", TAXED),
    (moved("cashback", "-3.10", "3990"), Kind.RECEIVE, OURS, f"{CARD} 3.10 EUR", "3990 Cashback 3.10 EUR"),
    (card("-99.50"), Kind.RECEIVE, RAIL, f"{CARD} 99.50 EUR", TAXED),
    # Bills, and credit notes where it is money back
    (record(), Kind.BILL, ADA, TAXED, f"{PAYABLE} 99.50 EUR"),
    (
        moved("mileage", contra=None, **TO_ADA),
        Kind.BILL,
        ADA,
        "1690 Money in transit 99.50 EUR",
        f"{PAYABLE} 99.50 EUR",
    ),
    (
        moved("per_diem", contra=None, **TO_ADA),
        Kind.BILL,
        ADA,
        "1690 Money in transit 99.50 EUR",
        f"{PAYABLE} 99.50 EUR",
    ),
    (invoice(), Kind.BILL, "Rail AB", TAXED, f"{PAYABLE} 99.50 EUR"),
    (invoice("-99.50"), Kind.CREDIT, "Rail AB", f"{PAYABLE} 99.50 EUR", TAXED),
    (record("-99.50"), Kind.CREDIT, ADA, f"{PAYABLE} 99.50 EUR", TAXED),
    # The payment of a bill
    (
        invoice(kind="invoice_payment", contra=account("1930")),
        *(Kind.PAYMENT, "", f"{PAYABLE} 99.50 EUR", f"{CARD} 99.50 EUR"),
    ),
    # Journals, and money where one side is a bank account
    (PAID_ELSEWHERE, Kind.JOURNAL, "", "2890 Owed to employees 99.50 EUR", "1690 Money in transit 99.50 EUR"),
    (
        moved("direct_reimbursement", code="2890", **TO_ADA),
        *(Kind.SPEND, ADA, "2890 Owed to employees 99.50 EUR", f"{CARD} 99.50 EUR"),
    ),
    (
        moved("direct_reimbursement", code="2890", sub_kind="reimbursement_to_company", **TO_ADA),
        *(Kind.RECEIVE, ADA, f"{CARD} 99.50 EUR", "2890 Owed to employees 99.50 EUR"),
    ),
    (moved("wallet_topup", "-99.50"), Kind.RECEIVE, OURS, f"{CARD} 99.50 EUR", "1690 Money in transit 99.50 EUR"),
    (moved("wallet_topup", "99.50"), Kind.RECEIVE, OURS, f"{CARD} 99.50 EUR", "1690 Money in transit 99.50 EUR"),
    (
        moved("wallet_topup", "-99.50", code="1920", contra="1690"),
        *(Kind.SPEND, OURS, "1690 Money in transit 99.50 EUR", "1920 Bank EUR 99.50 EUR"),
    ),
    (moved("wallet_unload"), Kind.SPEND, OURS, "1690 Money in transit 99.50 EUR", f"{CARD} 99.50 EUR"),
    (
        moved("wallet_unload", code="1920", contra="1690"),
        *(Kind.RECEIVE, OURS, "1920 Bank EUR 99.50 EUR", "1690 Money in transit 99.50 EUR"),
    ),
    (
        moved("personal_spend", code="1610", contra="2890"),
        *(Kind.JOURNAL, "", "1610 Advances to employees 99.50 EUR", "2890 Owed to employees 99.50 EUR"),
    ),
    (
        moved("personal_spend", "-99.50", code="1610", contra="2890"),
        *(Kind.JOURNAL, "", "2890 Owed to employees 99.50 EUR", "1610 Advances to employees 99.50 EUR"),
    ),
    (
        moved("something_new", code="1610", contra="2890"),
        *(Kind.JOURNAL, "", "1610 Advances to employees 99.50 EUR", "2890 Owed to employees 99.50 EUR"),
    ),
    # Other currencies, in the account that is kept in them
    (card("1200", "SEK"), Kind.SPEND, RAIL, f"{TRAVEL} 1200 SEK INPUT 191.60 SEK", "1931 Card SEK 1200 SEK"),
    (card("1500", "JPY"), Kind.SPEND, RAIL, f"{TRAVEL} 1500 JPY INPUT 239.50 JPY", "1933 Card JPY 1500 JPY"),
    (record("1500", "JPY"), Kind.BILL, ADA, f"{TRAVEL} 1500 JPY INPUT 239.50 JPY", f"{PAYABLE} 1500 JPY"),
    # Lines of both signs
    (
        card("10.00", lines=(line("12.00"), line("-2.00", account=account("6110"), tax=None))),
        *(
            Kind.SPEND,
            RAIL,
            f"{TRAVEL} 12.00 EUR INPUT 1.92 EUR",
            f"6110 Office supplies 2.00 EUR + {CARD} 10.00 EUR",
        ),
    ),
]


def shown(one: BookLine) -> str:
    return " ".join(str(part) for part in (one.account, one.debit or one.credit, one.tax) if part)


ENTRIES = [row[0] for row in TABLE]
IDS = [f"{place}: {entry.kind} {entry.amount}" for place, entry in enumerate(ENTRIES, 1)]


@pytest.mark.parametrize(("entry", "kind", "contact", "debit", "credit"), TABLE, ids=IDS)
def test_the_books_say(entry: Record, kind: Kind, contact: str, debit: str, credit: str) -> None:
    *contacts, document = plan(entry, **USUAL)

    assert document.kind is kind
    assert [one.content["Name"] for one in contacts] == [contact] * (kind in NAMED)
    assert " + ".join(shown(one) for one in document.lines if one.debit) == debit
    assert " + ".join(shown(one) for one in document.lines if one.credit) == credit
    assert document.total == Money(abs(entry.amount.amount), entry.amount.currency)


@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_debits_equal_credits_and_the_document_says_the_same(entry: Record) -> None:
    document = plan(entry, **USUAL)[-1]

    debits = sum(one.debit.amount for one in document.lines if one.debit)
    credits_ = sum(one.credit.amount for one in document.lines if one.credit)
    assert debits == credits_ > 0
    assert sent_total(document) == document.total


def sent_total(document: Document) -> Money:
    """Out of what is sent, as Xero adds it up."""
    content, currency = document.content, str(document.total).split()[-1]
    if document.kind is Kind.PAYMENT:
        return Money(content["Amount"], currency)
    if document.kind is Kind.JOURNAL:
        return Money(abs(content["JournalLines"][-1]["LineAmount"]), currency)
    return Money(sum(one["Quantity"] * one["UnitAmount"] for one in content["LineItems"]), currency)


@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_its_reference_is_one_that_a_filter_finds(entry: Record) -> None:
    document = plan(entry, **USUAL)[-1]
    mark = marker(document.key, 1)

    if document.kind is Kind.JOURNAL:
        assert document.reference.endswith(f" [BOOK-1-{mark}]")
        assert len(document.reference) <= 250
        assert not set("\"'\\") & set(document.reference)
    else:
        assert re.fullmatch(r"[A-Za-z0-9._-]{8,40}", document.reference)
        assert document.reference.endswith(mark)
    assert len({plan(replace(entry, entry=other), **USUAL)[-1].reference for other in ("a", "b")}) == 2


@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_nothing_is_posted_twice_by_a_changed_order_of_work(entry: Record) -> None:
    assert plan(entry, **USUAL) == plan(entry, **USUAL)


def test_an_entry_that_is_left_out_becomes_nothing() -> None:
    with pytest.raises(SkipRecord, match="Wallet top-up"):
        plan(moved("wallet_topup"), wallet_topup="leave_out")


def test_a_bill_that_is_paid_at_once_is_authorised_and_has_its_payment() -> None:
    contact, bill, payment = plan(card(), card_purchase="bill_paid")

    assert (bill.kind, bill.content["Status"], bill.needs) == (Kind.BILL, "AUTHORISED", contact.key)
    assert (payment.kind, payment.needs, payment.total) == (Kind.PAYMENT, bill.key, money("99.50"))
    assert [shown(one) for one in payment.lines] == [f"{PAYABLE} 99.50 EUR", f"{CARD} 99.50 EUR"]
    assert bill.reference != payment.reference
