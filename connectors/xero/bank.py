"""A record as money spent from, or received on, a bank account. There is no draft of it (sheet, 4.2)."""

from collections.abc import Sequence

from connectors.kit import faults
from connectors.kit.documents import Document, Kind
from connectors.kit.money import total
from connectors.xero import accounts, lines, references
from connectors.xero.books import Account
from connectors.xero.entry import Entry
from connectors.xero.lines import Item

DOCUMENT = "money spent or received"


def money(entry: Entry, contact: Document, account: Account, items: Sequence[Item]) -> Document:
    """The lines against the bank account: spent where they come to a debit, received where to a credit."""
    currency = entry.record.amount.currency
    require_currency(entry, account)
    spent = total((item.amount for item in items), currency).amount > 0
    sign = 1 if spent else -1
    reference = references.of_money(entry)
    content = {
        "Type": "SPEND" if spent else "RECEIVE",
        "BankAccount": {"AccountID": account.id},
        "Reference": reference,
        "Date": entry.record.date.isoformat(),
        # The currency is the account's; Xero takes no other (sheet, 4.2).
        "LineAmountTypes": "Inclusive",
        "LineItems": [item.of_trade(sign) for item in items],
        **entry.url,
    }
    return Document(
        key=entry.key(),
        revision=entry.revision,
        kind=Kind.SPEND if spent else Kind.RECEIVE,
        reference=reference,
        total=entry.total,
        dated=entry.record.date,
        content=content,
        needs=contact.key,
        lines=lines.book_lines(items, account.label),
        tax=lines.receipt_tax(items, sign),
    )


def require_currency(entry: Entry, account: Account) -> None:
    own = account.currency or entry.books.base_currency
    code = entry.record.amount.currency
    if code != own:
        raise faults.not_allowed(
            f"The entry is in {code}, but account {account.label} is kept in {own}. {_remedy(entry, account, code)}",
            f"currency:{code}",
        )


def _remedy(entry: Entry, account: Account, code: str) -> str:
    if accounts.contra(entry).id != account.id:
        return f"Choose a bank account in {code} for its line and export the entry again."
    if entry.record.contra is None:
        return "The settings know no other account: enter it in Xero by hand and leave the entry out."
    return f"Choose a bank account in {code} as the wallet's and export the entry again."
