"""What a record becomes: its form by the settings, then the documents of that form. Pure."""

from collections.abc import Callable

from connectors.kit import describing
from connectors.kit.documents import Document
from connectors.kit.errors import SkipRecord
from connectors.netsuite import bills, journals, reports, vendors
from connectors.netsuite.entry import Entry
from connectors.netsuite.settings import Form


def plan(entry: Entry) -> tuple[Document, ...]:
    """Documents that others need come first. Raises RefuseRecord, SkipRecord."""
    if entry.form is Form.LEAVE_OUT:
        raise SkipRecord(f"{describing.kind(entry.record)}: the settings leave such entries out.")
    entry.check()
    return _PLANS[entry.form](entry)


def _bill(entry: Entry) -> tuple[Document, ...]:
    vendor = vendors.of_bill(entry)
    return vendor, bills.bill(entry, vendor)


def _journal(entry: Entry) -> tuple[Document, ...]:
    return (journals.journal(entry),)


def _report(entry: Entry) -> tuple[Document, ...]:
    return (reports.report(entry),)


_PLANS: dict[Form, Callable[[Entry], tuple[Document, ...]]] = {
    Form.BILL: _bill,
    Form.JOURNAL: _journal,
    Form.EXPENSE_REPORT: _report,
}
