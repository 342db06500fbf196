"""The tax of a line: Xero's rate, and the receipt's own amount where it may differ by cents."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from connectors.kit.records import Line
from connectors.xero import faults
from connectors.xero.books import Account, Books
from connectors.xero.entry import CENT, Entry

#: A rounding, not another rate: more than that a receipt's sum of items does not differ.
ROUNDING = Decimal("0.05")


@dataclass(frozen=True)
class LineTax:
    """`amount` replaces Xero's own computation; positive where the line is a debit. `shown` is for people."""

    type: str
    amount: Decimal | None = None
    shown: str = ""


def of_line(entry: Entry, line: Line, account: Account, place: int) -> LineTax:
    tax = line.tax
    if tax is None or not (tax.code or tax.amount.amount):
        return LineTax(untaxed(entry, account, f"Line {place}"))
    if not tax.code:
        raise faults.missing(
            f"Line {place}: the tax ({tax.rate}) has no code of Xero's. Give it one and export the entry again.",
            f"tax:{tax.rate}",
        )
    if tax.kind == "exclusive":
        raise faults.bad(
            f"Line {place} is without its tax; only amounts with tax can be posted. Correct the entry.", "tax"
        )
    _check(entry.books, tax.code, account, f"Line {place}", "Choose another tax code or account")
    percent = _percent(entry.books, tax.code)
    if tax.kind == "reverse" and percent:
        share = f"{percent.normalize():f} %"
        raise faults.not_allowed(
            f"Line {place}: the entry reverses the charge, but tax rate {tax.code} takes {share} out"
            " of the amount in Xero. Choose a tax code for reverse charges and export the entry again.",
            f"tax:{tax.code}",
        )
    return LineTax(tax.code, _override(entry, line, percent), _shown(line))


def untaxed(entry: Entry, account: Account, where: str) -> str:
    code = entry.settings.no_tax_code
    _check(entry.books, code, account, where, "Set another tax rate for lines without tax")
    return code


def _check(books: Books, code: str, account: Account, where: str, remedy: str) -> None:
    if not books.is_read:
        return
    rate = books.tax_rates.get(code)
    if rate is None:
        raise faults.missing(
            f"{where}: Xero has no tax rate {code}. {remedy} and export the entry again.", f"tax:{code}"
        )
    if rate.status != "ACTIVE":
        raise faults.stale(
            f"{where}: tax rate {code} ({rate.name}) is no longer in use in Xero. {remedy} and export the entry"
            " again.",
            f"tax:{code}",
        )
    if account.group and account.group not in rate.groups:
        raise faults.not_allowed(
            f"{where}: tax rate {code} ({rate.name}) cannot be used with account {account.label} in Xero. {remedy}"
            " and export the entry again.",
            f"tax:{code}",
        )


def _percent(books: Books, code: str) -> Decimal | None:
    rate = books.tax_rates.get(code)
    return rate.percent if rate else None


def _override(entry: Entry, line: Line, percent: Decimal | None) -> Decimal | None:
    """The receipt's tax, if it is not what Xero computes but near: Xero rounds per line to cents (sheet, 4.1)."""
    tax = line.tax
    if not entry.settings.receipt_tax or tax is None or tax.kind != "inclusive" or percent is None:
        return None
    computed = (line.amount.amount * percent / (100 + percent)).quantize(CENT, ROUND_HALF_UP)
    near = 0 < abs(tax.amount.amount - computed) <= ROUNDING
    return tax.amount.amount.quantize(CENT) if near else None


def _shown(line: Line) -> str:
    tax = line.tax
    assert tax is not None  # noqa: S101 - asked for taxed lines only
    if tax.kind == "reverse":
        return f"{tax.code} (reverse charge)"
    amount = abs(tax.amount.amount)
    return f"{tax.code} {amount} {tax.amount.currency}" if amount else str(tax.code)
