"""Reads what planning must know of an organisation, as JSON that can be kept with a job."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from connectors.kit.errors import ContractBroken

Fetch = Callable[[str, Sequence[tuple[str, str]]], Any]

API = "/api.xro/2.0"
_MILLISECONDS = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOCKS = {"PeriodLockDate": "period lock date", "EndOfYearLockDate": "end of year lock date"}
#: Where a tax rate may be used, by the Class of the account.
_GROUPS = {
    "ASSET": "CanApplyToAssets",
    "EQUITY": "CanApplyToEquity",
    "EXPENSE": "CanApplyToExpenses",
    "LIABILITY": "CanApplyToLiabilities",
    "REVENUE": "CanApplyToRevenue",
}


def read(fetch: Fetch, organisation: Any) -> dict[str, Any]:
    """Four calls, none of them paged; the answer of `/Organisation` is given. Raises ContractBroken if an answer is
    not what Xero's contract says."""
    with _whole():
        (organisation,) = _elements(organisation, "Organisations")
        return {
            "base_currency": str(organisation["BaseCurrency"]),
            "locks": {words: day.isoformat() for name, words in _LOCKS.items() if (day := _day(organisation, name))},
            "currencies": [str(one["Code"]) for one in _listed(fetch, "Currencies")],
            **accounts(fetch),
            **tax_rates(fetch),
            **tracking(fetch),
        }


def accounts(fetch: Fetch) -> dict[str, Any]:
    """A part of `read`, as the next ones: one call, and the same may be raised."""
    with _whole():
        return {"accounts": [_account(one) for one in _listed(fetch, "Accounts")]}


def tax_rates(fetch: Fetch) -> dict[str, Any]:
    with _whole():
        return {"tax_rates": [_tax_rate(one) for one in _listed(fetch, "TaxRates")]}


def tracking(fetch: Fetch) -> dict[str, Any]:
    found = _listed(fetch, "TrackingCategories", query=[("includeArchived", "true")])
    with _whole():
        return {"tracking": [_category(one) for one in found]}


@contextmanager
def _whole() -> Iterator[None]:
    try:
        yield
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise ContractBroken("Xero's reference data is not complete.", words=repr(error)[:500]) from error


def _listed(fetch: Fetch, name: str, query: Sequence[tuple[str, str]] = ()) -> list[dict[str, Any]]:
    return _elements(fetch(f"{API}/{name}", query), name)


def _elements(body: Any, name: str) -> list[dict[str, Any]]:
    listed = body.get(name) if isinstance(body, dict) else None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise ContractBroken(f"Xero's answer has no list of {name}.", words=str(body)[:500])
    return listed


def _day(organisation: Mapping[str, Any], name: str) -> date | None:
    """The offset in `/Date(ms+0000)/` is decoration (sheet, 4.8)."""
    value = organisation.get(name)
    if not value:
        return None
    if match := _MILLISECONDS.fullmatch(str(value)):
        return (_EPOCH + timedelta(milliseconds=int(match[1]))).date()
    return date.fromisoformat(str(value)[:10])


def _account(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(one["AccountID"]),
        "code": str(one.get("Code") or ""),
        "name": str(one.get("Name") or ""),
        "type": str(one["Type"]),
        "group": str(one.get("Class") or ""),
        "status": str(one.get("Status") or "ACTIVE"),
        "system": str(one.get("SystemAccount") or ""),
        "currency": str(one.get("CurrencyCode") or ""),
        "payments": one.get("EnablePaymentsToAccount") is True,
    }


def _tax_rate(one: Mapping[str, Any]) -> dict[str, Any]:
    percent = one.get("EffectiveRate")
    return {
        "type": str(one["TaxType"]),
        "name": str(one.get("Name") or ""),
        "status": str(one.get("Status") or "ACTIVE"),
        "percent": "" if percent is None else str(percent),
        "groups": [group for group, field in _GROUPS.items() if one.get(field, True) is not False],
    }


def _category(one: Mapping[str, Any]) -> dict[str, Any]:
    options = [
        {"name": str(option["Name"]), "status": str(option.get("Status") or "ACTIVE")}
        for option in one.get("Options") or ()
    ]
    return {"name": str(one["Name"]), "status": str(one.get("Status") or "ACTIVE"), "options": options}
