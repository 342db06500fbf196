"""The tax of a line: shares of its amount, so that net and NetSuite's own tax come to the receipt's total exactly.

NetSuite computes the tax of each line from its net. Where the receipt says another one (several rates on one receipt,
a rounded sum), the line is split: what bears just that tax, and the rest without any.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from connectors.kit import faults
from connectors.kit.records import Line
from connectors.netsuite.books import TaxCode
from connectors.netsuite.entry import Entry


@dataclass(frozen=True)
class Share:
    """`tax` is what NetSuite will add to `net`; both have the line's sign."""

    net: Decimal
    tax: Decimal = Decimal(0)
    code: TaxCode | None = None


def receipt_tax(line: Line, place: int) -> Decimal:
    """What is in the line's amount by the receipt; none where the charge is reversed. Raises RefuseRecord."""
    if line.tax is None or line.tax.kind == "reverse":
        return Decimal(0)
    if line.tax.kind == "exclusive":
        raise faults.bad(
            f"Line {place} is without its tax; only amounts with tax can be posted. Correct the entry.", "tax"
        )
    return line.tax.amount.amount


def shares(entry: Entry, line: Line, place: int) -> tuple[Share, ...]:
    tax, amount = line.tax, line.amount.amount
    receipt = receipt_tax(line, place)
    if tax is None or not (tax.code or receipt):
        return (Share(amount, code=_none(entry)),)
    code = _code(entry, tax.code or "", str(tax.rate), place)
    if tax.kind == "reverse":
        return (_reversed(amount, code, place),)
    if code.rate is None:  # nobody can say what NetSuite will add: reading the document back shows it
        return (Share(amount - receipt, receipt, code),)
    return _fitting(entry, amount - receipt, receipt, code, place)


def _fitting(entry: Entry, net: Decimal, receipt: Decimal, code: TaxCode, place: int) -> tuple[Share, ...]:
    rate = code.rate or Decimal(0)
    if _added(net, rate, entry.unit) == receipt:
        return (Share(net, receipt, code),)
    about = (receipt * 100 / rate).quantize(entry.unit, ROUND_HALF_UP) if rate else Decimal(0)
    for taxed in (about, about - entry.unit, about + entry.unit):
        if rate and _added(taxed, rate, entry.unit) == receipt:
            return Share(taxed, receipt, code), Share(net - taxed, code=_none(entry))
    raise faults.not_allowed(
        f"Line {place}: the receipt has {abs(receipt)} of tax, which tax code {code.name} ({rate} %) cannot come to."
        " Choose another tax code and export the entry again.",
        f"tax:{code.name}",
    )


def _added(net: Decimal, rate: Decimal, unit: Decimal) -> Decimal:
    return (net * rate / 100).quantize(unit, ROUND_HALF_UP)


def _reversed(amount: Decimal, code: TaxCode, place: int) -> Share:
    if code.rate:
        raise faults.not_allowed(
            f"Line {place}: the entry reverses the charge, but NetSuite would add {code.rate} % for tax code"
            f" {code.name}. Choose a tax code for reverse charges and export the entry again.",
            f"tax:{code.name}",
        )
    return Share(amount, code=code)


def _none(entry: Entry) -> TaxCode | None:
    wanted = entry.settings.no_tax_code
    return _of_books(entry, wanted, "The settings") if wanted else None


def _code(entry: Entry, wanted: str, rate: str, place: int) -> TaxCode:
    if not wanted:
        raise faults.missing(
            f"Line {place}: the tax ({rate}) has no code of NetSuite's. Give it one and export the entry again.",
            f"tax:{rate}",
        )
    return _of_books(entry, wanted, f"Line {place}")


def _of_books(entry: Entry, wanted: str, where: str) -> TaxCode:
    found = [one for one in entry.books.tax_codes if wanted.casefold() in {one.name.casefold(), one.id}]
    if not found:
        raise faults.missing(
            f"{where}: NetSuite has no tax code {wanted}. Add it in NetSuite or choose another one, then export the"
            " entry again.",
            f"tax:{wanted}",
        )
    if active := next((one for one in found if not one.inactive), None):
        return active
    raise faults.stale(
        f"{where}: tax code {wanted} is inactive in NetSuite. Make it active there or choose another one, then export"
        " the entry again.",
        f"tax:{wanted}",
    )
