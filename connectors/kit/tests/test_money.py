from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.money import Money, total

minors = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("minor", "currency", "amount"),
    [
        (1234, "EUR", "12.34"),
        (1500, "ISK", "1500"),
        (1500, "JPY", "1500"),
        (1234, "KWD", "1.234"),
        (-5, "GBP", "-0.05"),
        (0, "SEK", "0.00"),
    ],
)
def test_minor_units_follow_the_currency(minor: int, currency: str, amount: str) -> None:
    assert str(Money.from_minor(minor, currency)) == f"{amount} {currency}"


@pytest.mark.parametrize("amount", [0.1, 1, "1.00", Decimal("NaN"), Decimal("-Infinity")])
def test_nothing_but_a_finite_decimal_is_money(amount: Any) -> None:
    with pytest.raises(TypeError):
        Money(amount, "EUR")


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(ValueError):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "SEK")


@given(st.lists(minors))
def test_a_total_is_exact(parts: list[int]) -> None:
    summed = total((Money.from_minor(part, "EUR") for part in parts), "EUR")
    assert summed == Money(Decimal(sum(parts)) / 100, "EUR")


@given(minors)
def test_an_amount_and_its_opposite_are_nothing(minor: int) -> None:
    money = Money.from_minor(minor, "EUR")
    assert (money + -money).amount == 0
