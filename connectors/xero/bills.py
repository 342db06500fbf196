"""A record as Xero's bill (ACCPAY), or as a supplier's credit note where it is money back."""

from datetime import date, timedelta
from typing import Any

from connectors.kit.documents import Document, Kind
from connectors.xero import cleaning, lines, references
from connectors.xero.accounts import CONTROL
from connectors.xero.entry import OF_EMPLOYEES, Entry
from connectors.xero.settings import BillStatus


def bill(entry: Entry, contact: Document, *, authorised: bool = False) -> Document:
    """Raises RefuseRecord. The contact's id is put in when the request is made."""
    entry.require_enabled_currency()
    back = entry.sign < 0
    items = lines.items(entry, CONTROL, "a credit note" if back else "a bill")
    number = references.of_bill(entry)
    content: dict[str, Any] = {
        "Status": (BillStatus.AUTHORISED if authorised else _status(entry)).value.upper(),
        "Date": entry.record.date.isoformat(),
        "DueDate": _due(entry).isoformat(),
        "CurrencyCode": entry.record.amount.currency,
        # Gross amounts whatever the tax: so Xero's total is the receipt's total. A reverse charge adds none.
        "LineAmountTypes": "Inclusive",
        "LineItems": [item.of_trade(entry.sign) for item in items],
    }
    if back:
        content |= {"Type": "ACCPAYCREDIT", "CreditNoteNumber": number}
    else:
        content |= {"Type": "ACCPAY", "InvoiceNumber": number, **entry.url}
    return Document(
        key=entry.key(),
        revision=entry.revision,
        kind=Kind.CREDIT if back else Kind.BILL,
        reference=number,
        total=entry.total,
        dated=entry.record.date,
        content=content,
        needs=contact.key,
        lines=lines.book_lines(items, entry.books.payables),
        alias="" if back else alias(entry, contact),
        tax=lines.receipt_tax(items, entry.sign),
    )


def alias(entry: Entry, contact: Document) -> str:
    """What a payment knows of the bill it pays: the supplier and the supplier's number."""
    invoice = entry.record.invoice
    number = cleaning.contact_number(invoice.number) if invoice else ""
    return f"bill:{contact.reference}:{number}" if number else ""


def _status(entry: Entry) -> BillStatus:
    settings = entry.settings
    return settings.bill_status if entry.record.kind in OF_EMPLOYEES else settings.invoice_status


def _due(entry: Entry) -> date:
    invoice = entry.record.invoice
    if invoice and invoice.due:
        return invoice.due
    return (invoice.issued if invoice else entry.record.date) + timedelta(days=entry.settings.due_days)
