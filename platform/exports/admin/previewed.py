"""A preview in the words and numbers of its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join

from connectors.kit.documents import BookLine, Kind
from connectors.kit.errors import ConnectorError
from connectors.kit.http import Request
from connectors.kit.money import Money
from desk.formats import NOTHING, cut, day, digits, money, pretty, to
from desk.sheets import Cell, Fold, Todo
from exports.admin.statement import KINDS
from exports.models import Record
from exports.preview import FailedCause, Preview, PreviewedDocument, PreviewedRecord
from incidents.admin import kind_of

ONE = KINDS | {
    Kind.BILL: "Bill",
    Kind.JOURNAL: "Journal",
    Kind.CREDIT: "Credit note",
    Kind.PAYMENT: "Payment",
    Kind.VENDOR: "Vendor",
}


@dataclass(frozen=True)
class Row:
    """A line of a document, with its amount on one of both sides."""

    account: str
    more: str
    debit: str
    credit: str


@dataclass(frozen=True)
class Shown:
    name: str
    reference: str
    there: str
    dated: Cell
    currency: str
    rows: Sequence[Row]
    debit: str
    credit: str
    agrees: bool
    request: Fold | None


@dataclass(frozen=True)
class Entry:
    number: int
    name: Cell
    facts: Cell
    failure: str
    reason: str
    documents: Sequence[Shown]


def shown(found: Preview, page: int, size: int) -> dict[str, Any]:
    pages = -(-found.total // size)
    return {
        "total": found.total,
        "is_whole": found.is_whole,
        "kinds": [(KINDS[kind], count) for kind in KINDS if (count := found.kinds.get(kind, 0))],
        "fine": found.total - found.left_out - sum(cause.count for cause in found.failed),
        "failed": sum(cause.count for cause in found.failed),
        "left_out": found.left_out,
        "sums": [
            (currency, digits(both.debit, currency), digits(both.credit, currency), both.debit == both.credit)
            for currency, both in found.sums.items()
        ],
        "causes": [_cause(cause) for cause in found.failed],
        "entries": [_entry(one) for one in found.records],
        "page": page,
        "pages": pages,
        "first": (page - 1) * size + 1,
        "last": (page - 1) * size + len(found.records),
    }


def problem(error: ConnectorError) -> Todo:
    """Why there is no preview, and who can change that."""
    kind = kind_of(error.failure)
    return Todo(f"No preview: {kind.title}", error.sentence, kind.who, kind.remedy, error.words)


def _cause(cause: FailedCause) -> Todo:
    kind = kind_of(cause.failure)
    names = format_html_join(", ", "{}", ((_name(record),) for record in cause.examples))
    verb = "entry would fail" if cause.count == 1 else "entries would fail"
    title = f"{cause.count} {verb}: {kind.title}"
    return Todo(title, cause.sentence, kind.who, kind.remedy, link=format_html("Such as {}", names))


def _entry(one: PreviewedRecord) -> Entry:
    record = one.record
    return Entry(
        number=record.position + 1,
        name=_name(record),
        facts=_facts(record),
        failure=kind_of(one.failure).title if one.failure else "",
        reason=one.reason,
        documents=[_document(document) for document in one.documents],
    )


def _facts(record: Record) -> Cell:
    """Of an entry that cannot be read nothing may be known."""
    facts = (record.kind.replace("_", " ").capitalize(), day(record.dated), money(record.amount, record.currency))
    return format_html_join(" · ", "{}", ((fact,) for fact in facts if fact not in ("", NOTHING)))


def _name(record: Record) -> Cell:
    """A record that is not stored yet has no page."""
    name = cut(str(record), 60)
    return name if record._state.adding else to(record, name)


def _document(one: PreviewedDocument) -> Shown:
    document, lines = one.document, one.document.lines
    currency = next((side.currency for line in lines for side in (line.debit, line.credit) if side), "")
    debit, credit = _total([line.debit for line in lines]), _total([line.credit for line in lines])
    there = one.there and (one.there.number or one.there.document_id)
    return Shown(
        name=ONE[document.kind],
        reference=document.reference,
        there=f"In the ERP already: {there}" if there else "",
        dated=day(document.dated),
        currency=currency,
        rows=[_row(line) for line in lines],
        debit=_digits(debit),
        credit=_digits(credit),
        agrees=debit == credit,
        request=_request(one.request) if one.request else None,
    )


def _row(line: BookLine) -> Row:
    more = " · ".join(part for part in (line.text, line.tax, line.tags) if part)
    return Row(line.account or NOTHING, more, _digits(line.debit), _digits(line.credit))


def _digits(side: Money | None) -> str:
    return digits(side.amount, side.currency) if side else ""


def _total(sides: Sequence[Money | None]) -> Money | None:
    given = [side for side in sides if side]
    return sum(given[1:], given[0]) if given else None


def _request(request: Request) -> Fold:
    return Fold(f"{request.method} {request.target}", pretty(request.body))
