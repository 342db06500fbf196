"""The lines of a document: each of the record's, ready for a bill, an expense report or a journal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from connectors.kit import describing, faults
from connectors.kit.documents import BookLine
from connectors.kit.money import Money
from connectors.kit.records import Line
from connectors.kit.texts import one_line
from connectors.netsuite import accounts, segments, taxes
from connectors.netsuite.books import Row
from connectors.netsuite.entry import Entry
from connectors.netsuite.settings import TaxPosting
from connectors.netsuite.taxes import Share

LONGEST_MEMO = 999


@dataclass(frozen=True)
class Item:
    """`share` is positive where the account is debited."""

    account: Row
    share: Share
    memo: str = ""
    chosen: segments.Chosen = field(default_factory=dict)
    tags: str = ""

    def common(self) -> dict[str, Any]:
        """What every kind of line has."""
        memo = {"memo": self.memo} if self.memo else {}
        return {**memo, **segments.fields(self.chosen)}

    def tax_code(self) -> dict[str, Any]:
        return {"taxCode": {"id": self.share.code.id}} if self.share.code else {}

    def book_line(self, currency: str) -> BookLine:
        code, tax = self.share.code, abs(self.share.tax)
        shown = f"{code.name} {tax} {currency}" if code and tax else code.name if code else ""
        gross = Money(self.share.net + self.share.tax, currency)
        return side(self.account, gross, self.memo, shown, self.tags)


def of_trade(entry: Entry, document: str) -> tuple[Item, ...]:
    """With tax codes, or with the tax on a line of its own, as the settings say."""
    if entry.settings.tax_posting is TaxPosting.OWN_LINE:
        return with_own_tax(entry, document)
    return tuple(
        replace(item, share=share)
        for place, line in enumerate(entry.record.lines, 1)
        for item in (_item(entry, line, place, document),)
        for share in taxes.shares(entry, line, place)
    )


def with_own_tax(entry: Entry, document: str) -> tuple[Item, ...]:
    """Net amounts, and the tax of all lines on the account for input tax."""
    items, tax = [], Decimal(0)
    for place, line in enumerate(entry.record.lines, 1):
        within = taxes.receipt_tax(line, place)
        share = Share(line.amount.amount - within)
        items.append(replace(_item(entry, line, place, document), share=share))
        tax += within
    return (*items, _tax_item(entry, tax)) if tax else tuple(items)


def _tax_item(entry: Entry, tax: Decimal) -> Item:
    number = entry.settings.tax_account
    if not number:
        raise faults.unset(
            "The entry has tax, which is booked on a line of its own. Set the account for input tax in the settings"
            " for NetSuite and export the entry again.",
            "setting:tax_account",
        )
    account = accounts.of_setting(entry.books, number, "account for input tax")
    return Item(account, Share(tax), "Tax", segments.defaults(entry))


def _item(entry: Entry, line: Line, place: int, document: str) -> Item:
    account = accounts.of_line(entry.books, line.account, place)
    accounts.bookable(account, f"Line {place}", document)
    chosen, others = segments.of_tags(entry, line.tags, place)
    return Item(
        account=account,
        share=Share(line.amount.amount),
        memo=one_line(describing.line(entry.settings.description, entry.record, line, others), LONGEST_MEMO),
        chosen=chosen,
        tags=", ".join(f"{tag.group} {tag.code}" for tag in line.tags),
    )


def receipt_tax(entry: Entry) -> Money:
    """What the receipts say is in the whole, positive in the document's own direction."""
    tax = sum((taxes.receipt_tax(line, n) for n, line in enumerate(entry.record.lines, 1)), Decimal(0))
    return Money(entry.sign * tax, entry.record.amount.currency)


def side(account: Row | str, amount: Money, text: str = "", tax: str = "", tags: str = "") -> BookLine:
    """A line for people; `amount` is positive for a debit."""
    label = account if isinstance(account, str) else account.label
    if amount.amount > 0:
        return BookLine(label, debit=amount, text=text, tax=tax, tags=tags)
    return BookLine(label, credit=-amount, text=text, tax=tax, tags=tags)


def book_lines(entry: Entry, items: Sequence[Item], other: Row | str) -> tuple[BookLine, ...]:
    """Debits first; a line of zero is not shown."""
    currency = entry.record.amount.currency
    sides = [item.book_line(currency) for item in items if item.share.net + item.share.tax]
    sides.append(side(other, -entry.record.amount))
    return tuple(sorted(sides, key=lambda one: one.debit is None))


def names(entry: Entry, items: Iterable[Item], *more: Row) -> dict[str, Mapping[str, str]]:
    """By field and id, how people call what the document names: NetSuite's refusals tell ids only."""
    told: dict[str, Mapping[str, str]] = {}
    for row in (*(item.account for item in items), *more):
        told[f"account:{row.id}"] = {"label": row.label, "subject": f"account:{row.number or row.name}"}
    for item in items:
        for name, row in item.chosen.items():
            told[f"{name}:{row.id}"] = {"label": row.name, "subject": f"tag:{name}/{row.name}"}
        if code := item.share.code:
            told[f"taxCode:{code.id}"] = {"label": code.name, "subject": f"tax:{code.name}"}
    if entry.books.subsidiary:
        told[f"subsidiary:{entry.books.subsidiary}"] = {"label": entry.books.subsidiary_name, "subject": "vendor"}
    currency = entry.record.amount.currency
    if number := entry.books.currencies.get(currency):
        told[f"currency:{number}"] = {"label": currency, "subject": f"currency:{currency}"}
    return told
