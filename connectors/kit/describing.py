"""The description of a line, from a customer's template such as `{supplier} - {purpose}`."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from string import Formatter

from connectors.kit.money import Money
from connectors.kit.records import Line, Record, Tag
from connectors.kit.texts import one_line

FIELDS = (
    *("supplier", "employee", "purpose", "note", "invoice", "settles", "attendees", "period", "team"),
    *("book_id", "kind", "account", "tags", "original"),
)
_NAMES = {
    "atm_withdrawal": "Cash withdrawal",
    "wallet_topup": "Wallet top-up",
    "reimbursement_to_employee_refund": "Reimbursement to employee that came back",
}
LONGEST = 4000  # what no ERP takes more of; shorter fields are cut by the connector
_SEPARATOR = re.compile(r"(\s+[-\u2013\u2014|/\u00b7]\s+|[,;]\s+)")
_NOTHING_IN_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]")


def check(template: str) -> None:
    """Raises ValueError with what is wrong. Only plain fields: `{note.x}` or `{note!r}` would reach into objects."""
    try:
        parsed = list(Formatter().parse(template))
    except ValueError as error:
        raise ValueError(f"The braces do not match: {error}.") from error
    for _, field, form, conversion in parsed:
        if field is not None and (field not in FIELDS or form or conversion):
            raise ValueError(f"There is no field {{{field}}}. Use {', '.join(FIELDS)}.")


def line(template: str, record: Record, one: Line, untracked: tuple[Tag, ...]) -> str:
    """Never empty: the account's name or the entry's type stands in. `untracked`: the tags for {tags}."""
    account = one.account.name if one.account else ""
    tags = ", ".join(f"{tag.group} {tag.code}" for tag in untracked)
    said = _filled(template, {**_of_record(record), "account": account, "tags": tags})
    return said or one_line(account, LONGEST) or kind(record)


def whole(template: str, record: Record) -> str:
    """The same about the entry as a whole, without what belongs to one line."""
    return _filled(template, {**_of_record(record), "account": "", "tags": ""}) or kind(record)


def kind(record: Record) -> str:
    return _named(record.kind) or "Entry"


def purpose(record: Record) -> str:
    """What it was for, so that no line names but people: the note and the supplier's number, or else the type."""
    number = one_line(record.invoice.number, 255) if record.invoice else ""
    note = one_line(record.note, LONGEST)
    if note:
        return f"{note} (invoice {number})" if number else note
    return f"Invoice {number}" if number else _named(record.sub_kind or "") or kind(record)


def _named(kind: str) -> str:
    return _NAMES.get(kind) or one_line(kind.replace("_", " "), 100).capitalize()


def _of_record(record: Record) -> dict[str, str]:
    supplier = record.vendor or record.supplier
    period, original = record.period, record.original
    return {
        "supplier": supplier.name if supplier else "",
        "employee": record.employee.name if record.employee else "",
        "purpose": purpose(record),
        "note": record.note,
        "invoice": record.invoice.number if record.invoice else "",
        "settles": f"for {', '.join(record.settles)}" if record.settles else "",
        "attendees": f"with {', '.join(record.attendees)}" if record.attendees else "",
        "period": f"{period.first} to {period.last}" if period else "",
        "team": record.team,
        "book_id": record.book_id,
        "kind": kind(record),
        "original": _unsigned(original) if original and original.currency != record.amount.currency else "",
    }


def _unsigned(money: Money) -> str:
    """The document says which way it went."""
    return f"{abs(money.amount)} {money.currency}"


def _filled(template: str, values: Mapping[str, str]) -> str:
    """Part by part: one whose fields are all empty vanishes with the separator before it."""
    said = ""
    for separator, part in _parts(template):
        text = _part(part, values)
        if text:
            said += (separator if said else "") + text
    return one_line(said, LONGEST)


Piece = tuple[str, str | None]  # a literal, and the field behind it


@lru_cache(maxsize=512)
def _parts(template: str) -> tuple[tuple[str, tuple[Piece, ...]], ...]:
    """Each part with the separator before it. Kept: every line of every entry asks for the same few templates."""
    pieces = ["", *_SEPARATOR.split(template)]
    return tuple(
        (separator, tuple((literal, field) for literal, field, _, _ in Formatter().parse(part)))
        for separator, part in zip(pieces[::2], pieces[1::2], strict=True)
    )


def _part(part: Sequence[Piece], values: Mapping[str, str]) -> str:
    said = [(literal, one_line(values[field], LONGEST) if field else None) for literal, field in part]
    fields = [text for _, text in said if text is not None]
    if fields and not any(fields):
        return ""
    return _NOTHING_IN_BRACKETS.sub("", "".join(literal + (text or "") for literal, text in said)).strip()
