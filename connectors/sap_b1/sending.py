"""The requests that make documents: exact bytes, one document each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.kit.documents import Document, Draft, Key, Kind, Part
from connectors.kit.http import Request
from connectors.sap_b1 import ids
from connectors.sap_b1.invoices import DRAFTS
from connectors.sap_b1.settings import InvoiceAs, JournalAs, SapB1Settings

ROOT = "/b1s/v2"
VOUCHERS = "JournalVouchersService_Add"
#: A connection that was idle for five seconds is dead, and a write on it would end without an answer (sheet, 5).
FRESH = {"Connection": "close"}
SETS = {
    Kind.VENDOR: "BusinessPartners",
    Kind.BILL: "PurchaseInvoices",
    Kind.CREDIT: "PurchaseCreditNotes",
    Kind.JOURNAL: "JournalEntries",
    Kind.PAYMENT: "VendorPayments",
}
WITH_RECEIPTS = (Kind.BILL, Kind.CREDIT, Kind.JOURNAL)
_ORDER = (Kind.VENDOR, Kind.BILL, Kind.CREDIT, Kind.JOURNAL, Kind.PAYMENT)


def drafts(documents: Sequence[Document], known: Mapping[Key, str], settings: SapB1Settings) -> Iterator[Draft]:
    """What others need first."""
    for document in sorted(documents, key=lambda one: _ORDER.index(one.kind)):
        request = _request(document, known, settings)
        yield Draft(request, (document,), findable=not request.path.endswith(VOUCHERS))  # nobody can ask for one


def _request(document: Document, known: Mapping[Key, str], settings: SapB1Settings) -> Request:
    if not document.needs_alias:
        owner = {"CardCode": known[document.needs]} if document.needs else {}
        path, content = _placed(document, {**owner, **document.content, **_receipts(document, known)}, settings)
        return _post(path, content)
    invoice = known[Key(document.needs_alias, Part.DOCUMENT)]
    if invoice.startswith(ids.DRAFT):
        return _look(invoice)
    return _post(SETS[document.kind], _paying(document, invoice))


def _receipts(document: Document, known: Mapping[Key, str]) -> dict[str, Any]:
    """The entry of attachments that is there already. In a preview it may be a stand-in."""
    entry = known.get(Key(document.key.entry, Part.ATTACHMENT), "")
    if not entry or document.kind not in WITH_RECEIPTS:
        return {}
    return {"AttachmentEntry": int(entry) if entry.isdecimal() else entry}


def _post(path: str, content: Mapping[str, Any]) -> Request:
    return Request.json("POST", f"{ROOT}/{path}", content, headers=FRESH)


def _look(draft: str) -> Request:
    """Nothing can be paid on a draft, and its number is another invoice's, too: so nothing is written, and the answer
    to this read refuses the payment (answers.py)."""
    query = (("$select", "DocEntry,DocumentStatus"),)
    return Request("GET", f"{ROOT}/Drafts({ids.read(draft)[0]})", query=query, headers=FRESH)


def _paying(document: Document, invoice: str) -> Mapping[str, Any]:
    """In local currency `SumApplied`, in a foreign one `AppliedFC`, which planning has put into the line."""
    entry, vendor = ids.read(invoice)
    [line] = document.content["PaymentInvoices"]
    return {"CardCode": vendor, **document.content, "PaymentInvoices": [{"DocEntry": entry, **line}]}


def _placed(document: Document, content: Mapping[str, Any], settings: SapB1Settings) -> tuple[str, Mapping[str, Any]]:
    if document.kind in DRAFTS and settings.invoices_as is InvoiceAs.DRAFT:
        return "Drafts", {"DocObjectCode": DRAFTS[document.kind], **content}
    if document.kind is Kind.JOURNAL and settings.journals_as is JournalAs.VOUCHER:
        return VOUCHERS, {"JournalVoucher": [content]}
    return SETS[document.kind], content
