"""For each refusal of a whole call: what to do so that Xero answers with just this, and what must be in it."""

from collections.abc import Callable
from typing import Any

from connectors.xero.sandbox import NORDWIND, Limits
from connectors.xero.tests.app_in_xero import AppInXero
from connectors.xero.tests.refusal_cases import Case


def get(words: str, path: str = "/Invoices", headers: Any = None, **params: str) -> Case:
    return Case(words, lambda app: app.call("GET", path, params=params, headers=headers or {}))


def put(words: str, body: Any, path: str = "/Invoices", **headers: str) -> Case:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Case(words, lambda app: app.call("PUT", path, body, headers=named))


def after(first: Callable[[AppInXero], object], case: Case) -> Case:
    def do(app: AppInXero) -> None:
        first(app)
        case.do(app)

    return Case(case.words, do)


def _other_body(app: AppInXero) -> None:
    for number in ("EXP-1", "EXP-2"):
        app.call("PUT", "/Invoices", app.bill(InvoiceNumber=number), headers={"Idempotency-Key": "k1"})


def _crowded(app: AppInXero) -> None:
    app.sandbox.limits = Limits(concurrent=1)
    with app.sandbox.budget.flight(NORDWIND):
        app.call("GET", "/Invoices")


def _large_journal_file(app: AppInXero) -> None:
    [made] = app.send("ManualJournals", app.journal())
    app.attach(f"ManualJournals/{made['ManualJournalID']}", content=b"%PDF-" + b" " * 3 * 1024 * 1024)


def _limited(**limits: int) -> Callable[[AppInXero], object]:
    def tighten(app: AppInXero) -> None:
        app.sandbox.limits = Limits(**{"minute": 100, "app_minute": 100} | limits)

    return tighten


def _many_bills(app: AppInXero) -> None:
    app.put(*[app.bill()] * 3)
    app.sandbox.switch(high_volume=2)


def outage(name: str, words: str) -> Case:
    return after(lambda app: app.sandbox.switch(outage=name), get(words))


UNAVAILABLE = {"Authorization": "Bearer made-up"}

CALLS: dict[str, Case] = {
    "query.syntax": get("Syntax error", "/Contacts", where='Name=="the "best" one"'),
    "query.unknown_field": get("No property or field 'Nonsense' exists", where="Nonsense==1"),
    "query.operands": after(
        lambda app: app.put(app.bill()),
        get("Operator incompatible with operand types", where='Total>"much"'),
    ),
    "query.page": get("page is not a number", page="one"),
    "query.high_volume": after(_many_bills, get("HighVolumeException", where="Total>1")),
    "body.not_json": put("JSON for post data was invalid", b"not json"),
    "body.not_called_json": put("Data at the root level is invalid", {}, Content_Type="text/xml"),
    "batch.invalid": put("A validation exception occurred", {"Name": "A<B"}, "/Contacts"),
    "idempotency.other_request": Case("Idempotency Key: k1 is used with a different request.", _other_body),
    "idempotency.key_length": put("Idempotency Key must be", {}, Idempotency_Key="k" * 129),
    "token.expired": after(
        lambda app: app.sandbox.clock.advance(1801), get("TokenExpired: token expired at ", "/Organisation")
    ),
    "token.invalid": get("AuthenticationUnsuccessful", headers=UNAVAILABLE),
    "token.scope": after(
        lambda app: app.connect("All organisations", scope="accounting.contacts"), get("AuthorizationUnsuccessful")
    ),
    "tenant.forbidden": get("AuthenticationUnsuccessful", headers={"xero-tenant-id": None}),
    "role.reports": after(
        lambda app: app.sandbox.switch(reports_permission=False),
        Case("does not have permission", lambda app: app.call("PUT", "/ManualJournals", app.journal())),
    ),
    "call.not_found": get("The resource you're looking for cannot be found", f"/BankTransactions/{NORDWIND}"),
    "call.precondition": get("", headers={"If-Modified-Since": "yesterday"}),
    "call.too_large": Case("PayloadTooLarge", _large_journal_file),
    "limit.minute": after(_limited(minute=0), get("minute")),
    "limit.day": after(_limited(day=0), get("day")),
    "limit.app_minute": after(_limited(app_minute=0), get("appminute")),
    "limit.concurrent": Case("concurrent", _crowded),
    "call.failed": after(lambda app: app.sandbox.errors_due.append(False), put("An error occurred in Xero.", {})),
    "call.put_to_a_contact": put("An error occurred in Xero.", {"Name": "X"}, f"/Contacts/{NORDWIND}"),
    "call.not_implemented": after(
        lambda app: app.connect("All organisations", scope="accounting.settings"), get("", "/ExpenseClaims")
    ),
    "outage.maintenance": outage("maintenance", "The Xero API is currently offline for maintenance"),
    "outage.unavailable": outage("unavailable", "The Xero API is temporarily unavailable"),
    "outage.organisation": outage("organisation", "The Organisation is offline"),
}
