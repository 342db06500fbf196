"""A record on its way into NetSuite: with the books, the settings and the revision it is planned for."""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from connectors.kit.documents import Key, Part, marker
from connectors.kit.money import EXPONENTS, Money, total
from connectors.kit.records import Line, Record
from connectors.netsuite import faults
from connectors.netsuite.books import Books
from connectors.netsuite.settings import Form, NetSuiteSettings, PeriodPolicy

MOST_LINES = 500  # of a document; NetSuite publishes no figure for REST
#: Types and sub-types that bring money into the wallet, whatever their sign: no source documents it for them. For all
#: others the sign decides.
MONEY_BACK = frozenset(
    {
        *("refund", "chargeback", "cashback", "wallet_topup"),
        *("invoice_payment_returned", "reimbursement_to_company", "reimbursement_to_employee_refund"),
    }
)
OF_EMPLOYEES = frozenset({"out_of_pocket", "mileage", "per_diem"})
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
        return cls(_signed(record), books, settings, revision)

    def check(self) -> None:
        """Raises RefuseRecord if the amounts cannot be posted."""
        _check_amounts(self.record)
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
                "company_currency",
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


def _signed(record: Record) -> Record:
    if not {record.kind, record.sub_kind} & MONEY_BACK or record.amount.amount < 0:
        return record
    lines = tuple(_negative(line) for line in record.lines)
    original = -record.original if record.original else None
    return replace(record, amount=-record.amount, lines=lines, original=original)


def _negative(line: Line) -> Line:
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
    if len(record.lines) > MOST_LINES:
        raise faults.bad(
            f"The entry has {len(record.lines)} lines; at most {MOST_LINES} are sent. Split it.", "amount"
        )
    for place, line in enumerate(record.lines, 1):
        _check_amount(line.amount, currency, place)
    lines = total((line.amount for line in record.lines), currency)
    if lines != record.amount:
        raise faults.bad(f"The lines come to {lines}, the entry to {record.amount}. Correct the entry.", "amount")


def _check_amount(money: Money, currency: str, place: int) -> None:
    if money.currency != currency:
        raise faults.bad(
            f"Line {place} is in {money.currency}, the entry in {currency}. Correct the entry.",
            f"currency:{money.currency}",
        )
    if money.amount != money.amount.quantize(unit(currency)):
        raise faults.bad(f"Line {place} ({money}) has more decimals than {currency} has. Round it.", "amount")
