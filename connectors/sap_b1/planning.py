"""What a record becomes: its form by the settings, then the documents of that form. Pure."""

from connectors.kit import describing
from connectors.kit.documents import Document
from connectors.kit.errors import SkipRecord
from connectors.sap_b1 import accounts, invoices, journals, partners, payments
from connectors.sap_b1.entry import Entry
from connectors.sap_b1.settings import Form


def plan(entry: Entry) -> tuple[Document, ...]:
    """Documents that others need come first. Raises RefuseRecord, SkipRecord."""
    match entry.form:
        case Form.LEAVE_OUT:
            raise SkipRecord(f"{describing.kind(entry.record)}: the settings leave such entries out.")
        case Form.INVOICE:
            entry.check()
            vendor = partners.of(entry)
            return vendor, invoices.invoice(entry, vendor)
        case Form.PAYMENT:
            entry.check()
            return (payments.payment(entry, partners.of(entry)),)
        case Form.JOURNAL:
            entry.check()
            return (journals.journal(entry, accounts.contra(entry)),)
