"""Two organisations that differ where it matters: base currency, chart, tax codes, dates, tracking.

Ids are derived from names, so they are the same in every run.
"""

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.kit.sandbox import Document

from .answers import Json, ms_date
from .charts import (
    CLASSES,
    CURRENCIES,
    HARBOUR_ACCOUNTS,
    HARBOUR_TAXES,
    NORDWIND_ACCOUNTS,
    NORDWIND_TAXES,
)
from .contacts import name_key

_SPACE = uuid.UUID("6f1d3f5e-2a64-5e0b-9c1b-8f6c2d1c7a10")
SEEDED = datetime(2024, 1, 1, tzinfo=UTC)


def stable_id(*names: str) -> str:
    return str(uuid.uuid5(_SPACE, "/".join(names)))


NORDWIND = stable_id("Nordwind GmbH")
HARBOUR = stable_id("Harbour & Finch Ltd")


def organisations() -> list[Document]:
    return [
        _organisation(
            "Nordwind GmbH",
            {"CountryCode": "DE", "Version": "GLOBAL", "Timezone": "WEUROPESTANDARDTIME"},
            ["EUR", "SEK", "DKK", "GBP", "USD", "JPY"],
            NORDWIND_ACCOUNTS,
            NORDWIND_TAXES,
            {
                "Team": ["Sales", "Engineering", "Support", "~Print", "Finance", "Marketing"],
                "Region": ["North", "South", "East", "West", "~Overseas"],
                "~Campaign": ["Spring"],
            },
            ("2024-12-31", "2023-12-31"),
            offset=1,
        ),
        _organisation(
            "Harbour & Finch Ltd",
            {"CountryCode": "GB", "Version": "UK", "Timezone": "GMTSTANDARDTIME"},
            ["GBP", "EUR", "USD"],
            HARBOUR_ACCOUNTS,
            HARBOUR_TAXES,
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
        "not_allowed": [],
        "accounts": [_account(name, *line.split("|")) for line in accounts.split("\n") if line],
        "tax_rates": [_tax_rate(*line.split("|")) for line in taxes.split("\n") if line],
        "currencies": [{"Code": code, "Description": CURRENCIES[code]} for code in currencies],
        "tracking": [_category(name, category, options) for category, options in tracking.items()],
    }


def _account(org: str, code: str, name: str, kind: str, tax: str, last: str) -> Json:
    """A bank account may have no code, and then Xero leaves the field out."""
    marks = set(last.split())
    words = "".join(marks - {"payments", "archived"})
    bank = {"BankAccountNumber": "DE0012345678", "BankAccountType": "BANK", "CurrencyCode": words}
    return {
        "AccountID": stable_id(org, "account", code, name),
        **({"Code": code} if code else {}),
        "Name": name,
        "Status": "ARCHIVED" if "archived" in marks else "ACTIVE",
        "Type": kind,
        "TaxType": tax,
        "Class": CLASSES[kind],
        "SystemAccount": "" if kind == "BANK" else words,
        "EnablePaymentsToAccount": "payments" in marks,
        "ShowInExpenseClaims": CLASSES[kind] == "EXPENSE",
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
