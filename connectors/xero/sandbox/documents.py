"""One document of a request: what it would become, and everything that Xero would say against it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlsplit

from connectors.kit.sandbox import Document

from .answers import Json, messages
from .books import Books
from .fields import ZERO_GUID, Fields
from .refusals import Problem, problem

FINAL = {"VOIDED", "DELETED"}


class DocumentWrite:
    """With `problems` nothing may be stored; `warnings` are told, and stored it is all the same.

    `moves`: from each status that may be changed, the ones it may get; a new document may get one of `new`.
    """

    collection: ClassVar[str]
    key: ClassVar[str]  # InvoiceID
    noun: ClassVar[str]  # invoice
    number: ClassVar[str] = ""  # the field by which POST finds what is there already
    statuses: ClassVar[tuple[str, ...]]
    new: ClassVar[tuple[str, ...]]  # the first one is given when none is named
    moves: ClassVar[Mapping[str, set[str]]]
    echoed: ClassVar[tuple[str, ...]] = ()

    def __init__(self, books: Books, fields: Fields, create: bool, places: int) -> None:
        self.books, self.fields, self.places = books, fields, places
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self._begin()
        self.old = self._existing(create)
        blank: Document = {"id": books.sandbox.new_id(), "app": books.app}
        self.document = blank | (self.old or {})
        if self.old is None or self._changeable(self.old):
            self._status()
            self._fill()

    def _begin(self) -> None:
        """What makes the whole body unreadable is found first."""

    def _fill(self) -> None:
        raise NotImplementedError

    def store(self) -> Document:
        return self.books.put(self.collection, self.document)

    def echo(self) -> Json:
        """What comes back of a refused one: with the id of nothing, when it is new."""
        kept = {name: self.document[name] for name in self.echoed if self.document.get(name)}
        return {self.key: self.old["id"] if self.old else ZERO_GUID, **kept, **self.judgement()}

    def judgement(self) -> Json:
        found = {"ValidationErrors": self.problems, "Warnings": self.warnings}
        return {name: messages(said) for name, said in found.items() if said}

    def say(self, refusal: str, **values: Any) -> None:
        said = problem(refusal, **values)
        if said not in self.problems:
            self.problems.append(said)

    def _existing(self, create: bool) -> Document | None:
        """POST by number overwrites (pyxero#328): the reason to create with PUT."""
        wanted = self.fields.guid(self.key)
        if create:
            if wanted:
                self.say("document.id_chosen", key=self.key)
            return None
        if wanted:
            found = self.books.get(self.collection, wanted)
            if found is None:
                self._unknown()
            return found
        number = self.fields.text(self.number) if self.number else None
        same = self.books.find(self.collection, **{self.number: number}) if number else []
        return next((found for found in same if found["Status"] not in FINAL), None)

    def _unknown(self) -> None:
        self.say("document.unknown", noun=self.noun)

    def _changeable(self, old: Document) -> bool:
        if old["Status"] not in self.moves:
            self.say("document.status_move", title=self.noun.capitalize())
            return False
        return self._unlocked(date.fromisoformat(old["Date"]))

    def _status(self) -> None:
        was = self.old["Status"] if self.old else None
        wanted = self.fields.choice("Status", self.statuses) or was or self.new[0]
        if was is None and wanted not in self.new:
            self.say("document.status_new", title=self.noun.capitalize())
        elif was is not None and wanted not in self.moves[was]:
            self.say("document.status_move", title=self.noun.capitalize())
        self.document["Status"] = wanted

    def _url(self) -> None:
        url = self.fields.text("Url")
        if url is None:
            return
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.netloc or " " in url:
            self.say("document.url_invalid")
        if "xero" in url.lower():
            self.say("document.url_names_xero")
        self.document["Url"] = url

    def _dated(self) -> None:
        """Today is the day where the organisation is."""
        day = self.fields.day("Date")
        if day is not None or self.old is None:
            self.document["Date"] = (day or self.books.today()).isoformat()
        self._unlocked(date.fromisoformat(self.document["Date"]))

    def _unlocked(self, day: date) -> bool:
        for name, lock in self.books.lock_dates():
            if day <= lock:
                self.say(f"document.{name}", day=f"{lock.day} {lock:%B %Y}")
                return False
        return True
