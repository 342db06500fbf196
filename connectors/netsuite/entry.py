"""A record on its way into NetSuite: with the books, the settings and the revision it is planned for."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connectors.kit import amounts, faults
from connectors.kit.documents import Key, Part, marker
from connectors.kit.money import EXPONENTS, Money
from connectors.kit.records import Record
from connectors.netsuite.books import Books
from connectors.netsuite.settings import Form, NetSuiteSettings, PeriodPolicy

MOST_LINES = 500  # of a document; NetSuite publishes no figure for REST
_KINDS = frozenset(
    name
    for name, field in NetSuiteSettings.model_fields.items()
    if field.annotation is Form and name != "other_entries"
)


@dataclass(frozen=True)
class Entry:
    """`record` has signs that can be relied on: positive is a cost or money that leaves, negative is money back."""

    record: Record
    books: Books
    settings: NetSuiteSettings
    revision: int

    @classmethod
    def of(cls, record: Record, books: Books, settings: NetSuiteSettings, revision: int) -> "Entry":
        return cls(amounts.signed(record), books, settings, revision)

    def check(self) -> None:
        """Raises RefuseRecord if the amounts cannot be posted."""
        currency, lines = self.record.amount.currency, len(self.record.lines)
        amounts.check(self.record, decimals=EXPONENTS.get(currency, 2), erp="NetSuite")
        if lines > MOST_LINES:
            raise faults.bad(f"The entry has {lines} lines; at most {MOST_LINES} are sent. Split it.", "amount")
        if not self.books.is_read:
            raise faults.unset("NetSuite's accounts were not read. Export the entry again.", "reference")

    @property
    def form(self) -> Form:
        if self.record.kind in _KINDS:
            return Form(getattr(self.settings, self.record.kind))
        return self.settings.other_entries

    @property
    def sign(self) -> int:
        return 1 if self.record.amount.amount > 0 else -1

    @property
    def total(self) -> Money:
        """Never negative."""
        return Money(abs(self.record.amount.amount), self.record.amount.currency)

    @property
    def unit(self) -> Decimal:
        """The currency's smallest."""
        return unit(self.record.amount.currency)

    def key(self, part: Part = Part.DOCUMENT) -> Key:
        return Key(self.record.entry, part)

    def mark(self, part: Part = Part.DOCUMENT) -> str:
        return marker(self.key(part), self.revision)

    def dated(self, *, journal: bool) -> date:
        """The entry's own day; where its period is closed, by the policy of the settings. Raises RefuseRecord."""
        day = self.record.date
        period = next((one for one in self.books.periods if one.first <= day <= one.last), None)
        if not self.books.periods or (period and period.is_open(journal=journal)):
            return day
        if self.settings.closed_periods is PeriodPolicy.NEXT_OPEN:
            after = (one for one in self.books.periods if one.first > day and one.is_open(journal=journal))
            if found := next(after, None):
                return found.first
        state = f"in NetSuite's period {period.name}, which is closed" if period else "in no period of NetSuite's"
        raise faults.closed(
            f"The entry's date {day} lies {state}. Open the period in NetSuite, or change the entry's date, and"
            " export the entry again.",
            f"date:{day}",
        )

    def currency(self) -> dict[str, dict[str, str]]:
        """The field, always: without it a bill would be in whatever currency its vendor has. Raises RefuseRecord."""
        code = self.record.amount.currency
        if found := self.books.currencies.get(code):
            return {"currency": {"id": found}}
        if not self.books.currencies and code == self.settings.company_currency:
            return {}  # such an account knows no such field
        if not self.books.currencies and not self.settings.company_currency:
            raise faults.unset(
                "NetSuite lists no currencies, so this account has but one. Name it in the settings for NetSuite"
                " (Currency of the account) and export the entry again.",
                "setting:company_currency",
            )
        raise faults.not_allowed(
            f"The entry is in {code}, which this NetSuite account does not use. Add the currency under Lists >"
            " Accounting > Currencies in NetSuite and export the entry again.",
            f"currency:{code}",
        )

    def subsidiary(self) -> dict[str, dict[str, str]]:
        return {"subsidiary": {"id": self.books.subsidiary}} if self.books.subsidiary else {}


def unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-EXPONENTS.get(currency, 2))
