"""A record as a journal entry: its lines, their tax on lines of its own, and the other side."""

from typing import Any

from connectors.kit import describing, faults
from connectors.kit.documents import Document, Kind
from connectors.kit.money import Money
from connectors.sap_b1 import lines
from connectors.sap_b1.books import Account
from connectors.sap_b1.entry import Entry

TABLE = "OJDT"
Sent = dict[str, Any]


def journal(entry: Entry, contra: Account) -> Document:
    items, reference = lines.items(entry), entry.reference()
    if all(item.account.code == contra.code for item in items):
        raise faults.not_allowed(
            f"Both sides of the entry are account {contra.label}, so nothing would be moved. Choose another account"
            " for its line or as its contra account and export the entry again.",
            f"account:{contra.format_code or contra.code}",
        )
    memo = describing.whole(entry.settings.description, entry.record)
    sent = [line for item in items for line in _lines(entry, item)]
    day = entry.record.date.isoformat()
    content: dict[str, Any] = {
        "ReferenceDate": day,
        "TaxDate": (entry.record.invoice.issued if entry.record.invoice else entry.record.date).isoformat(),
        "DueDate": day,
        "Memo": lines.cut(memo, 50),
        "Reference": lines.cut(entry.number, 100),
        "Reference2": reference,
        **entry.marked(TABLE, reference),
        "JournalEntryLines": sent + _others(entry, contra, sent, memo),
    }
    return Document(
        key=entry.key(),
        revision=entry.revision,
        kind=Kind.JOURNAL,
        reference=reference,
        total=entry.total,
        dated=entry.record.date,
        content=content,
        lines=lines.book_lines(items, contra.label),
        tax=lines.receipt_tax(items, entry.sign),
    )


def _others(entry: Entry, contra: Account, sent: list[Sent], memo: str) -> list[Sent]:
    """The other side. In a foreign currency each line has its own: Business One rounds every line at the day's rate,
    and one sum need not be what the lines come to (three times 1.05 at 0.92 are 2.91, and 3.15 are 2.90)."""
    if not entry.is_foreign:
        return [_side(entry, contra.code, -entry.record.amount, memo)]
    currency = entry.record.amount.currency
    amounts = [one.get("FCCredit", 0) - one.get("FCDebit", 0) for one in sent]
    return [_side(entry, contra.code, Money(amount, currency), memo) for amount in amounts]


def _lines(entry: Entry, item: lines.Item) -> list[Sent]:
    """A sales tax that has no account of its own is part of the cost."""
    currency, tax = item.gross.currency, item.tax
    if tax.code is None or tax.code.field != "VatGroup" or not tax.tax:
        group = {"TaxGroup": tax.code.code} if tax.code and tax.code.field == "VatGroup" else {}
        return [{**_side(entry, item.account.code, item.gross, item.description), **group, **item.dimensions}]
    if not tax.code.account:
        raise faults.unset(
            f"Tax code {tax.code.code} has no tax account in Business One. Set it there, or post such entries as"
            " invoices, and export the entry again.",
            f"tax:{tax.code.code}",
        )
    group = {"TaxGroup": tax.code.code}
    net = _side(entry, item.account.code, Money(tax.net, currency), item.description)
    own = _side(entry, tax.code.account, Money(tax.tax, currency), item.description)
    return [{**net, **group, **item.dimensions}, {**own, **group}]


def _side(entry: Entry, account: str, amount: Money, text: str) -> Sent:
    """In a foreign currency without the local amount: Business One takes the day's rate (sheet, 2.2)."""
    side = "Debit" if amount.amount > 0 else "Credit"
    memo = {"LineMemo": lines.cut(text, 50), **entry.branch("BPLID")}
    if entry.is_foreign:
        return {"AccountCode": account, "FCCurrency": entry.currency.code, f"FC{side}": abs(amount.amount), **memo}
    return {"AccountCode": account, side: abs(amount.amount), **memo}
