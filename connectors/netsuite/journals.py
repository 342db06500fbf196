"""A record as a journal entry: its subsidiary said, and its tax on a line of its own."""

from decimal import Decimal
from typing import Any

from connectors.kit import faults
from connectors.kit.documents import Document, Kind
from connectors.netsuite import accounts, bills, lines, references, segments
from connectors.netsuite.entry import Entry
from connectors.netsuite.lines import Item
from connectors.netsuite.settings import Approval
from connectors.netsuite.shapes import JOURNAL
from connectors.netsuite.taxes import Share


def journal(entry: Entry) -> Document:
    """Raises RefuseRecord."""
    contra = accounts.bookable(accounts.contra(entry), "The contra account", JOURNAL.name)
    day = entry.dated(journal=True)
    items = lines.with_own_tax(entry, JOURNAL.name)
    if all(item.account.id == contra.id for item in items):
        raise faults.not_allowed(
            f"Both sides of the entry are account {contra.label}, so nothing would be moved. Choose another account"
            " for its line or as its contra account and export the entry again.",
            f"account:{contra.number or contra.name}",
        )
    reference = references.of_entry(entry, JOURNAL)
    head = bills.head(entry, reference, day)
    other = Item(contra, Share(-entry.record.amount.amount), head["memo"], segments.defaults(entry))
    body = {
        **head,
        **entry.currency(),
        **_approval(entry),
        "line": {"items": [_line(item) for item in (*items, other) if item.share.net]},
    }
    return Document(
        key=entry.key(),
        revision=entry.revision,
        kind=Kind.JOURNAL,
        reference=reference,
        total=entry.total,
        dated=day,
        content={"body": body, "names": lines.names(entry, items, contra)},
        lines=lines.book_lines(entry, items, contra),
        tax=lines.receipt_tax(entry),
    )


def _line(item: Item) -> dict[str, Any]:
    side = "debit" if item.share.net > 0 else "credit"
    return {"account": {"id": item.account.id}, side: abs(item.share.net), **item.common()}


def _approval(entry: Entry) -> dict[str, bool]:
    if entry.settings.approval is Approval.AS_NETSUITE_DOES:
        return {}
    return {"approved": entry.settings.approval is Approval.APPROVED}


def debits(body: dict[str, Any]) -> Decimal:
    """What the debits of a journal as planned come to."""
    items = body.get("line", {}).get("items", ())
    return sum((item["debit"] for item in items if "debit" in item), Decimal(0))
