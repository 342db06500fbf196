"""Acme as a target: a record becomes a bill, or a credit for money back."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from pydantic import Field

from connectors.kit import amounts, faults
from connectors.kit.connector import Environment, Reference, Target
from connectors.kit.consent import Grant, Terms
from connectors.kit.documents import BookLine, Created, Document, Draft, Found, Key, Kind, Part, Refused, marker
from connectors.kit.entries import payee
from connectors.kit.errors import ContractBroken, MendSettings, OutcomeUnknown
from connectors.kit.failures import FailureClass
from connectors.kit.flows import AuthorisationCode, Endpoint
from connectors.kit.http import Answer, Request
from connectors.kit.json_http import JsonApi
from connectors.kit.judging import ErrorTable, Refusals, refuses, told_plainly
from connectors.kit.limits import Limits
from connectors.kit.money import Money
from connectors.kit.records import Company, Line, Probe, Record
from connectors.kit.settings import TargetSettings

STALE, CLOSED, FIELD = FailureClass.MAPPING_STALE, FailureClass.PERIOD_CLOSED, FailureClass.VALIDATION_FIELD
# Our class, what the customer reads, what it is about, and the vendor's words; the first that fits.
REFUSALS = Refusals(
    refuses(STALE, "Account {no} is not in use. Choose another.", "account:{no}", r"account (?P<no>\w+) is not"),
    refuses(CLOSED, "{date} is in a closed period. Open it there.", "date:{date}", "period is closed"),
    refuses(FIELD, "Acme does not accept the {kind}: {words}", "document"),
)


class AcmeSettings(TargetSettings):
    nobody: str = Field("Various", title="Supplier", description="Who is named where an entry names no supplier.")


class Acme(Target):
    key, name = "acme", "Acme"
    requires_kit = ">=1.0,<2"
    login, token = Endpoint("api", "/oauth/authorize"), Endpoint("api", "/oauth/token")
    flows = (AuthorisationCode(authorise=login, token=token, scopes=("bills",), pkce=True),)
    hosts = {Environment.PRODUCTION: {"api": "https://api.acme.example", "app": "https://app.acme.example"}}
    limits = Limits(per_minute=60)
    grants = {"bills": Grant(reads="Your companies and accounts", writes="Bills and credits")}
    terms = Terms(lasts="Until you stop it.", stop="Remove {partner} under Apps in Acme.")
    kinds = (Kind.BILL, Kind.CREDIT)
    settings_model = AcmeSettings
    settings: AcmeSettings

    def companies(self) -> Sequence[Company]:
        return [Company(one["id"], one["name"]) for one in self._api.get("/companies")["companies"]]

    def probe(self) -> Probe:
        if not self.company:
            raise MendSettings("No company is chosen yet. Choose one.")
        return Probe(Company(self.company, self._api.get(f"/companies/{self.company}")["name"]))

    def plan(self, record: Record, reference: Reference, revision: int = 1) -> tuple[Document, ...]:
        key, record = Key(record.entry, Part.DOCUMENT), amounts.signed(record)
        kind, sign = (Kind.BILL, 1) if record.amount.amount > 0 else (Kind.CREDIT, -1)
        total, mark = Money(abs(record.amount.amount), record.amount.currency), marker(key, revision)
        lines = [_line(line, place) for place, line in enumerate(record.lines, 1)]
        content = {
            "kind": kind,
            "reference": mark,
            "date": record.date.isoformat(),
            "supplier": (owed.name if (owed := payee(record)) else self.settings.nobody)[:100],
            "text": record.note[:200],
            "currency": total.currency,
            "lines": [{"account": code, "amount": str(sign * amount.amount)} for code, amount in lines],
        }
        shown = (*(BookLine.of(code, amount) for code, amount in lines), BookLine.of("Payables", -record.amount))
        return (Document(key, revision, kind, mark, total, record.date, content, lines=shown),)

    def requests(self, documents: Sequence[Document], known: Mapping[Key, str]) -> Iterator[Draft]:
        for document in documents:
            yield Draft(Request.json("POST", f"/companies/{self.company}/bills", document.content), (document,))

    def read(self, draft: Draft, answer: Answer) -> tuple[Created | Refused, ...]:
        (document,) = draft.documents
        if answer.status >= 500:  # it may be there: the engine looks before it sends again
            raise OutcomeUnknown(f"{self.name} answered {answer.status}.", words=answer.text())
        if answer.status == 422:
            return (REFUSALS.refused(document, told_plainly(answer)),)
        return (Created(document.key, _found(self._api.checked(answer).json())),)

    def find(self, documents: Sequence[Document]) -> Mapping[Key, tuple[Found, ...]]:
        return {one.key: self._under(one.reference) for one in documents}

    def standing(self, posted: Sequence[tuple[Document, str]]) -> Mapping[Key, Found]:
        there = {one.document_id: one for document, _ in posted for one in self._under(document.reference)}
        return {document.key: there[known] for document, known in posted if known in there}

    def document_url(self, document: Document, document_id: str) -> str:
        return f"{self.client.address('app')}/bills/{document_id}"

    def _under(self, reference: str) -> tuple[Found, ...]:
        bills = self._api.get(f"/companies/{self.company}/bills", [("reference", reference)])["bills"]
        return tuple(_found(bill) for bill in bills if bill["reference"] == reference)

    @cached_property
    def _api(self) -> JsonApi:
        return JsonApi(self.client, ErrorTable(self.name))


def _line(line: Line, place: int) -> tuple[str, Money]:
    if line.account is None or not line.account.code:
        raise faults.missing(f"Line {place} has no account. Choose one.", "account")
    return line.account.code, line.amount


def _found(bill: Any) -> Found:
    if not isinstance(bill, dict) or not isinstance(bill.get("id"), str):
        raise ContractBroken("The answer is no bill.")
    return Found(bill["id"], void=bill["status"] == "void")


connector = Acme
