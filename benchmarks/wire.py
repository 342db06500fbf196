"""What the fake says, in both vendors' shapes: an out-of-pocket entry, and an organisation that takes bills."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

ACCOUNT, EMPLOYEE = "6540", "Anna Berg"
_EUR = {"currency": "EUR", "value": 26617}
_MONEY = {"inWalletCurrency": _EUR, "inSupplierCurrency": _EUR}
TOTAL = 266.17
_ENTRY: dict[str, Any] = {
    "_links": {"web": {"exportItem": "https://app.pleo.example/expenses/ENTRY"}},
    "accountingEntryId": "ENTRY",
    "accountingEntryLines": [
        {
            "account": {"code": ACCOUNT, "id": "a-6540", "identifier": ACCOUNT, "name": "IT services"},
            "accountingEntryLineId": "LINE-ENTRY",
            "lineAmount": _MONEY,
            "netAmount": _MONEY,
            "tags": [],
            "tax": None,
        }
    ],
    "additionalInformation": {
        "attendees": None,
        "invoiceInformation": None,
        "reconciledEntries": None,
        "reconciliationId": "BOOK-228812",
    },
    "amount": _MONEY,
    "bookkeeping": {"method": "journal"},
    "companyId": "COMPANY",
    "contraAccount": None,
    "date": "2026-11-10T03:29:11Z",
    "files": [],
    "note": "Train to client",
    "servicePeriod": None,
    "subType": None,
    "supplier": {
        "account": None,
        "categoryCode": None,
        "code": None,
        "country": "ES",
        "name": "Tipografía Sol, S.L.",
    },
    "team": {"code": "S2", "id": "t-2", "name": "Engineering"},
    "type": "out_of_pocket",
    "user": {"code": None, "id": "u-1", "name": EMPLOYEE},
    "vendor": None,
}
_TEMPLATE = json.dumps(_ENTRY)

REFERENCE: dict[str, dict[str, Any]] = {
    "Organisation": {
        "Organisations": [{"OrganisationID": str(UUID(int=1)), "Name": "Bench GmbH", "BaseCurrency": "EUR"}]
    },
    "Currencies": {"Currencies": [{"Code": "EUR", "Description": "Euro"}]},
    "Accounts": {
        "Accounts": [
            {
                "AccountID": str(UUID(int=2)),
                "Code": ACCOUNT,
                "Name": "IT services",
                "Type": "EXPENSE",
                "Class": "EXPENSE",
                "Status": "ACTIVE",
            }
        ]
    },
    "TaxRates": {
        "TaxRates": [
            {
                "TaxType": "NONE",
                "Name": "Tax exempt",
                "Status": "ACTIVE",
                "EffectiveRate": 0,
                "CanApplyToExpenses": True,
            }
        ]
    },
    "TrackingCategories": {"TrackingCategories": []},
}


def entry_id(job: str, number: int) -> str:
    return f"{number:08x}{job[8:]}"


def entry(job: str, company: str, number: int) -> str:
    return _TEMPLATE.replace("ENTRY", entry_id(job, number)).replace("COMPANY", company)


def export_job(job: str, company: str, count: int, state: str) -> dict[str, Any]:
    return {
        "id": job,
        "companyId": company,
        "status": state,
        "numberOfItems": count,
        "createdAt": "2026-11-25T12:00:00.000Z",
        "completedAt": None,
        "expiresIn": 3600,
        "expiredAt": None,
        "vendorBasedBookkeeping": False,
        "failureReason": None,
        "failureReasonType": None,
    }


def page(elements: str, end: int, count: int) -> str:
    """`elements` is JSON already."""
    more = "true" if end < count else "false"
    return f'{{"data":[{elements}],"pagination":{{"hasNextPage":{more},"endCursor":"{end}"}}}}'


def created(plural: str, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The document as it was sent, with what the ERP adds to it."""
    identity = {"Invoices": "InvoiceID", "Contacts": "ContactID"}[plural]
    more: dict[str, Any] = {"ContactStatus": "ACTIVE"}
    if plural == "Invoices":
        lines = [{**line, "LineItemID": str(uuid4()), "LineAmount": TOTAL} for line in sent["LineItems"]]
        more = {"LineItems": lines, "SubTotal": TOTAL, "TotalTax": 0, "Total": TOTAL, "AmountDue": TOTAL}
    judged = {"StatusAttributeString": "OK", "HasErrors": False, "ValidationErrors": [], "Warnings": []}
    return {identity: str(uuid4()), **sent, **more, **judged}
