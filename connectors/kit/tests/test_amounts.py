"""Signs that mean the same for every connector, and amounts that none of them could post."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from connectors.kit import amounts
from connectors.kit.errors import RefuseRecord
from connectors.kit.failures import FailureClass
from connectors.kit.money import Money
from connectors.kit.records import Line, Record, Tax


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def entry(amount: str, *lines: str, kind: str = "card_purchase") -> Record:
    tax = Tax(Decimal("0.19"), "inclusive", euros("1.60"), "INPUT")
    parts = tuple(Line(f"line-{place}", euros(one), None, tax) for place, one in enumerate(lines, 1))
    day = date(2026, 2, 27)
    return Record(entry="e-1", kind=kind, date=day, amount=euros(amount), lines=parts, book_id="BOOK-1")


def test_a_refund_is_money_back_whatever_its_sign() -> None:
    record = replace(entry("10.00", "10.00", kind="refund"), original=euros("10.00"))
    back = amounts.signed(record)
    assert (back.amount, back.original, back.lines[0].amount) == (euros("-10.00"),) * 3
    assert [line.tax and line.tax.amount for line in back.lines] == [euros("-1.60")]
    assert amounts.signed(back) == back


def test_of_other_entries_the_sign_decides() -> None:
    assert amounts.signed(entry("10.00", "10.00")) == entry("10.00", "10.00")


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (entry("0.00", "0.00"), "nothing to post"),
        (entry("10.00"), "has no lines"),
        (entry("10.00", "4.00", "5.99"), "The lines come to 9.99 EUR"),
        (entry("10.005", "10.005"), "more decimals than Acme keeps of EUR (2)"),
        (entry("1" + "0" * 30, "1" + "0" * 29), "The lines come to"),
        (replace(entry("10.00", "10.00"), amount=Money(Decimal(10), "SEK")), "in EUR"),
        (
            replace(entry("10.00", "10.00"), amount=Money(Decimal(10), "€")),
            "not known",
        ),
    ],
)
def test_what_cannot_be_posted_says_why(record: Record, words: str) -> None:
    with pytest.raises(RefuseRecord) as refusal:
        amounts.check(record, decimals=2, erp="Acme")
    assert refusal.value.failure is FailureClass.VALIDATION_FIELD
    assert words in refusal.value.sentence


def test_zeros_behind_the_last_decimal_are_none() -> None:
    amounts.check(entry("10.000", "10.000"), decimals=2, erp="Acme")
    amounts.check(entry("1500", "1500.00"), decimals=0, erp="Acme")
