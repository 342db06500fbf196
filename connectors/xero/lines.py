"""The lines of a document: each of the record's, ready for a bill, for money, or for a journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connectors.kit import describing
from connectors.kit.amounts import negative
from connectors.kit.documents import BookLine
from connectors.kit.money import Money, total
from connectors.kit.records import Line
from connectors.xero import accounts, taxes, tracking
from connectors.xero.books import Account
from connectors.xero.entry import CENT, Entry


@dataclass(frozen=True)
class Item:
    """`amount` is with tax, and positive where it is a debit."""

    account: Account
    amount: Money
    description: str
    tax: taxes.LineTax
    tracking: tracking.Tracking
    tags: str = ""

    def of_trade(self, sign: int) -> dict[str, Any]:
        """As a line of a bill, a credit note or money: positive in the document's own direction."""
        tax = {} if self.tax.amount is None else {"TaxAmount": sign * self.tax.amount}
        return {
            "Description": self.description,
            "Quantity": 1,
            "UnitAmount": sign * self.amount.amount.quantize(CENT),
            "TaxType": self.tax.type,
            **tax,
            **self.account.told,
            **self._tracking(),
        }

    def of_journal(self, *, taxed: bool) -> dict[str, Any]:
        """Debits are positive, credits negative."""
        tax: dict[str, Any] = {"TaxType": self.tax.type} if taxed else {}
        if taxed and self.tax.amount is not None:
            tax["TaxAmount"] = self.tax.amount
        return {
            "Description": self.description,
            "LineAmount": self.amount.amount.quantize(CENT),
            **tax,
            **self.account.told,
            **self._tracking(),
        }

    def _tracking(self) -> dict[str, Any]:
        chosen = [{"Name": category, "Option": option} for category, option in self.tracking]
        return {"Tracking": chosen} if chosen else {}

    @property
    def book_line(self) -> BookLine:
        return side(self.account.label, self.amount, self.description, self.tax.shown, self.tags)


def items(entry: Entry, closed: frozenset[str], document: str, instead: Account | None = None) -> tuple[Item, ...]:
    """Raises RefuseRecord, naming the line. `instead`: the entry is seen from its own line's account, so that
    every line goes to the contra account with the sign turned."""
    made = []
    for place, given in enumerate(entry.record.lines, 1):
        line = negative(given) if instead else given
        account = instead or accounts.of_line(entry.books, line.account, place)
        accounts.bookable(account, f"Line {place}", closed, document)
        made.append(_item(entry, line, account, place))
    return tuple(made)


def _item(entry: Entry, line: Line, account: Account, place: int) -> Item:
    tracked, others = tracking.of_tags(entry, line.tags, place)
    return Item(
        account=account,
        amount=line.amount,
        description=describing.line(entry.settings.description, entry.record, line, others),
        tax=taxes.of_line(entry, line, account, place),
        tracking=tracked,
        tags=", ".join(f"{tag.group} {tag.code}" for tag in line.tags),
    )


def receipt_tax(items: Sequence[Item], sign: int) -> Money:
    """What the receipt says is in the whole, positive in the document's own direction."""
    tax = sum((item.tax.receipt for item in items), Decimal(0))
    return Money(sign * tax, items[0].amount.currency)


def side(account: str, amount: Money, text: str = "", tax: str = "", tags: str = "") -> BookLine:
    """A line for people; `amount` is positive for a debit."""
    if amount.amount > 0:
        return BookLine(account, debit=amount, text=text, tax=tax, tags=tags)
    return BookLine(account, credit=-amount, text=text, tax=tax, tags=tags)


def book_lines(items: Sequence[Item], other: str) -> tuple[BookLine, ...]:
    """Debits first; the other side takes what the lines come to. A line of zero is not shown."""
    currency = items[0].amount.currency
    rest = -total((item.amount for item in items), currency)
    sides = [item.book_line for item in items if item.amount.amount] + [side(other, rest)]
    return tuple(sorted(sides, key=lambda one: one.debit is None))
