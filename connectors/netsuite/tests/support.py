"""Records to post, a connector that speaks to nobody, and answers as NetSuite gives them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from connectors.kit import exact_json
from connectors.kit.documents import Document, Draft, Part
from connectors.kit.egress import Network
from connectors.kit.http import Answer, Client
from connectors.kit.money import Money
from connectors.kit.records import Account, Line, Record, Tax
from connectors.kit.testing import FixedClock, ports
from connectors.netsuite.conformance import CARD, INVOICE, TICKET, NetSuiteBooks
from connectors.netsuite.connector import NetSuite
from connectors.netsuite.sandbox import NORDWIND, NetSuiteSandbox
from connectors.netsuite.settings import NetSuiteSettings

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOSTS = {
    "api": "https://1234567-sb1.suitetalk.api.netsuite.com",
    "restlets": "https://1234567-sb1.restlets.api.netsuite.com",
    "app": "https://1234567-sb1.app.netsuite.com",
}
COMPANY = f"1234567-sb1.{NORDWIND}"
VENDOR_ID = "2425"
LOCATION = f"{HOSTS['api']}/services/rest/record/v1"


def netsuite(company: str = COMPANY, **settings: Any) -> NetSuite:
    """A connector for pure things: it reaches nobody."""
    return NetSuite(Client(HOSTS, ports(clock=FixedClock(NOW))), NetSuiteSettings(**settings), company)


def connected(sandbox: NetSuiteSandbox, **settings: Any) -> NetSuite:
    """One that speaks to the sandbox, for Nordwind."""
    customer = NetSuiteBooks(sandbox)
    hosts = dict.fromkeys(HOSTS, sandbox.url)
    client = Client(hosts, ports(customer.tokens()), Network.SANDBOX)
    return NetSuite(client, NetSuiteSettings(**settings), customer.company)


@cache
def _reference() -> bytes:
    """What Nordwind's NetSuite says of itself, read once for all tests."""
    with NetSuiteSandbox() as sandbox:
        return exact_json.dumps(
            connected(sandbox, segments=[{"group": "Region", "segment": "cseg_region"}]).reference()
        ).encode()


def reference(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = exact_json.loads(_reference())
    return {**found, **changes}


def money(amount: str, currency: str = "EUR") -> Money:
    return Money(Decimal(amount), currency)


def line(amount: str, tax: str = "", code: str = "INPUT", **changes: Any) -> Line:
    taxed = Tax(Decimal("0.19"), "inclusive", money(tax), code) if tax else None
    return replace(Line("line-1", money(amount), Account("acc-1", "Travel", code="5800"), taxed), **changes)


def of(usual: Record, *lines: Line, **changes: Any) -> Record:
    """Such a record with these lines, whose sum it is."""
    if lines:
        changes |= {"lines": lines, "amount": money(str(sum((one.amount.amount for one in lines), Decimal(0))))}
    return replace(usual, **changes)


def invoice(*lines: Line, **changes: Any) -> Record:
    return of(INVOICE, *lines, **changes)


def card(*lines: Line, **changes: Any) -> Record:
    return of(CARD, *lines, **changes)


def ticket(*lines: Line, **changes: Any) -> Record:
    return of(TICKET, *lines, **changes)


def plan(
    one: Record, revision: int = 1, known: Mapping[str, Any] | None = None, **settings: Any
) -> tuple[Document, ...]:
    usual = {"tax_account": "2640", **settings}
    return netsuite(**usual).plan(one, reference() if known is None else known, revision)


def document_of(one: Record, **more: Any) -> Document:
    """The one that is no vendor."""
    (found,) = (document for document in plan(one, **more) if document.key.part is not Part.VENDOR)
    return found


def body_of(one: Record, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = document_of(one, **more).content["body"]
    return body


def draft_of(document: Document) -> Draft:
    known = {document.needs: VENDOR_ID} if document.needs else {}
    (draft,) = netsuite().requests([document], known)
    return draft


def answer(status: int, value: Any = None, **headers: str) -> Answer:
    body = b"" if value is None else value.encode() if isinstance(value, str) else exact_json.dumps(value).encode()
    return Answer(status, {name.replace("_", "-").lower(): text for name, text in headers.items()}, body)


def made(record: str = "vendorbill", number: str = "8731", **headers: str) -> Answer:
    return answer(204, Location=f"{LOCATION}/{record}/{number}", **headers)


def complaint(detail: str, code: str = "USER_ERROR", status: int = 400, path: str = "", **headers: str) -> Answer:
    told = {"detail": detail, "o:errorCode": code} | ({"o:errorPath": path} if path else {})
    return answer(status, {"title": "Bad Request", "status": status, "o:errorDetails": [told]}, **headers)
