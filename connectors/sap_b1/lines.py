"""The lines of a document: each of the record's, ready for an invoice or for a journal entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connectors.kit import describing
from connectors.kit.documents import BookLine
from connectors.kit.money import Money
from connectors.kit.texts import one_line
from connectors.sap_b1 import accounts, dimensions, taxes
from connectors.sap_b1.books import Account
from connectors.sap_b1.entry import Entry

COMMENTS_AT_MOST = 254


@dataclass(frozen=True)
class Item:
    """Amounts are positive where the line is a debit."""

    account: Account
    gross: Money
    tax: taxes.LineTax
    description: str
    dimensions: dict[str, str]
    tags: str = ""

    @property
    def book_line(self) -> BookLine:
        return side(self.account.label, self.gross, self.description, self.tax.shown, self.tags)


def items(entry: Entry) -> tuple[Item, ...]:
    """Those that have an amount. Raises RefuseRecord, naming the line."""
    made = []
    for place, line in enumerate(entry.record.lines, 1):
        if not line.amount.amount:
            continue
        chosen, others = dimensions.of_tags(entry, line.tags, place)
        made.append(
            Item(
                account=accounts.of_line(entry, line.account, place),
                gross=line.amount,
                tax=taxes.of_line(entry, line, place),
                description=describing.line(entry.settings.description, entry.record, line, others),
                dimensions=chosen,
                tags=", ".join(f"{tag.group} {tag.code}" for tag in line.tags),
            )
        )
    return tuple(made)


def receipt_tax(items: Sequence[Item], sign: int) -> Money:
    """What the receipt says is in the whole, positive in the document's own direction."""
    tax = sum((item.tax.receipt for item in items), Decimal(0))
    return Money(sign * tax, items[0].gross.currency)


def book_lines(items: Sequence[Item], other: str) -> tuple[BookLine, ...]:
    """With the other side's one line; the debits first."""
    currency = items[0].gross.currency
    whole = sum((item.gross.amount for item in items), Decimal(0))
    made = [item.book_line for item in items if item.gross.amount]
    made.append(side(other, Money(-whole, currency)))
    return tuple(sorted(made, key=lambda one: one.debit is None))


def side(account: str, amount: Money, text: str = "", tax: str = "", tags: str = "") -> BookLine:
    """A line for people; `amount` is positive for a debit."""
    if amount.amount > 0:
        return BookLine(account, debit=amount, text=text, tax=tax, tags=tags)
    return BookLine(account, credit=-amount, text=text, tax=tax, tags=tags)


def cut(text: str, at_most: int) -> str:
    """Texts for people may lose their end; numbers and codes never are cut (sheet, section 2)."""
    return one_line(text, at_most)


def comments(entry: Entry) -> dict[str, Any]:
    """What a bookkeeper sees on the whole document. A link is there whole or not at all."""
    said, link = describing.whole(entry.settings.description, entry.record), entry.record.link
    if not link or len(link) >= COMMENTS_AT_MOST:
        return {"Comments": cut(said, COMMENTS_AT_MOST)}
    return {"Comments": f"{cut(said, COMMENTS_AT_MOST - len(link) - 1)} {link}".strip()}
