"""The ERP's connector: as small as the kit allows."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from connectors.kit.connector import Environment, Reference, Target
from connectors.kit.documents import (
    Created,
    Document,
    Draft,
    Found,
    Key,
    Kind,
    Outcome,
    Part,
    Refused,
    Unknown,
    marker,
)
from connectors.kit.errors import RateLimited, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.flows import AuthorisationCode, Endpoint
from connectors.kit.http import Answer, Client, Ready, Request
from connectors.kit.limits import Limits
from connectors.kit.money import Money
from connectors.kit.records import Company, Probe, Record
from connectors.kit.settings import Settings
from database.acting import refuse_inside_transaction
from tests.exports.paper.books import KINDS, MADE, REFUSED, SETTLE, Books, Element, Paper

HOSTS = {Environment.PRODUCTION: {"api": "https://paper.example"}, Environment.SANDBOX: {}}
FLOW = AuthorisationCode(authorise=Endpoint("api", "/a"), token=Endpoint("api", "/t"), scopes=(), pkce=False)
#: Of an entry, by how its name begins; one that is owed needs its vendor, too.
PARTS = {"bill": (Part.DOCUMENT,), "paid": (Part.DOCUMENT, Part.PAYMENT), "owed": (Part.DOCUMENT,)}
VENDORS = ("vendor-0", "vendor-1")


def vendor_of(entry: str) -> str:
    """Two vendors, of whom several entries speak."""
    return VENDORS[int(entry.partition("-")[2]) % 2]


class Pen(Client):
    """The client's place: a call is a line in the books."""

    longest_call = timedelta(seconds=45)

    def __init__(self, books: Books) -> None:
        self.books = books

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def prepare(self) -> Ready:
        refuse_inside_transaction()
        return Ready("", math.inf)

    def send(self, request: Request, ready: Ready | None = None) -> Answer:
        refuse_inside_transaction()
        return self.books.write(request)


class PaperTarget(Target):
    """Two documents a call."""

    key, name = "paper_target", "Paper target"
    flows, hosts, limits = (FLOW,), HOSTS, Limits(per_minute=1000, concurrent=1)
    kinds = (Kind.BILL, Kind.PAYMENT)
    idempotency, settle = KINDS["native key"], SETTLE
    books: ClassVar[Books]

    def __init__(self, client: Client, settings: Settings, company: str = "") -> None:
        super().__init__(Pen(self.books), settings, company)

    def probe(self) -> Probe:
        return Probe(Company(self.company, "Paper"))

    def companies(self) -> Sequence[Company]:
        return [Company(self.company, "Paper")]

    def plan(self, record: Record, reference: Reference, revision: int = 1) -> tuple[Document, ...]:
        main = Key(record.entry, Part.DOCUMENT)
        if record.entry.startswith("owed"):
            number = vendor_of(record.entry)
            vendor = Document(Key(number, Part.VENDOR), 1, Kind.VENDOR, number, None, None, {}, look_first=True)
            return vendor, _document(record, main, Kind.BILL, revision, needs=vendor.key)
        if record.entry.startswith("paid"):
            payment = _document(record, Key(record.entry, Part.PAYMENT), Kind.PAYMENT, revision, needs=main)
            return _document(record, main, Kind.BILL, revision), payment
        return (_document(record, main, Kind.BILL, revision),)

    def requests(self, documents: Sequence[Document], known: Mapping[Key, str]) -> Iterator[Draft]:
        for n in range(0, len(documents), 2):
            two = documents[n : n + 2]
            yield Draft(Request.json("PUT", "/papers", [_element(one, known) for one in two]), tuple(two))

    def read(self, draft: Draft, answer: Answer) -> tuple[Outcome, ...]:
        if answer.status == 429:
            raise RateLimited("Slower.", wait=timedelta(seconds=5))
        if answer.status == 500:
            return tuple(Unknown(document.key, "500") for document in draft.documents)
        return tuple(_outcome(*both) for both in zip(draft.documents, answer.json(), strict=False))

    def find(self, documents: Sequence[Document]) -> Mapping[Key, tuple[Found, ...]]:
        self._look()
        seen = self.books.find([document.reference for document in documents])
        return {document.key: tuple(map(_found, seen[document.reference])) for document in documents}

    def standing(self, posted: Sequence[tuple[Document, str]]) -> Mapping[Key, Found]:
        self._look()
        papers = ((document.key, self.books.get(id_)) for document, id_ in posted)
        return {key: _found(paper) for key, paper in papers if paper}

    def _look(self) -> None:
        refuse_inside_transaction()
        if self.books.blind:
            self.books.blind -= 1
            raise TryLater("The books are closed for a moment.")

    def document_url(self, document: Document, document_id: str) -> str:
        return f"https://paper.example/{document_id}"


def _document(record: Record, key: Key, kind: Kind, revision: int, needs: Key | None = None) -> Document:
    reference = f"{record.entry}-{marker(key, revision)}"
    return Document(key, revision, kind, reference, record.amount, record.date, {}, needs=needs)


def _element(document: Document, known: Mapping[Key, str]) -> Element:
    pays = known[document.needs] if document.needs and document.kind is Kind.PAYMENT else ""
    total = str(document.total.amount) if document.total else ""
    return {"reference": document.reference, "total": total, "pays": pays}


def _outcome(document: Document, told: Element) -> Outcome:
    if told["became"] == MADE:
        return Created(document.key, _found(Paper(told["id"], told["reference"], told["total"])))
    if told["became"] == REFUSED:
        return Refused(document.key, FailureClass.VALIDATION_FIELD, "It is not wanted.", subject="paper")
    return Unknown(document.key, "There is one of this reference.")


def _found(paper: Paper) -> Found:
    return Found(paper.id, total=Money(Decimal(paper.total), "EUR") if paper.total else None, void=paper.void)
