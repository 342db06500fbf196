"""A record on its way into Xero: with the books, the settings and the revision it is planned for."""

from dataclasses import dataclass
from decimal import Decimal

from connectors.kit import amounts, faults
from connectors.kit.documents import Key, Part, marker
from connectors.kit.entries import OWED_TO_EMPLOYEES, REIMBURSEMENTS
from connectors.kit.money import Money
from connectors.kit.records import Record
from connectors.xero import cleaning
from connectors.xero.books import Books
from connectors.xero.settings import Form, XeroSettings

CENT = Decimal("0.01")
MOST = Decimal("9999999999.99")  # of a line, LineAmount
#: About an employee: the contact is the employee, not a shop.
OF_EMPLOYEES = OWED_TO_EMPLOYEES | REIMBURSEMENTS


@dataclass(frozen=True)
class Entry:
    """`record` has signs that can be relied on: positive is a cost or money that leaves, negative is money back."""

    record: Record
    books: Books
    settings: XeroSettings
    revision: int

    @classmethod
    def of(cls, record: Record, books: Books, settings: XeroSettings, revision: int) -> "Entry":
        return cls(amounts.signed(record), books, settings, revision)

    def check(self) -> None:
        """Raises RefuseRecord if the amounts cannot be posted, or the period is closed."""
        _check_size(self.record)
        amounts.check(self.record, decimals=2, erp="Xero")
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
            raise faults.unset(
                "The chart of accounts was not read from Xero, so bank accounts cannot be told from others. Export"
                " again.",
                "reference",
            )

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


def _check_size(record: Record) -> None:
    for place, line in enumerate(record.lines, 1):
        if abs(line.amount.amount) > MOST:
            raise faults.bad(f"Line {place} ({line.amount}) is more than Xero takes in one line. Split it.", "amount")
    if abs(record.amount.amount) > MOST:
        raise faults.bad(f"{record.amount} is more than Xero takes. Split the entry.", "amount")
