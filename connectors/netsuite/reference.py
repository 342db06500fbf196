"""Reads what planning must know of the account, as JSON that can be kept with a job.

What a feature of NetSuite's brings along (currencies, expense reports, tax codes) may not be there: then its list is
empty. Without accounts nothing can be planned, so their query must work.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from connectors.kit.errors import ContractBroken
from connectors.netsuite.query import Row

#: Gives all rows of a query; None where NetSuite does not know the table.
Ask = Callable[[str], Sequence[Row] | None]

#: A bare date would come in whatever form the user prefers.
_PERIODS = (
    "SELECT id, periodname, TO_CHAR(startdate, 'YYYY-MM-DD') AS startdate, TO_CHAR(enddate, 'YYYY-MM-DD') AS enddate,"
    " closed, alllocked, aplocked, isquarter, isyear, isadjust FROM accountingperiod ORDER BY id"
)
TABLES = {"department": "department", "class": "classification", "location": "location"}


def read(ask: Ask, subsidiary: str, custom_segments: Sequence[str]) -> dict[str, Any]:
    """`subsidiary`: the chosen one, empty where there are none. Raises ContractBroken, and whatever `ask` raises."""
    try:
        currencies = _currencies(ask)
        found = _subsidiary(ask, subsidiary)
        return {
            "subsidiary": subsidiary,
            "subsidiary_name": found.get("name", ""),
            "base_currency": next((c["code"] for c in currencies if c["id"] == found.get("currency")), ""),
            "currencies": currencies,
            "accounts": accounts(ask),
            "segments": {
                **{name: listed(ask, table) for name, table in TABLES.items()},
                **{name: _custom(ask, name) for name in custom_segments},
            },
            "tax_codes": tax_codes(ask),
            "periods": list(periods(ask)),
            "categories": _categories(ask),
            "employees": _employees(ask),
        }
    except KeyError as error:
        raise ContractBroken("NetSuite's reference data is not complete.", words=repr(error)[:500]) from error


def _subsidiary(ask: Ask, chosen: str) -> Row:
    if not chosen:
        return {}
    rows = ask("SELECT id, name, currency, isinactive FROM subsidiary ORDER BY id") or ()
    return next((row for row in rows if row["id"] == chosen), {})


def _currencies(ask: Ask) -> list[dict[str, str]]:
    rows = ask("SELECT id, symbol, name, isinactive FROM currency ORDER BY id") or ()
    return [{"id": row["id"], "code": row["symbol"]} for row in rows if not _flag(row, "isinactive")]


def accounts(ask: Ask) -> list[dict[str, Any]]:
    rows = ask("SELECT id, acctnumber, acctname, accttype, subsidiary, isinactive FROM account ORDER BY id")
    if rows is None:
        raise ContractBroken("NetSuite does not let its accounts be listed.")
    return [
        {
            **_named(row, row.get("acctname", "")),
            "number": row.get("acctnumber", ""),
            "type": row.get("accttype", ""),
            "subsidiaries": _subsidiaries(row),
        }
        for row in rows
    ]


def listed(ask: Ask, table: str) -> list[dict[str, Any]]:
    rows = ask(f"SELECT id, name, subsidiary, isinactive FROM {table} ORDER BY id") or ()  # noqa: S608 - one of ours
    return [{**_named(row, row.get("name", "")), "subsidiaries": _subsidiaries(row)} for row in rows]


def _custom(ask: Ask, segment: str) -> list[dict[str, Any]]:
    """ASSUMED: a custom segment's values are a table of its name."""
    table = f"customrecord_{segment}"  # its letters are checked by the settings
    rows = ask(f"SELECT id, name, isinactive FROM {table} ORDER BY id") or ()  # noqa: S608
    return [_named(row, row.get("name", "")) for row in rows]


def tax_codes(ask: Ask) -> list[dict[str, Any]]:
    rows = ask("SELECT id, itemid, rate, isinactive FROM salestaxitem ORDER BY id") or ()
    return [{**_named(row, row.get("itemid", "")), "rate": row.get("rate", "").rstrip("% ")} for row in rows]


def periods(ask: Ask) -> Iterator[dict[str, Any]]:
    """Those that something can be posted on: years and quarters only hold others."""
    for row in ask(_PERIODS) or ():
        if any(_flag(row, name) for name in ("isquarter", "isyear", "isadjust")):
            continue
        yield {
            "name": row.get("periodname", ""),
            "first": row["startdate"],
            "last": row["enddate"],
            "closed": _flag(row, "closed") or _flag(row, "alllocked"),
            "payables_locked": _flag(row, "aplocked"),
        }


def _categories(ask: Ask) -> list[dict[str, Any]]:
    rows = ask("SELECT id, name, expenseacct, isinactive FROM expensecategory ORDER BY id") or ()
    return [
        {**_named(row, row.get("name", "")), "account": row["expenseacct"]} for row in rows if "expenseacct" in row
    ]


def _employees(ask: Ask) -> list[dict[str, Any]]:
    rows = ask("SELECT id, entityid, firstname, lastname, subsidiary, isinactive FROM employee ORDER BY id") or ()
    return [
        {
            **_named(row, f"{row.get('firstname', '')} {row.get('lastname', '')}".strip()),
            "number": row.get("entityid", ""),
            "subsidiaries": _subsidiaries(row),
        }
        for row in rows
    ]


def _named(row: Row, name: str) -> dict[str, Any]:
    return {"id": row["id"], "name": name, "inactive": _flag(row, "isinactive")}


def _subsidiaries(row: Row) -> list[str]:
    """ "1, 2, 3" is one text."""
    return [one.strip() for one in row.get("subsidiary", "").split(",") if one.strip()]


def _flag(row: Row, name: str) -> bool:
    return row.get(name) == "T"
