"""A stand-in for the day rates of XE.com."""

from decimal import Decimal

_IN_USD = {
    "USD": "1",
    "EUR": "1.08",
    "GBP": "1.27",
    "DKK": "0.145",
    "SEK": "0.095",
    "NOK": "0.092",
    "JPY": "0.0066",
}


def day_rate(base: str, code: str) -> Decimal:
    """Units of the currency `code` for one of the organisation's own."""
    ratio = Decimal(_IN_USD.get(base, "1")) / Decimal(_IN_USD.get(code, "1"))
    return ratio.quantize(Decimal("0.000001"))
