"""The payment of a bill: of one that was exported on its own, or of the bill of the same entry."""

from typing import Any

from connectors.kit import faults
from connectors.kit.documents import Document, Key, Kind, Part
from connectors.xero import accounts, bills, lines, references
from connectors.xero.bank import require_currency
from connectors.xero.books import Account
from connectors.xero.entry import CENT, Entry


def of_invoice(entry: Entry, contact: Document) -> Document:
    """The source does not say which entry the invoice was: supplier and number lead to its bill."""
    record = entry.record
    name = bills.alias(entry, contact)
    if not name or record.invoice is None:
        raise faults.missing(
            "The payment does not say which invoice it pays. Add the invoice's number and export it again.", "invoice"
        )
    if entry.sign < 0:
        raise faults.bad(
            f"The payment of invoice {record.invoice.number} came back ({record.amount}). Remove the payment from the"
            " bill in Xero by hand and leave this entry out.",
            f"invoice:{record.invoice.number}",
        )
    return _payment(entry, Part.DOCUMENT, needs_alias=name)


def of_bill(entry: Entry, bill: Document) -> Document:
    """Of the bill, or of the credit note, that the entry itself has become."""
    return _payment(entry, Part.PAYMENT, needs=bill.key)


def _payment(entry: Entry, part: Part, needs: Key | None = None, needs_alias: str = "") -> Document:
    entry.require_books()
    account = _account(entry)
    reference = references.of_money(entry, part)
    content: dict[str, Any] = {
        "CreditNote" if entry.sign < 0 else "Invoice": {},  # its id is put in when the request is made
        "Account": {"AccountID": account.id},
        "Date": entry.record.date.isoformat(),
        "Amount": entry.total.amount.quantize(CENT),
        "Reference": reference,
    }
    paid = lines.side(entry.books.payables, entry.record.amount), lines.side(account.label, -entry.record.amount)
    return Document(
        key=entry.key(part),
        revision=entry.revision,
        kind=Kind.PAYMENT,
        reference=reference,
        total=entry.total,
        dated=entry.record.date,
        content=content,
        needs=needs,
        needs_alias=needs_alias,
        lines=tuple(sorted(paid, key=lambda one: one.debit is None)),
    )


def _account(entry: Entry) -> Account:
    account = accounts.contra(entry)
    if not account.is_bank and not account.payments:
        raise faults.not_allowed(
            f"Account {account.label} is no bank account and takes no payments, so no bill can be paid from it."
            " Enable payments to it in Xero or choose another contra account, then export the entry again.",
            f"account:{account.shown}",
        )
    require_currency(entry, account)
    return account
