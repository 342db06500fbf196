"""The organisation's reference data: read only here, and none of it is paged."""

from datetime import date, datetime
from typing import Any

from werkzeug import Response

from connectors.kit.sandbox import Routes

from .answers import Json, envelope, ms_date
from .filters import filtered, modified_since
from .gate import Call, endpoint
from .seed import SEEDED
from .where import named

routes = Routes()
SETTINGS = "accounting.settings"
_ACTIONS = (
    "CreateApprovedBill",
    "CreateDraftBill",
    "CreateInvoicePayment",
    "UseMulticurrency",
    "AttachFilesIntoInvoice",
)


@endpoint(routes, "GET", "/Organisation", SETTINGS)
def organisation(call: Call) -> Response:
    org = call.books.org
    body: Json = {
        "OrganisationID": org["id"],
        "Name": org["name"],
        "LegalName": org["name"],
        "PaysTax": True,
        **org["facts"],
        "OrganisationType": "COMPANY",
        "OrganisationEntityType": "COMPANY",
        "OrganisationStatus": "ACTIVE",
        "BaseCurrency": org["base_currency"],
        "IsDemoCompany": True,
        "FinancialYearEndDay": 31,
        "FinancialYearEndMonth": 12,
        "DefaultPurchasesTax": "Tax Exclusive",
        "DefaultSalesTax": "Tax Exclusive",
        "ShortCode": org["short_code"],
        "Class": "DEMO",
        "Edition": "BUSINESS",
        "CreatedDateUTC": ms_date(SEEDED),
        "Addresses": [],
        "Phones": [],
        "ExternalLinks": [],
    }
    for name in ("PeriodLockDate", "EndOfYearLockDate"):
        if org[name]:
            body[name] = ms_date(date.fromisoformat(org[name]))
    return envelope(call.books.now, Organisations=[body])


@endpoint(routes, "GET", "/Organisation/Actions", SETTINGS)
def actions(call: Call) -> Response:
    """What the plan and the user's role allow; `not_allowed` of an organisation takes some away."""
    forbidden = call.books.org["not_allowed"]
    words = {name: "NOT-ALLOWED" if name in forbidden else "ALLOWED" for name in _ACTIONS}
    return envelope(call.books.now, Actions=[{"Name": name, "Status": word} for name, word in words.items()])


@endpoint(routes, "GET", "/Accounts", SETTINGS)
def accounts(call: Call) -> Response:
    known = named("AccountID", "Code", "Name", "Status", "Type", "Class", "TaxType", "SystemAccount")
    since = modified_since(call.request)
    found: list[Any] = [account for account in call.books.org["accounts"] if _changed(account) >= since]
    return envelope(call.books.now, Accounts=filtered(call.request, found, known)[0])


def _changed(account: Json) -> float:
    return datetime.fromtimestamp(int(account["UpdatedDateUTC"][6:-7]) / 1000, SEEDED.tzinfo).timestamp()


@endpoint(routes, "GET", "/TaxRates", SETTINGS)
def tax_rates(call: Call) -> Response:
    found = filtered(call.request, call.books.org["tax_rates"], named("Name", "TaxType", "Status"))[0]
    return envelope(call.books.now, TaxRates=found)


@endpoint(routes, "GET", "/Currencies", SETTINGS)
def currencies(call: Call) -> Response:
    found = filtered(call.request, call.books.org["currencies"], named("Code", "Description"))[0]
    return envelope(call.books.now, Currencies=found)


@endpoint(routes, "GET", "/TrackingCategories", SETTINGS)
def tracking_categories(call: Call) -> Response:
    archived = call.flag("includeArchived")
    shown = [c for c in call.books.org["tracking"] if archived or c["Status"] == "ACTIVE"]
    if not archived:
        shown = [c | {"Options": [o for o in c["Options"] if o["Status"] == "ACTIVE"]} for c in shown]
    found = filtered(call.request, shown, named("TrackingCategoryID", "Name", "Status"))[0]
    return envelope(call.books.now, TrackingCategories=found)
