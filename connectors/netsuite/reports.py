"""A record as an expense report of its employee. It is in the ledger only once it has been approved in NetSuite."""

from typing import Any

from connectors.kit import faults
from connectors.kit.documents import Document, Kind
from connectors.netsuite import bills, lines, references
from connectors.netsuite.books import Row, named
from connectors.netsuite.entry import Entry
from connectors.netsuite.lines import Item
from connectors.netsuite.settings import Approval
from connectors.netsuite.shapes import REPORT


def report(entry: Entry) -> Document:
    """Raises RefuseRecord."""
    employee = _employee(entry)
    if entry.sign < 0:
        raise faults.bad(
            f"The expense is money back ({entry.record.amount}), and NetSuite takes no negative expense report. Set"
            " journals for such entries in the settings, or correct the report in NetSuite and leave this entry out.",
            "amount",
        )
    day = entry.dated(journal=False)
    items = lines.of_trade(entry, REPORT.name)
    reference = references.of_entry(entry, REPORT)
    approved = entry.settings.approval is Approval.APPROVED
    body = {
        **bills.head(entry, reference, day),
        "entity": {"id": employee.id},
        "complete": True,
        "supervisorapproval": approved,
        "accountingapproval": approved,
        "expense": {"items": [_line(entry, item) for item in items]},
    }
    told = {f"entity:{employee.id}": {"label": employee.label, "subject": "employee"}}
    return Document(
        key=entry.key(),
        revision=entry.revision,
        kind=Kind.BILL,
        reference=reference,
        total=entry.total,
        dated=day,
        content={"body": body, "names": lines.names(entry, items) | told},
        lines=lines.book_lines(entry, items, "Unpaid expense reports"),
        tax=lines.receipt_tax(entry),
    )


def _line(entry: Entry, item: Item) -> dict[str, Any]:
    """In the receipt's currency; in the subsidiary's own the amount is the same, else NetSuite's rate decides."""
    category = entry.books.categories.get(item.account.id)
    if category is None or category.inactive:
        raise faults.missing(
            f"NetSuite has no active expense category for account {item.account.label}. Add one under Setup >"
            " Accounting > Expense Categories, or choose another account, then export the entry again.",
            f"account:{item.account.number or item.account.name}",
        )
    own = entry.record.amount.currency == entry.books.base_currency
    return {
        "expensedate": entry.record.date.isoformat(),
        "category": {"id": category.id},
        **entry.currency(),
        "foreignamount": item.share.net,
        **({"amount": item.share.net} if own else {}),
        **item.common(),
        **item.tax_code(),
    }


def _employee(entry: Entry) -> Row:
    said = entry.record.employee
    if said is None or not (said.code or said.name):
        raise faults.missing(
            "The entry does not say which employee is to be paid back. Name the employee and export it again.",
            "employee",
        )
    found = named(entry.books.employees, said.code or "", said.name)
    if found is None:
        raise faults.missing(
            f"NetSuite has no employee {said.code or said.name} ({said.name}). Add the employee in NetSuite, or set"
            " bills or journals for such entries, then export the entry again.",
            "employee",
        )
    if found.inactive:
        raise faults.stale(
            f"Employee {found.label} is inactive in NetSuite. Make the record active there and export the entry"
            " again.",
            "employee",
        )
    if not found.is_valid_in(entry.books.subsidiary):
        raise faults.not_allowed(
            f"Employee {found.label} belongs to another subsidiary than {entry.books.subsidiary_name}. Connect that"
            " subsidiary for such entries, or set bills for them, then export the entry again.",
            "employee",
        )
    return found
