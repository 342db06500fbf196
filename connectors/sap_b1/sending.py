"""The requests that make documents: exact bytes, one document each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.kit.documents import Document, Draft, Key, Kind, Part
from connectors.kit.http import Request
from connectors.sap_b1 import ids
from connectors.sap_b1.invoices import DRAFTS
from connectors.sap_b1.settings import InvoiceAs, JournalAs, SapB1Settings

ROOT = "/b1s/v2"
#: A connection that was idle for five seconds is dead, and a write on it would end without an answer (sheet, 5).
FRESH = {"Connection": "close"}
SETS = {
    Kind.VENDOR: "BusinessPartners",
    Kind.BILL: "PurchaseInvoices",
    Kind.CREDIT: "PurchaseCreditNotes",
    Kind.JOURNAL: "JournalEntries",
    Kind.PAYMENT: "VendorPayments",
}
_ORDER = (Kind.VENDOR, Kind.BILL, Kind.CREDIT, Kind.JOURNAL, Kind.PAYMENT)


def drafts(documents: Sequence[Document], known: Mapping[Key, str], settings: SapB1Settings) -> Iterator[Draft]:
    """What others need first."""
    for document in sorted(documents, key=lambda one: _ORDER.index(one.kind)):
        path, content = _request(document, _with_ids(document, known), settings)
        yield Draft(Request.json("POST", f"{ROOT}/{path}", content, headers=FRESH), (document,))


def _with_ids(document: Document, known: Mapping[Key, str]) -> Mapping[str, Any]:
    content = document.content
    if document.needs:
        return {"CardCode": known[document.needs], **content}
    if document.needs_alias:
        return _paying(document, known[Key(document.needs_alias, Part.DOCUMENT)])
    return content


def _paying(document: Document, invoice: str) -> Mapping[str, Any]:
    """In local currency `SumApplied`, in a foreign one `AppliedFC`, which planning has put into the line."""
    entry, vendor = ids.read(invoice)
    [line] = document.content["PaymentInvoices"]
    return {"CardCode": vendor, **document.content, "PaymentInvoices": [{"DocEntry": entry, **line}]}


def _request(
    document: Document, content: Mapping[str, Any], settings: SapB1Settings
) -> tuple[str, Mapping[str, Any]]:
    if document.kind in DRAFTS and settings.invoices_as is InvoiceAs.DRAFT:
        return "Drafts", {"DocObjectCode": DRAFTS[document.kind], **content}
    if document.kind is Kind.JOURNAL and settings.journals_as is JournalAs.VOUCHER:
        return "JournalVouchersService_Add", {"JournalVoucher": [content]}
    return SETS[document.kind], content
