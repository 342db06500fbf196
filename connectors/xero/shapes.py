"""How Xero calls each kind of document: its list, its id, and the field by which we find it again."""

from typing import NamedTuple

from connectors.kit.documents import Kind


class Shape(NamedTuple):
    plural: str
    id: str
    number: str


_BANK = Shape("BankTransactions", "BankTransactionID", "Reference")
SHAPES = {
    Kind.BILL: Shape("Invoices", "InvoiceID", "InvoiceNumber"),
    Kind.CREDIT: Shape("CreditNotes", "CreditNoteID", "CreditNoteNumber"),
    Kind.SPEND: _BANK,
    Kind.RECEIVE: _BANK,
    Kind.JOURNAL: Shape("ManualJournals", "ManualJournalID", "Narration"),
    Kind.PAYMENT: Shape("Payments", "PaymentID", "Reference"),
    Kind.VENDOR: Shape("Contacts", "ContactID", "ContactNumber"),
}
