"""Acme Books as a target: the smallest connector that is worth its salt. The meta-test breaks copies of it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any

from connectors.kit import redaction
from connectors.kit.amounts import signed
from connectors.kit.connector import Environment, Reference, Target
from connectors.kit.consent import Grant, Terms
from connectors.kit.documents import (
    Attachment,
    BookLine,
    Created,
    Document,
    Draft,
    Found,
    Key,
    Kind,
    Outcome,
    Part,
    Unknown,
    marker,
)
from connectors.kit.entries import payee
from connectors.kit.errors import ContractBroken, MendSettings, RefuseFile, RefuseRecord
from connectors.kit.failures import FailureClass
from connectors.kit.flows import AuthorisationCode, Endpoint
from connectors.kit.http import Answer, Request
from connectors.kit.idempotency import NativeKey
from connectors.kit.json_http import JsonApi
from connectors.kit.judging import ErrorTable, Refusals, Told, refuses
from connectors.kit.limits import Limits
from connectors.kit.money import EXPONENTS, Money
from connectors.kit.paging import pages
from connectors.kit.records import Company, Line, Probe, Record
from connectors.kit.steps import Steps

MEMO, NAME = 100, 80
ERRORS = ErrorTable("Acme Books")
REFUSALS = Refusals(
    refuses(FailureClass.PERIOD_CLOSED, "{date} lies in a closed period. Open it there.", "date:{date}", "is closed"),
    refuses(
        FailureClass.MAPPING_STALE,
        "Account {account} is not in use in Acme Books. Choose another one.",
        "account:{account}",
        r"account (?P<account>\w+) is not in use",
    ),
    refuses(FailureClass.VALIDATION_FIELD, "Acme Books does not accept the {kind}: {words}", "document"),
)


class Acme(Target):
    key = "acme"
    name = "Acme Books"
    flows = (
        AuthorisationCode(
            authorise=Endpoint("api", "/oauth/authorize"),
            token=Endpoint("api", "/oauth/token"),
            scopes=("bills",),
            pkce=True,
            refresh_life=timedelta(days=60),
            revoke=Endpoint("api", "/oauth/revoke"),
        ),
    )
    hosts = {Environment.PRODUCTION: {"api": "https://api.acme.example", "app": "https://app.acme.example"}}
    limits = Limits(per_minute=60)
    grants = {"bills": Grant(reads="Your accounts", writes="Bills")}
    terms = Terms(lasts="Until you stop it.", stop="Remove {partner} under Apps in Acme Books.")
    kinds = (Kind.BILL, Kind.CREDIT, Kind.VENDOR)
    idempotency = NativeKey("Idempotency-Key", timedelta(minutes=5))
    attachable = {Kind.BILL: 10_000_000, Kind.CREDIT: 10_000_000}

    def probe(self) -> Probe:
        self._books()
        name = next((one.name for one in self.companies() if one.id == self.company), self.company)
        return Probe(Company(self.company, name))

    def companies(self) -> Sequence[Company]:
        return [Company(one["id"], one["name"]) for one in self._api.get("/companies")["companies"]]

    def reference(self) -> Reference:
        return self._books()

    def plan(self, record: Record, reference: Reference, revision: int = 1) -> tuple[Document, ...]:
        record, day = signed(record), record.date.isoformat()
        if day <= reference["closed"]:
            raise RefuseRecord(
                f"{day} lies in a closed period. Open it in Acme Books.",
                failure=FailureClass.PERIOD_CLOSED,
                subject=f"date:{day}",
            )
        key, sign = Key(record.entry, Part.DOCUMENT), 1 if record.amount.amount > 0 else -1
        accounts = {one["code"]: one for one in reference["accounts"]}
        pairs = [(_code(accounts, line, place), line.amount) for place, line in enumerate(record.lines, 1)]
        vendor = _vendor(record)
        document = Document(
            key=key,
            revision=revision,
            kind=Kind.BILL if sign > 0 else Kind.CREDIT,
            reference=f"[{marker(key, revision)}]",
            total=Money(abs(record.amount.amount), record.amount.currency),
            dated=record.date,
            content={
                "kind": "BILL" if sign > 0 else "CREDIT",
                "date": day,
                "currency": record.amount.currency,
                "memo": _memo(record.note, f"[{marker(key, revision)}]"),
                "lines": [{"account": code, "amount": sign * _minor(amount)} for code, amount in pairs],
            },
            needs=vendor.key,
            lines=_lines(pairs, record.amount),
        )
        return vendor, document

    def requests(self, documents: Sequence[Document], known: Mapping[Key, str]) -> Iterator[Draft]:
        for vendor in (one for one in documents if one.kind is Kind.VENDOR):
            yield Draft(Request.json("POST", f"/companies/{self.company}/suppliers", vendor.content), (vendor,))
        bills = [one for one in documents if one.kind is not Kind.VENDOR]
        for first in range(0, len(bills), 10):
            some = tuple(bills[first : first + 10])
            body = {"bills": [{**one.content, "supplier": known[one.needs]} for one in some if one.needs]}
            yield Draft(Request.json("POST", f"/companies/{self.company}/bills", body), some)

    def read(self, draft: Draft, answer: Answer) -> tuple[Outcome, ...]:
        if answer.status >= 500:
            return tuple(Unknown(document.key, answer.text()) for document in draft.documents)
        if draft.documents[0].kind is Kind.VENDOR:
            made = ERRORS.checked(answer, self.client.now).json()
            return (Created(draft.documents[0].key, _supplier(made)),)
        bills = _listed(ERRORS.checked(answer, self.client.now).json())
        return tuple(_outcome(document, _by_reference(bills, document)) for document in draft.documents)

    def find(self, documents: Sequence[Document]) -> Mapping[Key, tuple[Found, ...]]:
        vendors = [one for one in documents if one.kind is Kind.VENDOR]
        found = {one.key: tuple(self._suppliers(one.reference)) for one in vendors}
        bills = list(self._bills()) if len(vendors) < len(documents) else []
        return found | {
            one.key: tuple(_found(bill) for bill in bills if one.reference in bill["memo"])
            for one in documents
            if one.key not in found
        }

    def standing(self, posted: Sequence[tuple[Document, str]]) -> Mapping[Key, Found]:
        found: dict[Key, Found] = {}
        for document, document_id in posted:
            bill = self._api.get_if_there(f"/companies/{self.company}/bills/{document_id}")
            if bill is not None:
                found[document.key] = _found(bill)
        return found

    def attach(self, document: Document, document_id: str, attachment: Attachment) -> Steps:
        path = f"/companies/{self.company}/bills/{document_id}/files/{attachment.place}.{attachment.extension}"
        answer = yield Request("PUT", path, headers={"Content-Type": attachment.type}, body=attachment.body)
        if answer.status in {400, 404, 413}:
            raise RefuseFile("Acme Books does not take the receipt.", subject="upload", words=answer.text())
        ERRORS.checked(answer, self.client.now)

    def document_url(self, document: Document, document_id: str) -> str:
        return f"{self.client.address('app')}/bills/{document_id}"

    @cached_property
    def _api(self) -> JsonApi:
        return JsonApi(self.client, ERRORS)

    def _books(self) -> dict[str, Any]:
        if not self.company:
            raise MendSettings("No company is chosen yet. Choose one.")
        return dict(self._api.get(f"/companies/{self.company}/books"))

    def _suppliers(self, name: str) -> Iterator[Found]:
        """Acme Books gives every supplier whose name contains the one that is asked for."""
        for one in self._api.get(f"/companies/{self.company}/suppliers", [("name", name)])["suppliers"]:
            if one["name"] == name and one["active"]:
                yield _supplier(one)

    def _bills(self) -> Iterator[dict[str, Any]]:
        """Acme Books searches a page at a time, which saves nothing."""

        def fetch(after: str | None) -> Any:
            return self._api.get(f"/companies/{self.company}/bills", (("after", after),) if after else ())

        for page in pages(fetch, lambda page: page["next"]):
            yield from page["bills"]


def _vendor(record: Record) -> Document:
    owed = payee(record)
    name = owed.name[:NAME] if owed else "Various"
    key = Key(f"vendor:{name}", Part.VENDOR)
    return Document(key, 1, Kind.VENDOR, name, None, None, {"name": name}, look_first=True)


def _code(accounts: Mapping[str, Any], line: Line, place: int) -> str:
    if line.account is None or not line.account.code:
        raise RefuseRecord(
            f"Line {place} has no account. Choose one.", failure=FailureClass.MAPPING_MISSING, subject="account"
        )
    code = line.account.code
    if code not in accounts or not accounts[code]["active"]:
        raise RefuseRecord(
            f"Line {place}: account {code} is not in use in Acme Books. Choose another one.",
            failure=FailureClass.MAPPING_STALE,
            subject=f"account:{code}",
        )
    return code


def _memo(note: str, reference: str) -> str:
    return f"{note[: MEMO - len(reference) - 1]} {reference}".strip()


def _minor(money: Money) -> int:
    return int(money.amount.scaleb(EXPONENTS.get(money.currency, 2)))


def _lines(pairs: Sequence[tuple[str, Money]], total: Money) -> tuple[BookLine, ...]:
    return (*(BookLine.of(code, amount) for code, amount in pairs), BookLine.of("Payables", -total))


def _listed(body: Any) -> list[dict[str, Any]]:
    bills = body.get("bills") if isinstance(body, dict) else None
    if not isinstance(bills, list) or not all(isinstance(bill, dict) for bill in bills):
        raise ContractBroken("Acme Books' answer has no list of bills.")
    return bills


def _by_reference(bills: Sequence[Mapping[str, Any]], document: Document) -> Mapping[str, Any]:
    return next((bill for bill in bills if document.reference in str(bill.get("memo"))), {})


def _outcome(document: Document, bill: Mapping[str, Any]) -> Outcome:
    if words := redaction.redact(str(bill.get("error") or "")):
        return REFUSALS.refused(document, Told(words))
    if not isinstance(bill.get("id"), str):
        return Unknown(document.key, "The answer does not mention it.")
    return Created(document.key, _found(bill), tuple(map(redaction.redact, bill["warnings"])))


def _found(bill: Mapping[str, Any]) -> Found:
    return Found(str(bill["id"]), number=str(bill["memo"])[-10:], void=bill["status"] == "VOID")


def _supplier(one: Any) -> Found:
    if not isinstance(one, dict) or not isinstance(one.get("id"), str):
        raise ContractBroken("The answer is no supplier.")
    return Found(one["id"])


connector = Acme
