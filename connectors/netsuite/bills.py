"""A record as a vendor bill, or as a vendor credit where it is money back: NetSuite takes no negative bill."""

from datetime import date, timedelta
from typing import Any

from connectors.kit import describing
from connectors.kit.documents import Document, Kind
from connectors.kit.texts import one_line
from connectors.netsuite import accounts, lines, references, segments
from connectors.netsuite.entry import Entry
from connectors.netsuite.lines import Item
from connectors.netsuite.settings import Approval
from connectors.netsuite.shapes import BILL, CREDIT

LONGEST_NUMBER = 45
_STATUS = {Approval.PENDING: "1", Approval.APPROVED: "2"}


def bill(entry: Entry, vendor: Document) -> Document:
    """Raises RefuseRecord. The vendor's id is put in when the request is made."""
    back = entry.sign < 0
    shape = CREDIT if back else BILL
    day = entry.dated(journal=False)
    items = lines.of_trade(entry, shape.name)
    reference = references.of_entry(entry, shape)
    body = {
        **head(entry, reference, day),
        "tranId": _number(entry),
        **entry.currency(),
        **_payables(entry),
        "expense": {"items": [_line(item, entry.sign) for item in items]},
    }
    if not back:
        body |= {"dueDate": _due(entry, day).isoformat(), **_approval(entry)}
    return Document(
        key=entry.key(),
        revision=entry.revision,
        kind=Kind.CREDIT if back else Kind.BILL,
        reference=reference,
        total=entry.total,
        dated=day,
        content={"body": body, "names": lines.names(entry, items)},
        needs=vendor.key,
        lines=lines.book_lines(entry, items, entry.books.payables),
        tax=lines.receipt_tax(entry),
    )


def head(entry: Entry, reference: str, day: date) -> dict[str, Any]:
    """What every transaction has."""
    field, link = entry.settings.receipt_field, entry.record.link
    return {
        "externalId": reference,
        "tranDate": day.isoformat(),
        "memo": _memo(entry, day),
        **entry.subsidiary(),
        **segments.header(entry),
        **({field: link} if field and link else {}),
    }


def _memo(entry: Entry, day: date) -> str:
    """Never dated anew in silence."""
    told = describing.whole(entry.settings.description, entry.record)
    of = "" if day == entry.record.date else f" (of {entry.record.date}, whose period is closed)"
    return one_line(told, lines.LONGEST_MEMO - len(of)) + of


def _line(item: Item, sign: int) -> dict[str, Any]:
    """Net: NetSuite adds the tax of its code. A gross amount beside it would be honoured instead (since 2026.1)."""
    return {
        "account": {"id": item.account.id},
        "amount": sign * item.share.net,
        **item.common(),
        **item.tax_code(),
    }


def _number(entry: Entry) -> str:
    """The supplier's own, which people look for; else the source's."""
    invoice = entry.record.invoice
    return one_line(invoice.number if invoice else entry.record.book_id, LONGEST_NUMBER)


def _due(entry: Entry, day: date) -> date:
    invoice = entry.record.invoice
    if invoice and invoice.due:
        return max(invoice.due, day) if day != entry.record.date else invoice.due
    return (invoice.issued if invoice else day) + timedelta(days=entry.settings.due_days)


def _payables(entry: Entry) -> dict[str, Any]:
    number = entry.settings.payables_account
    if not number:
        return {}
    return {"account": {"id": accounts.of_setting(entry.books, number, "accounts payable").id}}


def _approval(entry: Entry) -> dict[str, Any]:
    status = _STATUS.get(entry.settings.approval)
    return {"approvalStatus": {"id": status}} if status else {}
