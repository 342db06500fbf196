"""Two organisations that differ where it matters: base currency, chart, tax codes, dates, tracking.

Ids are derived from names, so they are the same in every run.
"""

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.kit.sandbox import Document

from .answers import Json, ms_date
from .contacts import name_key

_SPACE = uuid.UUID("6f1d3f5e-2a64-5e0b-9c1b-8f6c2d1c7a10")
SEEDED = datetime(2024, 1, 1, tzinfo=UTC)


def stable_id(*names: str) -> str:
    return str(uuid.uuid5(_SPACE, "/".join(names)))


NORDWIND = stable_id("Nordwind GmbH")
HARBOUR = stable_id("Harbour & Finch Ltd")

_CLASSES = {
    **dict.fromkeys(["BANK", "CURRENT", "FIXED", "PREPAYMENT"], "ASSET"),
    **dict.fromkeys(["DIRECTCOSTS", "EXPENSE", "OVERHEADS"], "EXPENSE"),
    **dict.fromkeys(["CURRLIAB", "TERMLIAB"], "LIABILITY"),
    **dict.fromkeys(["REVENUE", "OTHERINCOME"], "REVENUE"),
    "EQUITY": "EQUITY",
}

# code | name | type | tax | system account, "archived", or a bank account's currency
_NORDWIND_ACCOUNTS = """
1920|Bank EUR|BANK|NONE|EUR
1930|Card EUR account|BANK|NONE|EUR
1931|Card SEK account|BANK|NONE|SEK
1510|Accounts receivable|CURRENT|NONE|DEBTORS
1630|Prepaid expenses|PREPAYMENT|NONE|
2099|Retained earnings|EQUITY|NONE|RETAINEDEARNINGS
2440|Accounts payable|CURRLIAB|NONE|CREDITORS
2640|VAT|CURRLIAB|NONE|GST
2890|Owed to employees|CURRLIAB|NONE|
3000|Sales|REVENUE|OUTPUT|
3740|Rounding|EXPENSE|NONE|ROUNDING
3960|Exchange gains and losses|EXPENSE|NONE|REALISEDCURRENCYGAIN
4000|Purchases|DIRECTCOSTS|INPUT|
5410|Consumables|EXPENSE|INPUT|
5420|Software|EXPENSE|INPUT|
5800|Travel|EXPENSE|INPUT|
5830|Hotels|EXPENSE|TAX001|
5910|Advertising|EXPENSE|INPUT|
5990|Old advertising|EXPENSE|INPUT|archived
6070|Entertainment|EXPENSE|INPUT|
6110|Office supplies|EXPENSE|INPUT|
6212|Mobile phones|EXPENSE|INPUT|
6540|IT services|EXPENSE|INPUT|
6570|Bank fees|EXPENSE|NONE|
7330|Mileage and per diem|EXPENSE|NONE|
7690|Staff costs|EXPENSE|INPUT|
"""
_HARBOUR_ACCOUNTS = """
090|Business Bank Account|BANK|NONE|GBP
|Company cards|BANK|NONE|GBP
610|Accounts Receivable|CURRENT|NONE|DEBTORS
800|Accounts Payable|CURRLIAB|NONE|CREDITORS
820|VAT|CURRLIAB|NONE|GST
801|Unpaid Expense Claims|CURRLIAB|NONE|UNPAIDEXPCLM
835|Directors' Loan Account|CURRLIAB|NONE|
960|Retained Earnings|EQUITY|NONE|RETAINEDEARNINGS
200|Sales|REVENUE|OUTPUT2|
310|Cost of Goods Sold|DIRECTCOSTS|INPUT2|
400|Advertising & Marketing|OVERHEADS|INPUT2|
404|Bank Fees|OVERHEADS|NONE|
412|Consulting|OVERHEADS|INPUT2|
420|Entertainment|OVERHEADS|NONE|
429|General Expenses|OVERHEADS|INPUT2|
449|Motor Vehicle Expenses|OVERHEADS|INPUT2|
461|Printing & Stationery|OVERHEADS|INPUT2|
463|IT Software and Consumables|OVERHEADS|INPUT2|
485|Subscriptions|OVERHEADS|INPUT2|
489|Telephone & Internet|OVERHEADS|INPUT2|
493|Travel - National|OVERHEADS|INPUT2|
494|Travel - International|OVERHEADS|ZERORATEDINPUT|
499|Old travel account|OVERHEADS|INPUT2|archived
860|Rounding|CURRLIAB|NONE|ROUNDING
"""
# type | name | percent | report | where it applies (p purchases, s sales, * everywhere) | "archived"
_NORDWIND_TAXES = """
INPUT|VAT 19% on purchases|19|INPUT|p|
TAX001|VAT 7% on purchases|7|INPUT|p|
TAX002|Reverse charge|0|ECINPUT|p|
TAX003|VAT 25% on purchases|25|INPUT|p|
TAX009|VAT 16% on purchases (2020)|16|INPUT|p|archived
OUTPUT|VAT 19% on sales|19|OUTPUT|s|
NONE|Tax exempt|0|NONE|*|
"""
_HARBOUR_TAXES = """
INPUT2|20% (VAT on Expenses)|20|INPUT|p|
RRINPUT|5% (VAT on Expenses)|5|INPUT|p|
ZERORATEDINPUT|Zero Rated Expenses|0|INPUT|p|
EXEMPTINPUT|Exempt Expenses|0|EXEMPTINPUT|p|
OUTPUT2|20% (VAT on Income)|20|OUTPUT|s|
SRINPUT|15% (VAT on Expenses)|15|INPUT|p|archived
NONE|No VAT|0|NONE|*|
"""
_CURRENCIES = {
    "EUR": "Euro",
    "GBP": "British Pound",
    "SEK": "Swedish Krona",
    "DKK": "Danish Krone",
    "USD": "United States Dollar",
    "JPY": "Japanese Yen",
}


def organisations() -> list[Document]:
    return [
        _organisation(
            "Nordwind GmbH",
            {"CountryCode": "DE", "Version": "GLOBAL", "Timezone": "WEUROPESTANDARDTIME"},
            ["EUR", "SEK", "DKK", "GBP", "USD", "JPY"],
            _NORDWIND_ACCOUNTS,
            _NORDWIND_TAXES,
            {"Team": ["Sales", "Engineering", "Support", "~Print"], "Region": ["North", "South"]},
            ("2024-12-31", "2023-12-31"),
            offset=1,
        ),
        _organisation(
            "Harbour & Finch Ltd",
            {"CountryCode": "GB", "Version": "UK", "Timezone": "GMTSTANDARDTIME"},
            ["GBP", "EUR", "USD"],
            _HARBOUR_ACCOUNTS,
            _HARBOUR_TAXES,
            {"Department": ["Studio", "Workshop"], "~Project": ["Quay"]},
            ("", "2024-03-31"),
            offset=0,
        ),
    ]


def _organisation(
    name: str,
    facts: Json,
    currencies: list[str],
    accounts: str,
    taxes: str,
    tracking: dict[str, list[str]],
    locks: tuple[str, str],
    offset: int,
) -> Document:
    org_id = stable_id(name)
    return {
        "id": org_id,
        "name": name,
        "base_currency": currencies[0],
        "facts": facts,
        "short_code": "!" + org_id[:5].upper(),
        "utc_offset": offset,  # hours, without summer time: enough to say what today is
        "PeriodLockDate": locks[0],
        "EndOfYearLockDate": locks[1],
        "accounts": [_account(name, *line.split("|")) for line in accounts.split("\n") if line],
        "tax_rates": [_tax_rate(*line.split("|")) for line in taxes.split("\n") if line],
        "currencies": [{"Code": code, "Description": _CURRENCIES[code]} for code in currencies],
        "tracking": [_category(name, category, options) for category, options in tracking.items()],
    }


def _account(org: str, code: str, name: str, kind: str, tax: str, last: str) -> Json:
    """A bank account may have no code, and then Xero leaves the field out."""
    bank = {"BankAccountNumber": "DE0012345678", "BankAccountType": "BANK", "CurrencyCode": last}
    return {
        "AccountID": stable_id(org, "account", code, name),
        **({"Code": code} if code else {}),
        "Name": name,
        "Status": "ARCHIVED" if last == "archived" else "ACTIVE",
        "Type": kind,
        "TaxType": tax,
        "Class": _CLASSES[kind],
        "SystemAccount": "" if last == "archived" or kind == "BANK" else last,
        "EnablePaymentsToAccount": False,
        "ShowInExpenseClaims": _CLASSES[kind] == "EXPENSE",
        "HasAttachments": False,
        "AddToWatchlist": False,
        "UpdatedDateUTC": ms_date(SEEDED),
        **(bank if kind == "BANK" else {}),
    }


def _tax_rate(code: str, name: str, percent: str, report: str, applies: str, last: str) -> Json:
    rate = Decimal(percent).quantize(Decimal("0.0001"))
    component: Json = {"Name": "VAT", "Rate": rate, "IsCompound": False, "IsNonRecoverable": False}
    return {
        "Name": name,
        "TaxType": code,
        "ReportTaxType": report,
        "CanApplyToAssets": True,
        "CanApplyToEquity": True,
        "CanApplyToExpenses": applies in "p*",
        "CanApplyToLiabilities": True,
        "CanApplyToRevenue": applies in "s*",
        "DisplayTaxRate": rate,
        "EffectiveRate": rate,
        "Status": "ARCHIVED" if last else "ACTIVE",
        "TaxComponents": [component],
    }


def _category(org: str, name: str, options: list[str]) -> Json:
    """A name after "~" is archived."""
    shown = name.lstrip("~")
    return {
        "TrackingCategoryID": stable_id(org, "tracking", shown),
        "Name": shown,
        "Status": "ARCHIVED" if name != shown else "ACTIVE",
        "Options": [
            {
                "TrackingOptionID": stable_id(org, "tracking", shown, option.lstrip("~")),
                "Name": option.lstrip("~"),
                "Status": "ARCHIVED" if option.startswith("~") else "ACTIVE",
            }
            for option in options
        ],
    }


def contacts() -> list[Document]:
    return [
        _contact(NORDWIND, "RAIL AB", "SUP-1"),
        _contact(NORDWIND, "Büro Müller", "SUP-2"),
        _contact(NORDWIND, "Anna Berg", "EMP-1", EmailAddress="anna.berg@example.com"),
        _contact(NORDWIND, "Closed Café", "SUP-9", ContactStatus="ARCHIVED"),
        _contact(HARBOUR, "Quay Supplies", "SUP-1"),
        _contact(HARBOUR, "Tom Finch", "EMP-1", EmailAddress="tom.finch@example.com"),
    ]


def _contact(org: str, name: str, number: str, **fields: Any) -> Document:
    contact_id = stable_id(org, "contact", name)
    head = {"id": contact_id, "org": org, "ContactID": contact_id, "Name": name, "key": name_key(name)}
    return {
        **head,
        "ContactNumber": number,
        "ContactStatus": "ACTIVE",
        "updated": SEEDED.timestamp(),
        **fields,
    }
