"""A small organisation's reference data, as `Xero.reference()` reads it."""

from typing import Any

from connectors.kit import records

#: code | name | type | class | system account, currency of a bank account, "payments" or "archived"
_ACCOUNTS = """
1920|Bank EUR|BANK|ASSET|EUR
1930|Card EUR|BANK|ASSET|EUR
1931|Card SEK|BANK|ASSET|SEK
1933|Card JPY|BANK|ASSET|JPY
1939|Old card|BANK|ASSET|EUR archived
1950|Cash at hand|CURRENT|ASSET|payments
1610|Advances to employees|CURRENT|ASSET|
1690|Money in transit|CURRENT|ASSET|
2099|Retained earnings|EQUITY|EQUITY|RETAINEDEARNINGS
2440|Accounts payable|CURRLIAB|LIABILITY|CREDITORS
2640|VAT|CURRLIAB|LIABILITY|GST
2890|Owed to employees|CURRLIAB|LIABILITY|
3000|Sales|REVENUE|REVENUE|
3990|Cashback|OTHERINCOME|REVENUE|
5800|Travel|EXPENSE|EXPENSE|
5990|Old advertising|EXPENSE|EXPENSE|archived
6110|Office supplies|EXPENSE|EXPENSE|
6570|Bank fees|EXPENSE|EXPENSE|
"""
_SYSTEM = {"RETAINEDEARNINGS", "CREDITORS", "GST"}
_EVERYWHERE = ["ASSET", "EQUITY", "EXPENSE", "LIABILITY", "REVENUE"]


def guid(code: str) -> str:
    return f"00000000-0000-4000-8000-00000000{code}"


def _account(code: str, name: str, kind: str, group: str, last: str) -> dict[str, Any]:
    words = set(last.split())
    return {
        "id": guid(code),
        "code": code,
        "name": name,
        "type": kind,
        "group": group,
        "status": "ARCHIVED" if "archived" in words else "ACTIVE",
        "system": "".join(words & _SYSTEM),
        "currency": "".join(word for word in words if len(word) == 3 and kind == "BANK"),
        "payments": "payments" in words,
    }


def _rate(code: str, percent: str, groups: list[str], status: str = "ACTIVE") -> dict[str, Any]:
    return {"type": code, "name": f"Tax {code}", "status": status, "percent": percent, "groups": groups}


def _category(name: str, *options: str) -> dict[str, Any]:
    """A name after "~" is archived."""
    status = {True: "ARCHIVED", False: "ACTIVE"}
    return {
        "name": name.lstrip("~"),
        "status": status[name.startswith("~")],
        "options": [{"name": one.lstrip("~"), "status": status[one.startswith("~")]} for one in options],
    }


REFERENCE: dict[str, Any] = {
    "base_currency": "EUR",
    "locks": {"period lock date": "2024-12-31", "end of year lock date": "2023-12-31"},
    "currencies": ["EUR", "SEK", "JPY", "USD"],
    "accounts": [_account(*line.split("|")) for line in _ACCOUNTS.split("\n") if line],
    "tax_rates": [
        _rate("INPUT", "19.0000", ["ASSET", "EXPENSE", "LIABILITY", "EQUITY"]),
        _rate("REVERSE", "0", ["ASSET", "EXPENSE"]),
        _rate("OUTPUT", "19.0000", ["REVENUE"]),
        _rate("OLD", "16.0000", _EVERYWHERE, "ARCHIVED"),
        _rate("NONE", "0", _EVERYWHERE),
    ],
    "tracking": [
        _category("Team", "Sales", "Support", "~Print"),
        _category("Region", "North", "South"),
        _category("~Campaign", "Spring"),
    ],
}


def account(code: str, name: str = "") -> records.Account:
    """As an entry names it."""
    return records.Account(f"acc-{code}", name or f"Account {code}", code=code)
