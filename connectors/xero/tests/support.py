"""Records to post, a connector that speaks to nobody, and answers as Xero gives them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from connectors.kit import exact_json
from connectors.kit.documents import Document, Draft, Kind
from connectors.kit.http import Answer, Client
from connectors.kit.money import EXPONENTS, Money
from connectors.kit.records import Account, Invoice, Line, Party, Record, Tax
from connectors.kit.testing import FixedClock, ports
from connectors.xero.connector import Xero
from connectors.xero.settings import XeroSettings
from connectors.xero.tests.chart import REFERENCE, account

COMPANY = "fe79f7dd-b6d4-4a92-ba7b-538af6289c58"
CONTACT = "430fa14a-f945-44d3-9f97-5df5e28441b8"
BILL = "7cb59f93-6f8a-4a4e-8f8d-0d5c5d3c1a11"
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOSTS = {"api": "http://localhost:1", "app": "https://go.xero.com"}


def xero(**settings: Any) -> Xero:
    """A connector for pure things: the address leads nowhere."""
    return Xero(Client(HOSTS, ports(clock=FixedClock(NOW))), XeroSettings(**settings), COMPANY)


def money(amount: str, currency: str = "EUR") -> Money:
    return Money(Decimal(amount), currency)


def line(amount: str, currency: str = "EUR", **changes: Any) -> Line:
    """With 19 % in it, as the receipt says."""
    usual = Line(
        id="line-1",
        amount=money(amount, currency),
        account=Account("acc-1", "Travel", code="5800"),
        tax=Tax(Decimal("0.19"), "inclusive", within(money(amount, currency)), "INPUT"),
    )
    return replace(usual, **changes)


def within(gross: Money) -> Money:
    """The tax that is in it, in whole units of its currency."""
    unit = Decimal(1).scaleb(-EXPONENTS.get(gross.currency, 2))
    return Money((gross.amount * 19 / 119).quantize(unit, ROUND_HALF_UP), gross.currency)


def record(amount: str = "99.50", currency: str = "EUR", **changes: Any) -> Record:
    """An employee's train ticket; `**changes` says what is different about this one."""
    usual = Record(
        entry="e-1",
        kind="out_of_pocket",
        date=date(2026, 2, 27),
        amount=money(amount, currency),
        lines=(line(amount, currency),),
        book_id="BOOK-1",
        note="Train to client",
        supplier=Party("", "RAIL AB"),
        employee=Party("u-1", "Ada Holm", code="E-12"),
        link="https://app.example/e/1",
    )
    return replace(usual, **changes)


def invoice(amount: str = "99.50", **changes: Any) -> Record:
    usual: dict[str, Any] = {
        "kind": "invoice",
        "vendor": Party("v-1", "Rail AB", code="V-100", external_id="erp-v-100"),
        "employee": None,
        "invoice": Invoice("F 2026/9", date(2026, 2, 20), date(2026, 3, 22)),
    }
    return record(amount, **{**usual, **changes})


def card(amount: str = "99.50", currency: str = "EUR", **changes: Any) -> Record:
    """The same ticket, bought with the company's card."""
    usual = {"kind": "card_purchase", "contra": account({"SEK": "1931", "JPY": "1933"}.get(currency, "1930"))}
    return record(amount, currency, **{**usual, **changes})


def moved(
    kind: str, amount: str = "99.50", code: str = "1690", contra: str | None = "1930", **changes: Any
) -> Record:
    """Money of the wallet itself: no tax, no shop."""
    usual: dict[str, Any] = {
        "kind": kind,
        "lines": (line(amount, account=account(code), tax=None),),
        "contra": account(contra) if contra else None,
        "supplier": None,
        "employee": None,
        "note": "",
    }
    return record(amount, **{**usual, **changes})


def plan(
    one: Record, revision: int = 1, reference: Mapping[str, Any] = REFERENCE, **settings: Any
) -> tuple[Document, ...]:
    return xero(**settings).plan(one, reference, revision)


def document_of(one: Record, revision: int = 1, **settings: Any) -> Document:
    """The one that is not a contact."""
    (document,) = (found for found in plan(one, revision, **settings) if found.kind is not Kind.VENDOR)
    return document


def bill_of(one: Record, revision: int = 1, **settings: Any) -> Document:
    return plan(one, revision, **settings)[1]


def contact_of(one: Record, **settings: Any) -> Document:
    return plan(one, **settings)[0]


def bills(count: int, **settings: Any) -> Draft:
    """One draft that carries so many bills: e-1, e-2 and so on."""
    connector = xero(**settings)
    documents = [connector.plan(record(entry=f"e-{place}"), REFERENCE)[1] for place in range(1, count + 1)]
    known = {documents[0].needs: CONTACT}
    (draft,) = connector.requests(documents, known)  # type: ignore[arg-type]
    return draft


def answer(value: Any, status: int = 200, **headers: str) -> Answer:
    body = value.encode() if isinstance(value, str) else exact_json.dumps(value).encode()
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(status, named, body)


def accepted(document: Document, **changes: Any) -> dict[str, Any]:
    """Xero's element for a bill that it took."""
    assert document.total is not None
    return {
        "Type": "ACCPAY",
        "InvoiceID": BILL,
        "InvoiceNumber": document.reference,
        "Status": "DRAFT",
        "StatusAttributeString": "OK",
        "HasErrors": False,
        "Total": document.total.amount,
        "TotalTax": document.tax.amount if document.tax else None,
        "CurrencyCode": document.total.currency,
        "LineItems": [{"ValidationErrors": []}],
        **changes,
    }


def refused(document: Document, *messages: str, **changes: Any) -> dict[str, Any]:
    return {
        "InvoiceID": "00000000-0000-0000-0000-000000000000",
        "InvoiceNumber": document.reference,
        "StatusAttributeString": "ERROR",
        "HasErrors": True,
        "ValidationErrors": [{"Message": message} for message in messages],
        **changes,
    }
