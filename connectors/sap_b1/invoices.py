"""A record as a service-type purchase invoice, or as a credit note where it is money back."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from connectors.kit.documents import Document, Kind
from connectors.sap_b1 import lines
from connectors.sap_b1.entry import Entry

TABLES = {Kind.BILL: "OPCH", Kind.CREDIT: "ORPC"}
DRAFTS = {Kind.BILL: "oPurchaseInvoices", Kind.CREDIT: "oPurchaseCreditNotes"}
MARKED_BY = "OPCH"  # a user field of one marketing document is on all of them


def invoice(entry: Entry, vendor: Document) -> Document:
    """Raises RefuseRecord. The vendor's code is put in when the request is made."""
    kind = Kind.CREDIT if entry.sign < 0 else Kind.BILL
    items, reference = lines.items(entry), entry.reference()
    mark = entry.marked(MARKED_BY, reference)
    content: dict[str, Any] = {
        "DocType": "dDocument_Service",
        "DocDate": entry.record.date.isoformat(),
        "TaxDate": _issued(entry).isoformat(),
        "DocDueDate": _due(entry).isoformat(),
        # For people the vendor's own number, which Business One can check for duplicates; ours where no field is.
        "NumAtCard": entry.number if mark else reference,
        "DocCurrency": entry.currency.code,
        **lines.comments(entry),
        "JournalMemo": lines.cut(f"{entry.number} {vendor.content['CardName']}", 50),
        **entry.branch("BPL_IDAssignedToInvoice"),
        **mark,
        "DocumentLines": [_line(entry, item, net) for item in items for net in item.tax.shares],
    }
    return Document(
        key=entry.key(),
        revision=entry.revision,
        kind=kind,
        reference=reference,
        total=entry.total,
        dated=entry.record.date,
        content=content,
        needs=vendor.key,
        lines=lines.book_lines(items, f"Vendor {vendor.content['CardName']}"),
        alias=alias(entry, vendor) if kind is Kind.BILL else "",
        tax=lines.receipt_tax(items, entry.sign),
    )


def alias(entry: Entry, vendor: Document) -> str:
    """What a payment knows of the invoice it pays: the vendor and the vendor's number."""
    number = entry.record.invoice.number.strip() if entry.record.invoice else ""
    return f"invoice:{vendor.reference}:{number}" if number else ""


def _line(entry: Entry, item: lines.Item, net: Decimal) -> dict[str, Any]:
    """`net`: the local amount, or in a foreign document its own currency's."""
    amount = "RowTotalFC" if entry.is_foreign else "LineTotal"
    return {
        "ItemDescription": lines.cut(item.description, 100),
        "AccountCode": item.account.code,
        amount: entry.sign * net,
        **item.tax.named,
        **item.dimensions,
    }


def _issued(entry: Entry) -> date:
    return entry.record.invoice.issued if entry.record.invoice else entry.record.date


def _due(entry: Entry) -> date:
    invoice = entry.record.invoice
    if invoice and invoice.due:
        return invoice.due
    return _issued(entry) + timedelta(days=entry.settings.due_days)
