"""A record on its way into Xero: with the books, the settings and the revision it is planned for."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from connectors.kit.documents import Key, Part, marker
from connectors.kit.money import Money, total
from connectors.kit.records import Line, Record
from connectors.xero import cleaning, faults
from connectors.xero.books import Books
from connectors.xero.settings import Form, XeroSettings

CENT = Decimal("0.01")
MOST = Decimal("9999999999.99")  # of a line, LineAmount
#: Types and sub-types that bring money into the wallet, whatever their sign: no source documents it for them. For all
#: others the sign decides.
MONEY_BACK = frozenset(
    {
        *("refund", "chargeback", "cashback", "wallet_topup"),
        *("invoice_payment_returned", "reimbursement_to_company", "reimbursement_to_employee_refund"),
    }
)
#: About an employee: the contact is the employee, not a shop.
OF_EMPLOYEES = frozenset(
    {"out_of_pocket", "mileage", "per_diem", "external_reimbursement", "direct_reimbursement"},
)


@dataclass(frozen=True)
class Entry:
    """`record` has signs that can be relied on: positive is a cost or money that leaves, negative is money back."""

    record: Record
    books: Books
    settings: XeroSettings
    revision: int

    @classmethod
    def of(cls, record: Record, books: Books, settings: XeroSettings, revision: int) -> "Entry":
        return cls(_signed(record), books, settings, revision)

    def check(self) -> None:
        """Raises RefuseRecord if the amounts cannot be posted, or the period is closed."""
        _check_amounts(self.record)
        self._check_period()

    @property
    def form(self) -> Form:
        known: Form | None = getattr(self.settings, self.record.kind, None) if self.record.kind in KINDS else None
        return known or self.settings.other_entries

    @property
    def sign(self) -> int:
        return 1 if self.record.amount.amount > 0 else -1

    @property
    def total(self) -> Money:
        """Never negative."""
        return Money(abs(self.record.amount.amount), self.record.amount.currency)

    def key(self, part: Part = Part.DOCUMENT) -> Key:
        return Key(self.record.entry, part)

    def mark(self, part: Part = Part.DOCUMENT) -> str:
        return marker(self.key(part), self.revision)

    @property
    def url(self) -> dict[str, str]:
        """The field, if Xero takes the address."""
        address = cleaning.url(self.record.link)
        return {"Url": address} if address else {}

    def require_books(self) -> None:
        if not self.books.is_read:
            raise faults.unread()

    def require_enabled_currency(self) -> None:
        code = self.record.amount.currency
        if self.books.is_read and code not in self.books.currencies | {self.books.base_currency}:
            raise faults.not_allowed(
                f"The entry is in {code}, which is not switched on in this Xero organisation."
                " Add the currency in Xero's settings and export the entry again.",
                f"currency:{code}",
            )

    def _check_period(self) -> None:
        day = self.record.date
        for words, lock in self.books.locks:
            if day <= lock:
                raise faults.closed(
                    f"The entry's date {day} is not after Xero's {words}, {lock}."
                    " Open the period in Xero, or change the entry's date, and export the entry again.",
                    f"date:{day}",
                )


KINDS = frozenset(
    name for name, field in XeroSettings.model_fields.items() if field.annotation is Form and name != "other_entries"
)


def _signed(record: Record) -> Record:
    if not {record.kind, record.sub_kind} & MONEY_BACK or record.amount.amount < 0:
        return record
    lines = tuple(negative(line) for line in record.lines)
    original = -record.original if record.original else None
    return replace(record, amount=-record.amount, lines=lines, original=original)


def negative(line: Line) -> Line:
    tax = replace(line.tax, amount=-line.tax.amount) if line.tax else None
    return replace(line, amount=-line.amount, tax=tax)


def _check_amounts(record: Record) -> None:
    amount, currency = record.amount.amount, record.amount.currency
    if not re.fullmatch("[A-Z]{3}", currency):
        raise faults.bad(f"The entry's currency is not known ({currency}). Correct it.", f"currency:{currency}")
    if amount == 0:
        raise faults.bad(
            "The entry's total is zero, so there is nothing to post. Leave it out of the export.", "amount"
        )
    if not record.lines:
        raise faults.bad(f"The entry has no lines, its total is {record.amount}. Correct it.", "amount")
    for place, line in enumerate(record.lines, 1):
        _check_amount(line.amount, currency, place)
    lines = total((line.amount for line in record.lines), currency)
    if lines != record.amount:
        raise faults.bad(f"The lines come to {lines}, the entry to {record.amount}. Correct the entry.", "amount")
    if abs(amount) > MOST:
        raise faults.bad(f"{record.amount} is more than Xero takes. Split the entry.", "amount")


def _check_amount(money: Money, currency: str, place: int) -> None:
    if money.currency != currency:
        raise faults.bad(
            f"Line {place} is in {money.currency}, the entry in {currency}. Correct the entry.",
            f"currency:{money.currency}",
        )
    if abs(money.amount) > MOST:
        raise faults.bad(f"Line {place} ({money}) is more than Xero takes in one line. Split it.", "amount")
    if money.amount != money.amount.quantize(CENT):
        raise faults.bad(
            f"Line {place} ({money}) has more than the two decimals that Xero keeps. Round it.", "amount"
        )
