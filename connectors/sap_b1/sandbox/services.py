"""Functions without an entity, and the ping, which needs no session.

The names are seen in the metadata; what they answer is ASSUMED after it.
"""

from typing import TYPE_CHECKING

from werkzeug import Request, Response

from connectors.kit.sandbox import Routes, answer

from .gate import Call, endpoint
from .refusals import refused

if TYPE_CHECKING:
    from .app import SapB1Sandbox

routes = Routes()


@routes("GET", "/ping/")
def ping(sandbox: "SapB1Sandbox", request: Request) -> Response:
    if sandbox.switches.down:
        return Response("<html><body><h1>503 Service Unavailable</h1></body></html>", 503, content_type="text/html")
    return answer({"message": "pong", "sender": "load balancer"})


@endpoint(routes, "GET", "/CompanyService_GetCompanyInfo")
def company_info(call: Call) -> Response:
    facts = call.books.facts
    return answer({"CompanyName": facts["name"], "Version": facts["version"], "Localization": facts["localization"]})


@endpoint(routes, "GET", "/CompanyService_GetAdminInfo")
def admin_info(call: Call) -> Response:
    facts = call.books.facts
    branches = "tYES" if facts["branches"] else "tNO"
    money = {"LocalCurrency": facts["currency"], "SystemCurrency": facts["currency"], "TotalsAccuracy": 2}
    return answer({"CompanyName": facts["name"], "EnableBranches": branches, **money})


@endpoint(routes, "GET", "/SBOBobService_GetLocalCurrency")
def local_currency(call: Call) -> Response:
    return answer({"value": call.books.facts["currency"]})


@endpoint(routes, "POST", "/SBOBobService_GetCurrencyRate")
def currency_rate(call: Call) -> Response:
    """{"Currency": "USD", "Date": "2026-11-01"}"""
    body = call.body()
    if not isinstance(body, dict) or not {"Currency", "Date"} <= body.keys():
        raise refused("property.missing", name="Currency", table="ORTT")
    call.books.named("Currencies", body["Currency"])
    rate = call.books.stored_rate(body["Currency"], str(body["Date"])[:10])
    if rate is None:
        raise refused("rate.missing", code=body["Currency"], table="ORTT")
    return answer({"value": rate})


@endpoint(routes, "POST", "/CompanyService_GetPeriods")
def periods(call: Call) -> Response:
    return answer({"value": [_period(one) for one in call.books.facts["periods"]]})


@endpoint(routes, "POST", "/SeriesService_GetDefaultSeries")
def default_series(call: Call) -> Response:
    """{"DocumentTypeParams": {"Document": "18"}}; 18 is a purchase invoice, 19 a credit note, 30 a journal entry."""
    body = call.body()
    number = str((body.get("DocumentTypeParams") or {}).get("Document")) if isinstance(body, dict) else ""
    names = {"18": "PurchaseInvoices", "19": "PurchaseCreditNotes", "30": "JournalEntries", "46": "VendorPayments"}
    if number not in names or names[number] in call.books.facts["without_series"]:
        raise refused("key.unknown")
    return answer({"Series": int(number), "Name": "Primary", "Document": number})


def _period(one: dict[str, str]) -> dict[str, str]:
    status = {"open": "ltUnlocked", "closed": "ltYearEndClosing", "locked": "ltPeriodClosing"}[one["status"]]
    return {"PeriodCode": one["code"], "PostingDateFrom": one["from"], "PostingDateTo": one["to"], "Locked": status}
