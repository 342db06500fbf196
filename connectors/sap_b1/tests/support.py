"""Records, reference data and a connector's calls, for tests of what is pure and what is looked up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from connectors.kit.documents import Document, Draft, Key
from connectors.kit.egress import Network
from connectors.kit.http import Answer, Client, Request
from connectors.kit.money import Money
from connectors.kit.private import PrivateHost
from connectors.kit.records import Account, Invoice, Line, Party, Record, Tag, Tax
from connectors.kit.testing import ports
from connectors.sap_b1 import answers, listing, planning, reference, sending
from connectors.sap_b1.books import Books
from connectors.sap_b1.conformance import SapB1Books
from connectors.sap_b1.entry import Entry
from connectors.sap_b1.sandbox import HARBOUR, NORDWIND, SapB1Sandbox
from connectors.sap_b1.settings import SapB1Settings
from connectors.sap_b1.target import SapB1
from connectors.sap_b1.tests.client import ROOT, Program, loaded

DAY = date(2026, 11, 1)
SUPPLIER = Party("v-1", "Papier & Co", tax_number="DE123")
EMPLOYEE = Party("u-1", "Ada Holm", "E12")


def money(amount: str, currency: str = "EUR") -> Money:
    return Money(Decimal(amount), currency)


def line(amount: str, account: str = "6660", **more: Any) -> Line:
    """`tax` as ("V19", "19.00")."""
    currency = more.pop("currency", "EUR")
    tax = more.pop("tax", None)
    named = Tax(19, "inclusive", money(tax[1], currency), tax[0]) if tax else None
    return Line("l-1", money(amount, currency), Account("a-1", "Travel", account, account), named, **more)


def record(amount: str = "119.00", *lines: Line, **changes: Any) -> Record:
    """An employee's taxi in euro; `changes` are fields of Record."""
    currency = changes.pop("currency", "EUR")
    usual = Record(
        entry="8f3c1d6a-0000-4000-8000-000000000001",
        kind="out_of_pocket",
        date=DAY,
        amount=money(amount, currency),
        lines=lines or (line(amount, currency=currency),),
        book_id="BOOK-1",
        note="Taxi to client",
        employee=EMPLOYEE,
    )
    return replace(usual, **changes)


def supplier_invoice(amount: str = "119.00", *lines: Line, **changes: Any) -> Record:
    about = Invoice("RE 2026/007", date(2026, 10, 28), date(2026, 11, 27))
    return record(amount, *lines, **{"kind": "invoice", "vendor": SUPPLIER, "invoice": about, **changes})


def card(amount: str = "119.00", *lines: Line, **changes: Any) -> Record:
    return record(amount, *lines, **{"kind": "card_purchase", "contra": Account("a-2", "Cards", "1460"), **changes})


def tag(group: str, code: str) -> tuple[Tag, ...]:
    return (Tag(group, code),)


def connected(
    sandbox: SapB1Sandbox, at: PrivateHost | None = None, company: str = NORDWIND, **settings: Any
) -> SapB1:
    """The connector, logged in. `at`: as a server in the customer's network, with its certificate."""
    customer, [flow] = SapB1Books(sandbox, company), SapB1.flows
    hosts = at.hosts({"api": "https://{private}"}) if at else {"api": sandbox.url}
    client = Client(
        hosts, ports(customer.tokens()), at or Network.SANDBOX, vendor=SapB1.name, flow=flow, account=customer.company
    )
    return SapB1(client, SapB1Settings(**settings), customer.company)


class Desk:
    """The connector's parts, put together over a program's session; it stands in for what binds them."""

    def __init__(self, program: Program, **settings: Any) -> None:
        self.program, self.settings = program, SapB1Settings(**settings)

    def fetch(self, path: str, query: Sequence[tuple[str, str]] = ()) -> Any:
        answer = self.program.call("GET", path.removeprefix(ROOT), params=list(query))
        assert answer.status_code == 200, answer.text
        return loaded(answer)

    def get(self, path: str) -> Any:
        answer = self.program.call("GET", path.removeprefix(ROOT))
        return None if answer.status_code == 404 else loaded(answer)

    def listed(self, entity_set: str, query: Sequence[tuple[str, str]]) -> Iterator[Mapping[str, Any]]:
        return listing.listed(self.fetch, entity_set, query)

    def called(self, name: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        return loaded(self.program.call("POST", f"/{name}", body))

    def reference(self) -> dict[str, Any]:
        return reference.read(self.fetch, self.listed, self.called, self.settings.marker_field)

    def plan(self, record: Record, revision: int = 1) -> tuple[Document, ...]:
        return planning.plan(Entry.of(record, Books(self.reference()), self.settings, revision))

    def answer(self, request: Request) -> Answer:
        sent = self.program.http.request(
            request.method,
            self.program.sandbox.url + request.target,
            data=request.body,
            headers=dict(request.headers),
            timeout=10,
        )
        self.program.last = sent
        return Answer(sent.status_code, {name.lower(): value for name, value in sent.headers.items()}, sent.content)

    def send(self, draft: Draft) -> Any:
        """The one outcome."""
        [outcome] = answers.read(draft, self.answer(draft.request), self.program.sandbox.clock.now())
        return outcome

    def post(self, record: Record, revision: int = 1) -> list[Any]:
        """The outcome of each document; ids of what was made go on to what needs it."""
        known: dict[Key, str] = {}
        outcomes: list[Any] = []
        for document in self.plan(record, revision):
            [draft] = sending.drafts([document], known, self.settings)
            outcomes.append(self.send(draft))
            if hasattr(outcomes[-1], "found"):
                known[document.key] = outcomes[-1].found.document_id
        return outcomes


@cache
def stored(company: str = NORDWIND) -> dict[str, Any]:
    """A company's reference data as the sandbox tells it, read once for all tests that only plan."""
    with SapB1Sandbox() as sandbox:
        return Desk(Program(sandbox, company).logged_in()).reference()


def planned(record: Record, company: str = NORDWIND, revision: int = 1, **settings: Any) -> tuple[Document, ...]:
    chosen = SapB1Settings(**({"branch": "1"} if company == HARBOUR else {}), **settings)
    return planning.plan(Entry.of(record, Books(stored(company)), chosen, revision))


def content_of(record: Record, company: str = NORDWIND, **settings: Any) -> Mapping[str, Any]:
    """Of the last document that it becomes."""
    return planned(record, company, **settings)[-1].content
