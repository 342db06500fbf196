"""What a connector may rely on of an entry's amounts before it plans: signs that mean something, sums that agree."""

import re
from dataclasses import replace

from connectors.kit import faults
from connectors.kit.entries import EntryKind, EntrySubKind
from connectors.kit.money import Money, total
from connectors.kit.records import Line, Record

#: Types and sub-types that bring money into the wallet, whatever their sign: no source documents it for them. For all
#: others the sign decides.
MONEY_BACK = frozenset(
    {
        *(EntryKind.REFUND, EntryKind.CHARGEBACK, EntryKind.CASHBACK, EntryKind.WALLET_TOPUP),
        *(EntrySubKind.REIMBURSEMENT_TO_EMPLOYEE_REFUND, EntrySubKind.REIMBURSEMENT_TO_COMPANY),
        EntrySubKind.INVOICE_PAYMENT_RETURNED,
    }
)


def signed(record: Record) -> Record:
    """With signs that can be relied on: positive is a cost or money that leaves, negative is money back."""
    if not {record.kind, record.sub_kind} & MONEY_BACK or record.amount.amount < 0:
        return record
    lines = tuple(negative(line) for line in record.lines)
    original = -record.original if record.original else None
    return replace(record, amount=-record.amount, lines=lines, original=original)


def negative(line: Line) -> Line:
    tax = replace(line.tax, amount=-line.tax.amount) if line.tax else None
    return replace(line, amount=-line.amount, tax=tax)


def check(record: Record, *, decimals: int, erp: str) -> None:
    """`decimals`: how many `erp` keeps of the entry's currency. Raises RefuseRecord."""
    amount, currency = record.amount, record.amount.currency
    if not re.fullmatch("[A-Z]{3}", currency):
        raise faults.bad(f"The entry's currency is not known ({currency}). Correct it.", f"currency:{currency}")
    if amount.amount == 0:
        raise faults.bad(
            "The entry's total is zero, so there is nothing to post. Leave it out of the export.", "amount"
        )
    if not record.lines:
        raise faults.bad(f"The entry has no lines, its total is {amount}. Correct it and export it again.", "amount")
    for place, line in enumerate(record.lines, 1):
        _check_line(line.amount, currency, f"Line {place}", decimals, erp)
    lines = total((line.amount for line in record.lines), currency)
    if lines != amount:
        raise faults.bad(f"The lines come to {lines}, the entry to {amount}. Correct the entry.", "amount")


def _check_line(money: Money, currency: str, line: str, decimals: int, erp: str) -> None:
    if money.currency != currency:
        raise faults.bad(
            f"{line} is in {money.currency}, the entry in {currency}. Correct the entry.",
            f"currency:{money.currency}",
        )
    if -int(money.amount.normalize().as_tuple().exponent) > decimals:
        raise faults.bad(
            f"{line} ({money}) has more decimals than {erp} keeps of {currency} ({decimals}). Round it.", "amount"
        )
