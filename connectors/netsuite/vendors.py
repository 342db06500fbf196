"""Whom a bill is owed to: a vendor of NetSuite's, looked for in every way we know of before one is made.

A vendor never gets a suffix so that its name be free: a name that is taken is the vendor that we look for.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from connectors.kit import faults
from connectors.kit.documents import Document, Found, Key, Kind, Part
from connectors.kit.entries import OWED_TO_EMPLOYEES
from connectors.kit.records import Party
from connectors.kit.texts import one_line
from connectors.netsuite import references
from connectors.netsuite.entry import Entry
from connectors.netsuite.query import Row

LONGEST_NAME = 83  # characters of a company name
#: Keeps employees apart from suppliers: supplier 12 and employee 12 are two vendors.
EMPLOYEE = "employee-"
_COLUMNS = "id, entityid, companyname, email, externalid, subsidiary, isinactive"

#: Gives all rows of a query with these parameters.
Ask = Callable[[str, str], Sequence[Row]]


def of_bill(entry: Entry) -> Document:
    """Raises RefuseRecord: somebody must be owed the money."""
    record = entry.record
    if record.kind in OWED_TO_EMPLOYEES:
        employee = record.employee or Party("", "")
        if number := employee.code or employee.id:
            return _vendor(entry, EMPLOYEE + number, employee, [])
        raise faults.missing(
            "The entry does not say which employee is to be paid back. Name the employee and export it again.",
            "employee",
        )
    if vendor := record.vendor:
        keys = [key for key in (vendor.external_id, vendor.code, vendor.id) if key]
        return _vendor(entry, (keys or [vendor.name])[0], vendor, [key for key in keys if key != vendor.id])
    if record.supplier and record.supplier.name.strip():
        return _vendor(entry, record.supplier.name, record.supplier, [])
    raise faults.missing("The entry names no supplier. Choose its vendor and export it again.", "vendor")


def _vendor(entry: Entry, known_as: str, party: Party, numbers: Sequence[str]) -> Document:
    """Vendors are made by people too, so NetSuite is asked first. Its identity does not depend on the document's
    revision: a voided one leaves its vendor in place."""
    reference = references.of_vendor(known_as)
    shown = one_line(party.name, LONGEST_NAME) or known_as.removeprefix(EMPLOYEE)[:LONGEST_NAME]
    body = {"externalId": reference, "entityId": shown, "companyName": shown, "isPerson": False}
    if party.email:
        body["email"] = party.email
    return Document(
        key=Key(f"vendor:{reference}", Part.VENDOR),
        revision=1,
        kind=Kind.VENDOR,
        reference=reference,
        total=None,
        dated=None,
        content={
            "body": {**body, **entry.subsidiary(), **entry.currency()},
            "numbers": list(numbers),
            "names": {},
        },
        look_first=True,
    )


def find(ask: Ask, document: Document) -> tuple[Found, ...]:
    """By our external id, by the source's keys as external ids and entity ids, by the e-mail address, then by the
    name. What is active in our subsidiary comes first; one of another subsidiary is still the one that we mean, and
    the bill's refusal will say that it must be opened to ours."""
    body: dict[str, Any] = document.content.get("body", {})
    subsidiary = str(body.get("subsidiary", {}).get("id", ""))
    for column, value in _ways(document):
        rows = ask(f"SELECT {_COLUMNS} FROM vendor WHERE {column} = ? ORDER BY id", value)  # noqa: S608 - ours
        if chosen := _choose(rows, subsidiary):
            return tuple(Found(row["id"], number=row.get("entityid", "")) for row in chosen)
    return ()


def _ways(document: Document) -> Iterator[tuple[str, str]]:
    yield "externalid", document.reference
    for number in document.content.get("numbers", ()):
        yield "externalid", number
        yield "entityid", number
    body = document.content.get("body", {})
    if email := body.get("email"):
        yield "email", email
    if name := body.get("entityId"):
        yield "entityid", name
        yield "companyname", name


def _choose(rows: Sequence[Row], subsidiary: str) -> Sequence[Row]:
    ours = [row for row in rows if subsidiary in {"", *(one.strip() for one in row.get("subsidiary", "").split(","))}]
    active = [row for row in ours if row.get("isinactive") != "T"]
    return active or ours or rows
