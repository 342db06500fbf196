"""Where Xero's tax is not the receipt's: a remark on what was posted, and nothing else."""

from decimal import Decimal
from typing import Any

import pytest

from connectors.kit.documents import Created, Document
from connectors.kit.records import Tax
from connectors.xero.tests.support import (
    BILL,
    accepted,
    answer,
    bill_of,
    card,
    document_of,
    line,
    money,
    moved,
    record,
    xero,
)


@pytest.mark.parametrize(
    ("in_xero", "on_receipt", "remarks"),
    [
        ("15.89", "15.89", ()),
        ("15.8900", "15.89", ()),
        ("15.89", "15.90", ("tax differs: 15.89 in Xero, 15.90 on the receipt",)),
        ("15.89", "16.58", ("tax differs: 15.89 in Xero, 16.58 on the receipt",)),
        ("0.00", "15.89", ("tax differs: 0.00 in Xero, 15.89 on the receipt",)),
        (None, "15.90", ()),
    ],
)
def test_another_tax_is_a_remark(in_xero: str | None, on_receipt: str, remarks: tuple[str, ...]) -> None:
    document = bill_of(record(lines=(line("99.50", tax=inclusive(on_receipt)),)))
    told = accepted(document, TotalTax=in_xero and Decimal(in_xero))
    assert remarks_of(document, {"Invoices": [told]}) == remarks


def test_the_receipts_tax_of_all_lines_is_compared_and_a_reverse_charge_adds_none() -> None:
    reverse = Tax(Decimal("0.25"), "reverse", money("5.00"), "REVERSE")
    lines = (line("20.00", tax=reverse), line("99.50"), line("-9.50"), line("10.00", tax=None))
    document = document_of(card("120.00", lines=lines))
    assert document.tax == money("14.37")


@pytest.mark.parametrize("sign", [1, -1])
def test_a_journals_tax_is_that_of_its_lines(sign: int) -> None:
    gross, tax = sign * Decimal("99.50"), sign * Decimal("15.88")
    document = document_of(moved("personal_spend", str(gross), contra="2890", lines=(line(str(gross)),)))
    lines = [{"LineAmount": gross, "TaxAmount": tax}, {"LineAmount": -gross, "TaxAmount": Decimal(0)}]
    told = {"ManualJournalID": BILL, "Narration": document.reference, "JournalLines": lines}
    assert remarks_of(document, {"ManualJournals": [told]}) == ("tax differs: 15.88 in Xero, 15.89 on the receipt",)


@pytest.mark.parametrize(("in_xero", "remarks"), [("239.50", 0), ("238.00", 1)])
def test_cents_of_a_currency_that_has_none_are_no_difference(in_xero: str, remarks: int) -> None:
    document = bill_of(record("1500", "JPY"))
    assert document.tax == money("239", "JPY")
    assert len(remarks_of(document, {"Invoices": [accepted(document, TotalTax=Decimal(in_xero))]})) == remarks


def remarks_of(document: Document, told: dict[str, Any]) -> tuple[str, ...]:
    (draft,) = xero().requests([document], {document.needs: BILL} if document.needs else {})
    (outcome,) = xero().read(draft, answer(told))
    assert isinstance(outcome, Created)
    return outcome.remarks


def inclusive(amount: str) -> Tax:
    return Tax(Decimal("0.19"), "inclusive", money(amount), "INPUT")
