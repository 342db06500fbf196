"""The payment of an invoice that was exported on its own."""

from typing import Any

from connectors.kit import faults
from connectors.kit.documents import Document, Kind
from connectors.sap_b1 import accounts, invoices, lines
from connectors.sap_b1.entry import Entry

TABLE = "OVPM"


def payment(entry: Entry, vendor: Document) -> Document:
    """The source does not say which entry the invoice was: vendor and number lead to it."""
    record, name = entry.record, invoices.alias(entry, vendor)
    if not name or record.invoice is None:
        raise faults.missing(
            "The payment does not say which invoice it pays. Add the invoice's number and export it again.", "invoice"
        )
    if entry.sign < 0:
        raise faults.bad(
            f"The payment of invoice {record.invoice.number} came back ({record.amount}). Cancel the payment in"
            " Business One by hand and leave this entry out.",
            f"invoice:{record.invoice.number}",
        )
    contra, reference, day = accounts.contra(entry), entry.reference(), record.date.isoformat()
    content: dict[str, Any] = {
        "DocType": "rSupplier",
        "DocDate": day,
        "TransferAccount": contra.code,
        "TransferDate": day,
        "TransferSum": entry.total.amount,
        "TransferReference": lines.cut(record.book_id, 27),
        "DocCurrency": entry.currency.code,
        "Remarks": reference,
        "PaymentInvoices": [
            {
                "InvoiceType": "it_PurchaseInvoice",
                "AppliedFC" if entry.is_foreign else "SumApplied": entry.total.amount,
            }
        ],
        **entry.branch("BPLID"),
        **entry.marked(TABLE, reference),
    }
    paid = lines.side(f"Vendor {vendor.content['CardName']}", record.amount), lines.side(contra.label, -record.amount)
    return Document(
        key=entry.key(),
        revision=entry.revision,
        kind=Kind.PAYMENT,
        reference=reference,
        total=entry.total,
        dated=record.date,
        content=content,
        needs_alias=name,
        lines=tuple(sorted(paid, key=lambda one: one.debit is None)),
    )
