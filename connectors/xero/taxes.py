"""The tax of a line: Xero's rate, and the receipt's own amount where it may differ by cents."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from connectors.kit import faults
from connectors.kit.money import EXPONENTS
from connectors.kit.records import Line, Tax
from connectors.xero.books import Account, Books
from connectors.xero.entry import CENT, Entry

#: A rounding, not another rate: by more of the currency's smallest units a receipt's sum of items does not differ.
ROUNDING = 5


@dataclass(frozen=True)
class LineTax:
    """`amount` replaces Xero's own computation; positive where the line is a debit, as `receipt`, which is what the
    receipt says is in the line's amount. `shown` is for people."""

    type: str
    amount: Decimal | None = None
    shown: str = ""
    receipt: Decimal = Decimal(0)


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
    if tax.kind == "reverse":
        return LineTax(tax.code, shown=f"{tax.code} (reverse charge)")
    computed = _computed(line, percent)
    override = _override(entry, tax, computed)
    booked = computed if override is None else override
    return LineTax(tax.code, override, _shown(tax, booked), tax.amount.amount)


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


def _computed(line: Line, percent: Decimal | None) -> Decimal | None:
    """As Xero computes it: for each line, rounded to cents in every currency (sheet, 4.1)."""
    if percent is None:
        return None
    return (line.amount.amount * percent / (100 + percent)).quantize(CENT, ROUND_HALF_UP)


def _override(entry: Entry, tax: Tax, computed: Decimal | None) -> Decimal | None:
    """The receipt's tax, if it is not what Xero computes but near."""
    if not entry.settings.receipt_tax or tax.kind != "inclusive" or computed is None:
        return None
    most = Decimal(ROUNDING).scaleb(-EXPONENTS.get(tax.amount.currency, 2))
    near = 0 < abs(tax.amount.amount - computed) <= most
    return tax.amount.amount.quantize(CENT) if near else None


def _shown(tax: Tax, booked: Decimal | None) -> str:
    """What will be booked; beside it the receipt's, where that is another one."""
    receipt, currency = abs(tax.amount.amount), tax.amount.currency
    amount = receipt if booked is None else abs(booked)
    told = f"{tax.code} {amount} {currency}" if amount else str(tax.code)
    return told if agree(amount, receipt, currency) else f"{told} (receipt: {receipt})"


def agree(one: Decimal, other: Decimal, currency: str) -> bool:
    """Within half of the currency's smallest unit: Xero has cents of yen, a receipt has none."""
    return 2 * abs(one - other) <= Decimal(1).scaleb(-EXPONENTS.get(currency, 2))
