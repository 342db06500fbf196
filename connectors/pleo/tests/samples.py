"""An export item as Pleo's specification shows it (values invented)."""

from typing import Any

JOB = "0b8f3a52-1111-4000-8000-000000000001"
COMPANY = "0b8f3a52-2222-4000-8000-000000000002"
ENTRY = "0b8f3a52-3333-4000-8000-000000000003"


def both(value: Any, currency: str = "EUR", shop: str = "SEK") -> dict[str, Any]:
    wallet = {"currency": currency, "value": value}
    return {"inSupplierCurrency": {"currency": shop, "value": 112500}, "inWalletCurrency": wallet}


def line(value: Any = 9950, currency: str = "EUR", **changes: Any) -> dict[str, Any]:
    usual = {
        "accountingEntryLineId": "line-1",
        "lineAmount": both(value, currency),
        "netAmount": both(7960, currency),
        "account": {"id": "acc-1", "name": "Travel", "code": "5800", "identifier": "erp-acc-77"},
        "tax": {
            "id": "tax-1",
            "code": "I25",
            "type": "inclusive",
            "rate": 0.25,
            "amount": both(1990, currency),
            "ingoingTaxAccount": "2641",
            "outgoingTaxAccount": "2614",
        },
        "tags": [{"id": "tag-1", "groupCode": "DEPT", "code": "SALES"}, None],
    }
    return {**usual, **changes}


def item(**changes: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "_links": {"web": {"exportItem": "https://app.example/e/1"}, "mobile": {}, "api": {}},
        "companyId": COMPANY,
        "accountingEntryId": ENTRY,
        "type": "card_purchase",
        "subType": None,
        "date": "2026-02-27T13:40:00Z",
        "note": "Train to client",
        "amount": both(9950),
        "accountingEntryLines": [line()],
        "supplier": {"name": "RAIL AB", "code": None, "account": None, "categoryCode": "4112", "country": "SE"},
        "vendor": {
            "id": "v-1",
            "name": "Rail AB",
            "code": "V-100",
            "externalId": "erp-v-100",
            "defaultCurrency": "SEK",
        },
        "bookkeeping": {"method": "journal"},
        "contraAccount": {"id": "acc-2", "name": "Card EUR account", "code": "1930", "identifier": None},
        "user": {"id": "u-1", "name": "Ada Holm", "code": "E-12"},
        "team": {"id": "t-1", "name": "Sales", "code": "S1"},
        "servicePeriod": {"from": "2026-02-01T00:00:00Z", "to": "2026-02-28T00:00:00Z"},
        "files": [{"url": "https://signed.example/f1?sig=abc", "type": "application/pdf", "size": 20840}],
        "additionalInformation": {
            "reconciliationId": "BOOK-000123",
            "attendees": None,
            "reconciledEntries": None,
            "invoiceInformation": {
                "invoiceNumber": "F-9",
                "invoiceDate": "2026-02-20T00:00:00Z",
                "dueDate": None,
                "paymentDate": None,
                "status": "paid",
            },
        },
    }
    return {**usual, **changes}


def required_only() -> dict[str, Any]:
    """What Pleo promises and no more."""
    bare = {"accountingEntryLineId": "line-1", "lineAmount": both(9950), "netAmount": both(9950)}
    names = ("_links", "companyId", "accountingEntryId", "type", "date", "amount")
    return {
        **{name: item()[name] for name in names},
        "accountingEntryLines": [bare],
        "additionalInformation": {"reconciliationId": "BOOK-000123"},
    }
