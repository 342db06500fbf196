"""Whom a document is about: the employee of a reimbursement, the supplier or shop of all else."""

from collections.abc import Iterable, Mapping
from typing import Any

from connectors.kit import faults
from connectors.kit.documents import Document, Found, Key, Kind, Part
from connectors.kit.records import Party, Record
from connectors.xero import cleaning
from connectors.xero.entry import OF_EMPLOYEES, Entry

#: Keeps employees apart from suppliers: supplier 12 and employee 12 are two contacts.
EMPLOYEE = "employee-"


def of_bill(entry: Entry) -> Document:
    """Raises RefuseRecord: somebody must be owed the money."""
    record = entry.record
    if record.kind in OF_EMPLOYEES:
        return _contact(*_employee(record))
    if found := _supplier(record):
        return _contact(*found)
    raise faults.missing("The entry names no supplier. Choose its vendor and export it again.", "vendor")


def of_money(entry: Entry) -> Document:
    """Xero wants a contact also where nobody is named (fees, top-ups): that is the settings' own."""
    record = entry.record
    if record.kind in OF_EMPLOYEES and record.employee:
        return _contact(*_employee(record))
    own = entry.settings.company_contact
    return _contact(*(_supplier(record) or (own, own)))


def _contact(known_as: str, name: str) -> Document:
    """Contacts are made by people too, so Xero is asked first. Their identity does not depend on the document's
    revision: a voided one leaves its contact in place."""
    number = cleaning.contact_number(known_as)
    return Document(
        key=Key(f"contact:{number}", Part.VENDOR),
        revision=1,
        kind=Kind.VENDOR,
        reference=number,
        total=None,
        dated=None,
        content={"ContactNumber": number, "Name": cleaning.name(name) or number},
        look_first=True,
    )


def _supplier(record: Record) -> tuple[str, str] | None:
    if vendor := record.vendor:
        return vendor.external_id or vendor.code or vendor.id or vendor.name, vendor.name
    if record.supplier and cleaning.name(record.supplier.name):
        return record.supplier.name, record.supplier.name
    return None


def _employee(record: Record) -> tuple[str, str]:
    employee = record.employee or Party("", "")
    if number := employee.code or employee.id:
        return f"{EMPLOYEE}{number}", employee.name
    raise faults.missing(
        "The entry does not say which employee is to be paid back. Name the employee and export it again.", "employee"
    )


def choose(document: Document, contacts: Iterable[Mapping[str, Any]]) -> tuple[Found, ...]:
    """The contacts that are this document. By number, first the active ones; a merged contact is the one it
    was merged into. Then the active one of the same name, also if it has another number: Xero keeps no two
    active contacts of one name, so it could not be created beside it. Last an archived one of our number:
    it cannot be made again either, and the bill's refusal will say that it must be restored."""
    found = list(contacts)
    own = [one for one in found if one.get("ContactNumber") == document.reference]
    named = [one for one in found if cleaning.same_name(str(one.get("Name")), document.content["Name"])]
    merged = {str(one["MergedToContactID"]) for one in own if one.get("MergedToContactID")}
    ids = _ids(own, active=True) or merged or _ids(named, active=True) or _ids(own, active=False)
    names = {one.get("ContactID"): str(one.get("Name")) for one in found}
    return tuple(Found(one, number=names.get(one, "")) for one in sorted(ids))


def _ids(contacts: Iterable[Mapping[str, Any]], *, active: bool) -> set[str]:
    return {
        str(one["ContactID"])
        for one in contacts
        if one.get("ContactID") and (one.get("ContactStatus", "ACTIVE") == "ACTIVE") is active
    }
