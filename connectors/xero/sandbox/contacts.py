"""Contacts: names and numbers are unique, PUT creates, POST creates or updates."""

import re
from datetime import UTC, datetime

from connectors.kit.sandbox import Document

from .answers import Json, messages, ms_date
from .books import Books
from .fields import ZERO_GUID, Fields
from .refusals import Problem, problem
from .where import fold, named

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

    def __init__(self, books: Books, fields: Fields, create: bool, places: int = 2) -> None:
        self._books, self._fields = books, fields
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.old = None if create else self._existing()
        if create and fields.guid("ContactID"):
            self._say("contact.id_chosen")
        self.document = self._changed()
        if not self.problems:
            self._check()

    def store(self) -> Document:
        return self._books.put("contacts", self.document)

    def echo(self) -> Json:
        return {
            **{name: self.document[name] for name in ("Name", "ContactNumber") if self.document.get(name)},
            "ContactID": self.old["id"] if self.old else ZERO_GUID,
            "HasValidationErrors": True,
            "ValidationErrors": messages(self.problems),
        }

    def _existing(self) -> Document | None:
        """POST matches on the id, else the number, else the name."""
        number, name = self._fields.text("ContactNumber"), self._fields.text("Name")
        if wanted := self._fields.guid("ContactID"):
            found = self._books.get("contacts", wanted)
            if found is None:
                self._say("contact.unknown")
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
                self._say("contact.text_long", field=field, most=limit)
        if email and not _EMAIL.fullmatch(email):
            self._say("contact.email_invalid")
        if new["ContactStatus"] == "ACTIVE" and self._taken(key=new["key"], ContactStatus="ACTIVE"):
            self._say("contact.name_taken", name=name)
        if number and self._taken(ContactNumber=number):
            self._say("contact.number_taken", number=number)

    def _say(self, refusal: str, **values: object) -> None:
        self.problems.append(problem(refusal, **values))

    def _taken(self, **where: str) -> bool:
        return any(found["id"] != self.document["id"] for found in self._books.find("contacts", **where))


def name_problems(name: str) -> list[Problem]:
    if not name:
        return [problem("contact.name_missing")]
    wrong = {"brackets": "<" in name or ">" in name, "spaces": name != name.strip() or "  " in name}
    return [problem(f"contact.name_{why}") for why, found in wrong.items() if found]


def known_contact(books: Books, asked: Fields) -> Document | None:
    """By id, by number or by name."""
    if contact_id := asked.guid("ContactID"):
        found = books.get("contacts", contact_id)
    elif number := asked.text("ContactNumber"):
        found = next(iter(books.find("contacts", ContactNumber=number)), None)
    else:
        same = books.find("contacts", key=name_key(asked.text("Name") or ""), ContactStatus="ACTIVE")
        found = next(iter(same), None)
    return found


def contact_json(contact: Document, full: bool = True) -> Json:
    short = {name: contact[name] for name in ("ContactID", "ContactStatus", "Name")}
    if not full:
        return short
    texts = {name: contact[name] for name in (*TEXTS, "MergedToContactID") if contact.get(name)}
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
