"""A record on its way into Business One: with the books, the settings and the revision it is planned for."""

import re
from dataclasses import dataclass
from typing import Any

from connectors.kit import amounts, faults
from connectors.kit.documents import Key, Part, marker
from connectors.kit.entries import OWED_TO_EMPLOYEES, REIMBURSEMENTS
from connectors.kit.money import Money
from connectors.kit.records import Record
from connectors.kit.texts import one_line
from connectors.sap_b1.books import Books, Currency
from connectors.sap_b1.settings import Form, SapB1Settings

OF_EMPLOYEES = OWED_TO_EMPLOYEES | REIMBURSEMENTS
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
        return cls(amounts.signed(record), books, settings, revision)

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
        amounts.check(self.record, decimals=self.currency.decimals, erp="Business One")
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
