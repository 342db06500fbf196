"""Money is Decimal from the first byte to the last."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

# ISO 4217: currencies whose minor unit is not a hundredth.
_NO_MINOR_UNIT = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND".split()
EXPONENTS = {**dict.fromkeys(_NO_MINOR_UNIT, 0), **dict.fromkeys(_THOUSANDTHS, 3)}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in major units (12.34, not 1234) and its ISO 4217 currency."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise TypeError(f"money is a finite Decimal, not {self.amount!r}: write Decimal(...) around it")

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> "Money":
        """`minor` in the currency's smallest unit: 1234 EUR is 12.34, 1500 ISK is 1500."""
        return cls(Decimal(minor).scaleb(-EXPONENTS.get(currency, 2)), currency)

    def __add__(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return Money(self.amount + other.amount, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def total(amounts: Iterable[Money], currency: str) -> Money:
    return sum(amounts, Money(Decimal(0), currency))
