"""How NetSuite calls each kind of record that we write: in addresses, in references of ours, in its own pages."""

from typing import NamedTuple

from connectors.kit.documents import Document


class Shape(NamedTuple):
    """`sublist`: where its lines stand. `permission`: the one that the role needs, as people see it."""

    record: str
    prefix: str
    sublist: str
    page: str
    permission: str
    name: str


_PAGES = "/app/accounting/transactions"
BILL = Shape("vendorBill", "cw-bill", "expense", f"{_PAGES}/vendbill.nl", "Transactions > Bills", "a vendor bill")
CREDIT = Shape(
    "vendorCredit", "cw-cred", "expense", f"{_PAGES}/vendcred.nl", "Transactions > Vendor Credits", "a vendor credit"
)
JOURNAL = Shape(
    "journalEntry", "cw-je", "line", f"{_PAGES}/journal.nl", "Transactions > Make Journal Entry", "a journal entry"
)
REPORT = Shape(
    "expenseReport", "cw-er", "expense", f"{_PAGES}/exprept.nl", "Transactions > Expense Report", "an expense report"
)
VENDOR = Shape("vendor", "cw-vend", "", "/app/common/entity/vendor.nl", "Lists > Vendors", "a vendor")
SHAPES = (BILL, CREDIT, JOURNAL, REPORT, VENDOR)


def of(document: Document) -> Shape:
    """By its reference: of what was posted long ago nothing else is known."""
    return next(shape for shape in SHAPES if document.reference.startswith(f"{shape.prefix}-"))
