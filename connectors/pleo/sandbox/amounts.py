"""Money as Pleo writes it: whole minor units of the supplier's currency and of the wallet's, side by side."""

from decimal import ROUND_HALF_UP, Decimal

from connectors.kit.sandbox import Document
from connectors.pleo.sandbox.names import EUROS, EXPONENTS

SIDES = ("inSupplierCurrency", "inWalletCurrency")


def amount(euros: Decimal, supplier: str, wallet: str, sign: int = 1) -> Document:
    """At least one minor unit on each side."""
    return {side: _money(euros, currency, sign) for side, currency in zip(SIDES, (supplier, wallet), strict=True)}


def _money(euros: Decimal, currency: str, sign: int) -> Document:
    exact = euros / EUROS[currency] * 10 ** EXPONENTS.get(currency, 2)
    return {"currency": currency, "value": sign * max(_whole(exact), 1)}


def tax_within(gross: Document, rate: Decimal) -> Document:
    """The tax that is in an amount."""
    return {
        side: {**money, "value": money["value"] - _whole(money["value"] / (1 + rate))}
        for side, money in gross.items()
    }


def tax_upon(net: Document, rate: Decimal) -> Document:
    return {side: {**money, "value": _whole(money["value"] * rate)} for side, money in net.items()}


def minus(one: Document, other: Document) -> Document:
    return {side: {**money, "value": money["value"] - other[side]["value"]} for side, money in one.items()}


def shifted(one: Document, units: int) -> Document:
    """By so many minor units on each side."""
    return {side: {**money, "value": money["value"] + units} for side, money in one.items()}


def total(several: list[Document]) -> Document:
    return {
        side: {**money, "value": sum(one[side]["value"] for one in several)} for side, money in several[0].items()
    }


def _whole(number: Decimal) -> int:
    return int(Decimal(number).quantize(Decimal(1), ROUND_HALF_UP))
