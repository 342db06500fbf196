"""Contacts: names and numbers are unique, PUT creates, POST creates or updates."""

import re
from datetime import UTC, datetime

from connectors.kit.sandbox import Document

from .answers import Json, ms_date
from .books import Books
from .fields import Fields
from .filters import fold, named

STATUSES = ("ACTIVE", "ARCHIVED", "GDPRREQUEST")
TEXTS = ("Name", "ContactNumber", "AccountNumber", "FirstName", "LastName", "EmailAddress", "TaxNumber")
_LIMITS = {"Name": 255, "ContactNumber": 50, "AccountNumber": 50, "EmailAddress": 255, "TaxNumber": 50}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
WHERE = named("Name", "EmailAddress", "ContactNumber", "AccountNumber", "ContactStatus", "ContactID")


def name_key(name: str) -> str:
    """Two names with one key are one name to Xero: case, accents and outer spaces do not tell them apart."""
    return str(fold(" ".join(name.split())))


class ContactWrite:
    """One contact of a request. `document` is what to store; with `problems` nothing may be stored."""

    def __init__(self, books: Books, fields: Fields, create: bool) -> None:
        self._books, self._fields = books, fields
        self.problems: list[str] = []
        self.old = None if create else self._existing()
        if create and fields.guid("ContactID"):
            self.problems.append("A ContactID cannot be chosen when a contact is created.")
        self.document = self._changed()
        if not self.problems:
            self._check()

    def store(self) -> Document:
        return self._books.put("contacts", self.document)

    def _existing(self) -> Document | None:
        """POST matches on the id, else the number, else the name."""
        number, name = self._fields.text("ContactNumber"), self._fields.text("Name")
        if wanted := self._fields.guid("ContactID"):
            found = self._books.get("contacts", wanted)
            if found is None:
                self.problems.append("The contact could not be found.")
            return found
        if number:
            return next(iter(self._books.find("contacts", ContactNumber=number)), None)
        same = self._books.find("contacts", key=name_key(name or ""), ContactStatus="ACTIVE")
        return next(iter(same), None)

    def _changed(self) -> Document:
        new = self._books.sandbox.new_id()
        blank: Document = {"id": new, "ContactID": new, "ContactStatus": "ACTIVE", "Name": ""}
        sent = {name: self._fields.text(name) for name in TEXTS if name in self._fields}
        status = self._fields.choice("ContactStatus", STATUSES)
        document = (self.old or blank) | sent | ({"ContactStatus": status} if status else {})
        return document | {"key": name_key(str(document["Name"]))}

    def _check(self) -> None:
        new = self.document
        name, number, email = new["Name"], new.get("ContactNumber"), new.get("EmailAddress")
        self.problems += name_problems(name)
        for field, limit in _LIMITS.items():
            if len(new.get(field) or "") > limit:
                self.problems.append(f"{field} must not exceed {limit} characters")
        if email and not _EMAIL.fullmatch(email):
            self.problems.append("Email address must be valid")
        if new["ContactStatus"] == "ACTIVE" and self._taken(key=new["key"], ContactStatus="ACTIVE"):
            self.problems.append(
                f"The contact name {name} is already assigned to another contact."
                " The contact name must be unique across all active contacts."
            )
        if number and self._taken(ContactNumber=number):
            self.problems.append(f"The contact number {number} is already assigned to another contact.")

    def _taken(self, **where: str) -> bool:
        return any(found["id"] != self.document["id"] for found in self._books.find("contacts", **where))


def name_problems(name: str) -> list[str]:
    if not name:
        return ["The contact name must be specified."]
    problems = []
    if "<" in name or ">" in name:
        problems.append("The contact name cannot contain the characters < or >.")
    if name != name.strip() or "  " in name:
        problems.append("The contact name cannot contain leading, trailing or double spaces.")
    return problems


def contact_json(contact: Document, full: bool = True) -> Json:
    short = {name: contact[name] for name in ("ContactID", "ContactStatus", "Name")}
    if not full:
        return short
    texts = {name: contact[name] for name in TEXTS if contact.get(name)}
    return {
        **short,
        "EmailAddress": "",
        **texts,
        "BankAccountDetails": "",
        "Addresses": [],
        "Phones": [],
        "UpdatedDateUTC": ms_date(datetime.fromtimestamp(float(contact["updated"]), UTC)),
        "ContactGroups": [],
        "ContactPersons": [],
        "IsSupplier": False,
        "IsCustomer": False,
        "HasAttachments": False,
        "HasValidationErrors": False,
    }
