"""Reads what planning must know of a company, as JSON that can be kept with a job."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connectors.kit.errors import ContractBroken
from connectors.sap_b1 import user_fields
from connectors.sap_b1.listing import Listed
from connectors.sap_b1.sending import ROOT

#: Reads an address.
Fetch = Callable[[str], Any]
#: Calls an action without an entity, with its parameters.
Called = Callable[[str, Mapping[str, Any]], Any]

OPEN_FOR_PURCHASES = {"ltUnlocked", "ltUnlockedExceptSales"}
DECIMALS = {"cdWithoutDecimals": 0, **{f"cd{n}Digit{'s' if n > 1 else ''}": n for n in range(1, 7)}}


def read(fetch: Fetch, listed: Listed, called: Called, marker: str) -> dict[str, Any]:
    """Some ten calls, a page each of up to 100 rows. Raises ContractBroken if an answer has another shape."""
    try:
        admin = fetch(f"{ROOT}/CompanyService_GetAdminInfo")
        return {
            "currency": str(admin["LocalCurrency"]),
            "has_branches": admin.get("EnableBranches") == "tYES",
            "currencies": [_currency(one) for one in _all(listed, "Currencies", "Code,DocumentsCode,Decimals")],
            "accounts": accounts(listed),
            "taxes": taxes(listed),
            "rules": [_rule(one) for one in _all(listed, "DistributionRules", "FactorCode,InWhichDimension,Active")],
            "projects": [_project(one) for one in _all(listed, "Projects", "Code,Active,ValidFrom,ValidTo")],
            "periods": [*periods(called)],
            "marked": sorted(user_fields.readable(listed, marker)),
        }
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise ContractBroken("Business One's reference data is not complete.", words=repr(error)[:500]) from error


def _all(listed: Listed, entity_set: str, select: str) -> Iterator[Mapping[str, Any]]:
    """In the order of its first property, the key: pages are cut from live data (sheet, section 3)."""
    return listed(entity_set, [("$select", select), ("$orderby", select.partition(",")[0])])


def accounts(listed: Listed) -> list[dict[str, Any]]:
    select = "Code,FormatCode,Name,ActiveAccount,FrozenFor,LockManualTransaction,AcctCurrency"
    return [_account(one) for one in _all(listed, "ChartOfAccounts", select)]


def taxes(listed: Listed) -> list[dict[str, Any]]:
    """A localisation has VAT groups or tax codes; the other list is empty."""
    return [*_vat_groups(listed), *_tax_codes(listed)]


def _account(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": str(one["Code"]),
        "format_code": str(one.get("FormatCode") or ""),
        "name": str(one["Name"] or ""),
        "is_active": one["ActiveAccount"] == "tYES" and one.get("FrozenFor") != "tYES",
        "is_control": one.get("LockManualTransaction") == "tYES",
        "currency": str(one.get("AcctCurrency") or "##"),
    }


def _currency(one: Mapping[str, Any]) -> dict[str, Any]:
    """A company has codes of its own ($, €); DocumentsCode often holds the one of ISO 4217."""
    code = str(one["Code"])
    return {"code": code, "iso": str(one.get("DocumentsCode") or code), "decimals": DECIMALS.get(one["Decimals"], 2)}


def _vat_groups(listed: Listed) -> Iterator[dict[str, Any]]:
    for one in _all(listed, "VatGroups", "Code,Name,Category,Inactive,TaxAccount,VatGroups_Lines"):
        rates = [(str(line.get("Effectivefrom") or "")[:10], str(line["Rate"])) for line in one["VatGroups_Lines"]]
        usable = one["Category"] == "bovcInputTax" and one["Inactive"] != "tYES"
        yield _tax("VatGroup", one, rates, usable=usable, account=str(one.get("TaxAccount") or ""))


def _tax_codes(listed: Listed) -> Iterator[dict[str, Any]]:
    for one in _all(listed, "SalesTaxCodes", "Code,Name,Rate,ValidForAP,Inactive"):
        usable = one["ValidForAP"] == "tYES" and one["Inactive"] != "tYES"
        yield _tax("TaxCode", one, [("", str(one["Rate"]))], usable=usable)


def _tax(
    field: str, one: Mapping[str, Any], rates: list[tuple[str, str]], *, usable: bool, account: str = ""
) -> dict[str, Any]:
    named = {"field": field, "code": str(one["Code"]), "name": str(one.get("Name") or "")}
    return {**named, "rates": sorted(rates), "is_usable": usable, "account": account}


def _rule(one: Mapping[str, Any]) -> dict[str, Any]:
    place = int(one["InWhichDimension"] or 0)
    return {"code": str(one["FactorCode"]), "dimension": place, "is_active": one["Active"] == "tYES"}


def _project(one: Mapping[str, Any]) -> dict[str, Any]:
    days = {"since": str(one.get("ValidFrom") or "")[:10], "until": str(one.get("ValidTo") or "")[:10]}
    return {"code": str(one["Code"]), "is_active": one["Active"] == "tYES", **days}


def periods(called: Called) -> Iterator[dict[str, Any]]:
    """Those that say what days they hold. What releases answer here is ASSUMED: without it Business One itself
    refuses a document of a closed period."""
    try:
        told = called("CompanyService_GetPeriods", {})
    except ContractBroken:
        return
    for one in told.get("value", []) if isinstance(told, dict) else []:
        first, last = (str(one.get(name) or "")[:10] for name in ("PostingDateFrom", "PostingDateTo"))
        if first and last:
            yield {"from": first, "to": last, "is_open": one.get("Locked", "ltUnlocked") in OPEN_FOR_PURCHASES}
