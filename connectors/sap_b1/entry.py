"""A record on its way into Business One: with the books, the settings and the revision it is planned for."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from connectors.kit.documents import Key, Part, marker
from connectors.kit.money import Money, total
from connectors.kit.records import Line, Record
from connectors.kit.texts import one_line
from connectors.sap_b1 import faults
from connectors.sap_b1.books import Books, Currency
from connectors.sap_b1.settings import Form, SapB1Settings

#: Types and sub-types that bring money into the wallet, whatever their sign: no source documents it for them. For all
#: others the sign decides.
MONEY_BACK = frozenset(
    {
        *("refund", "chargeback", "cashback", "wallet_topup"),
        *("invoice_payment_returned", "reimbursement_to_company", "reimbursement_to_employee_refund"),
    }
)
OF_EMPLOYEES = frozenset(
    {"out_of_pocket", "mileage", "per_diem", "external_reimbursement", "direct_reimbursement"},
)
KINDS = frozenset(
    name for name, field in SapB1Settings.model_fields.items() if field.annotation is Form and name != "other_entries"
)
NUMBER_AT_MOST = 41  # with "-" and the mark 50, the size of the user field
VENDOR_NUMBER_AT_MOST = 100  # NumAtCard, and a journal's references (sheet, section 2)
_UNSAFE = re.compile(r"[^A-Za-z0-9._/-]+")


@dataclass(frozen=True)
class Entry:
    """`record` has signs that can be relied on: positive is a cost or money that leaves, negative is money back."""

    record: Record
    books: Books
    settings: SapB1Settings
    revision: int

    @classmethod
    def of(cls, record: Record, books: Books, settings: SapB1Settings, revision: int) -> "Entry":
        return cls(_signed(record), books, settings, revision)

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

    @property
    def currency(self) -> Currency:
        """Raises RefuseRecord if the company does not have it."""
        iso = self.record.amount.currency
        found = self.books.currencies.get(iso)
        if found is None:
            raise faults.not_allowed(
                f"The entry is in {iso}, which is no currency of this company in Business One. Define it there and"
                " export the entry again.",
                f"currency:{iso}",
            )
        return found

    @property
    def is_foreign(self) -> bool:
        return self.currency.code != self.books.local_currency

    def key(self, part: Part = Part.DOCUMENT) -> Key:
        return Key(self.record.entry, part)

    def reference(self, part: Part = Part.DOCUMENT) -> str:
        """The invoice's or the book's number for people, the mark for us: at most 50 characters."""
        number = self.number if part is Part.DOCUMENT else self.record.book_id
        mark = marker(self.key(part), self.revision)
        safe = _UNSAFE.sub("-", number)[:NUMBER_AT_MOST].strip("-")
        return f"{safe}-{mark}" if safe else mark

    @property
    def number(self) -> str:
        """The vendor's own, or the one that the source has given the entry."""
        invoice = self.record.invoice
        return one_line(invoice.number if invoice else self.record.book_id, VENDOR_NUMBER_AT_MOST)

    def marked(self, table: str, reference: str) -> dict[str, Any]:
        """The user field, where the company has it."""
        return {f"U_{self.settings.marker_field}": reference} if self.books.is_marked(table) else {}

    def branch(self, name: str) -> dict[str, Any]:
        """That of the settings, also where Business One does not say whether the company works with branches."""
        if not self.settings.branch and not self.books.has_branches:
            return {}
        if not self.settings.branch:
            raise faults.unset(
                "The company works with branches in Business One. Set the branch in the settings and export again.",
                "branch",
            )
        return {name: int(self.settings.branch)}

    def check(self) -> None:
        """Raises RefuseRecord if the amounts cannot be posted, the period is closed, or a number would be cut."""
        _check_amounts(self.record, self.currency)
        if self.record.invoice and self.number != whole(self.record.invoice.number):
            raise faults.bad(
                f"The invoice's number has more than {VENDOR_NUMBER_AT_MOST} characters, which Business One does not"
                " keep. Shorten it and export the entry again.",
                "invoice",
            )
        day = self.record.date
        if not self.books.is_open(day):
            raise faults.closed(
                f"The entry's date {day} lies in a period that is closed in Business One. Open the period there, or"
                " change the entry's date, and export it again.",
                f"date:{day}",
            )


def whole(text: str) -> str:
    """On one line, and nothing of it cut."""
    return one_line(text, 2 * len(text))


def _signed(record: Record) -> Record:
    if not {record.kind, record.sub_kind} & MONEY_BACK or record.amount.amount < 0:
        return record
    lines = tuple(_negative(line) for line in record.lines)
    return replace(record, amount=-record.amount, lines=lines)


def _negative(line: Line) -> Line:
    tax = replace(line.tax, amount=-line.tax.amount) if line.tax else None
    return replace(line, amount=-line.amount, tax=tax)


def _check_amounts(record: Record, currency: Currency) -> None:
    amount = record.amount
    if amount.amount == 0:
        raise faults.bad(
            "The entry's total is zero, so there is nothing to post. Leave it out of the export.", "amount"
        )
    if not record.lines:
        raise faults.bad(f"The entry has no lines, its total is {amount}. Correct it and export it again.", "amount")
    for place, line in enumerate(record.lines, 1):
        if line.amount.currency != amount.currency:
            raise faults.bad(
                f"Line {place} is in {line.amount.currency}, the entry in {amount.currency}. Correct the entry.",
                f"currency:{line.amount.currency}",
            )
        if line.amount.amount != line.amount.amount.quantize(Decimal(1).scaleb(-currency.decimals)):
            raise faults.bad(
                f"Line {place} ({line.amount}) has more decimals than Business One keeps of {amount.currency}"
                f" ({currency.decimals}). Round it.",
                "amount",
            )
    lines = total((line.amount for line in record.lines), amount.currency)
    if lines != amount:
        raise faults.bad(f"The lines come to {lines}, the entry to {amount}. Correct the entry.", "amount")
