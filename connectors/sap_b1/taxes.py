"""The tax of a line: Business One takes net amounts and adds its own tax, the receipt has the gross."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from connectors.kit import faults
from connectors.kit.records import Line
from connectors.sap_b1.books import TaxCode
from connectors.sap_b1.entry import Entry

_STEPS = (0, 1, -1, 2, -2)


@dataclass(frozen=True)
class LineTax:
    """`net` and `tax` in the entry's currency, signed as the line; `receipt`: the tax that the receipt names.

    `shares`: the net amounts of an invoice's lines, more than one where only so the whole comes to the gross.
    """

    net: Decimal
    tax: Decimal
    code: TaxCode | None = None
    receipt: Decimal = Decimal(0)
    shares: tuple[Decimal, ...] = ()

    @property
    def shown(self) -> str:
        return f"{self.code.code} {abs(self.tax)}" if self.code else ""

    @property
    def named(self) -> dict[str, str]:
        """As a line of an invoice names it."""
        return {self.code.field: self.code.code} if self.code else {}


def of_line(entry: Entry, line: Line, place: int) -> LineTax:
    gross, tax = line.amount.amount, line.tax
    if tax is None or not (tax.code or tax.amount.amount):
        return LineTax(gross, Decimal(0), _untaxed(entry, place), shares=(gross,))
    if not tax.code:
        raise faults.missing(
            f"Line {place}: the tax ({tax.rate}) has no code. Give it the one of Business One and export the entry"
            " again.",
            f"tax:{tax.rate}",
        )
    if tax.kind == "exclusive":
        raise faults.bad(
            f"Line {place} is without its tax; only amounts with tax can be posted. Correct the entry.", "tax"
        )
    code = _usable(entry, tax.code, f"Line {place}")
    percent = code.percent(entry.record.date)
    if tax.kind == "reverse":
        if percent:
            raise faults.not_allowed(
                f"Line {place}: the entry reverses the charge, but tax code {code.code} adds"
                f" {percent.normalize():f} % in Business One. Choose a tax code for reverse charges and export the"
                " entry again.",
                f"tax:{code.code}",
            )
        return LineTax(gross, Decimal(0), code, shares=(gross,))
    decimals = entry.currency.decimals
    net = net_of(gross, percent, decimals)
    return LineTax(net, gross - net, code, tax.amount.amount, shares(net, gross, percent, decimals))


def net_of(gross: Decimal, percent: Decimal, decimals: int) -> Decimal:
    """The net amount that comes to `gross` when its tax, rounded, is added. Where rounding knows none (0.07 at 19 %
    may be 0.06 + 0.01, but some amounts have no such pair) it is the nearest one."""
    step = Decimal(1).scaleb(-decimals)
    near = (gross * 100 / (100 + percent)).quantize(step, ROUND_HALF_UP)
    tried = (near + step * n for n in _STEPS)
    return next((net for net in tried if net + tax_on(net, percent, decimals) == gross), near)


def shares(net: Decimal, gross: Decimal, percent: Decimal, decimals: int) -> tuple[Decimal, ...]:
    """`net`, or where its tax does not bring it to `gross`: the one just below, and the cent that is left, which is
    too little for a tax of its own."""
    step = Decimal(1).scaleb(-decimals).copy_sign(gross)
    below = net if abs(net + tax_on(net, percent, decimals)) <= abs(gross) else net - step
    left = gross - below - tax_on(below, percent, decimals)
    if left and tax_on(left, percent, decimals):
        return (net,)  # a rate of half the amount or more
    return tuple(amount for amount in (below, left) if amount)


def tax_on(net: Decimal, percent: Decimal, decimals: int) -> Decimal:
    """As Business One computes it for a line."""
    return (net * percent / 100).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _untaxed(entry: Entry, place: int) -> TaxCode | None:
    code = entry.settings.no_tax_code
    return _usable(entry, code, f"Line {place}") if code else None


def _usable(entry: Entry, code: str, where: str) -> TaxCode:
    found = entry.books.taxes.get(code)
    if found is None:
        raise faults.missing(
            f"{where}: Business One has no tax code {code}. Add it there or choose another one, then export the entry"
            " again.",
            f"tax:{code}",
        )
    if not found.is_usable:
        raise faults.stale(
            f"{where}: tax code {code} ({found.name}) is inactive in Business One or not for purchases. Choose"
            " another one and export the entry again.",
            f"tax:{code}",
        )
    return found
