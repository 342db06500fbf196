"""SuiteQL: the account's tables in an SQLite of a moment, asked as NetSuite is, answered with its quirks.

Names come back in lower case whatever the query calls them, every value is text, what is empty is left out, and
without ORDER BY rows come in no order at all.
"""

import random
import re
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from werkzeug import Response

from connectors.kit.sandbox import Document, Routes, answer

from .gate import Call, endpoint
from .refusals import refused

if TYPE_CHECKING:
    from .app import NetSuiteSandbox

routes = Routes()
PATH = "/services/rest/query/v1/suiteql"
#: The columns that a query may name, by table.
TABLES: dict[str, tuple[str, ...]] = {
    "subsidiary": ("id", "name", "currency", "isinactive"),
    "currency": ("id", "symbol", "name", "isinactive", "currencyprecision"),
    "account": ("id", "acctnumber", "acctname", "accttype", "externalid", "subsidiary", "isinactive"),
    "department": ("id", "name", "externalid", "subsidiary", "isinactive"),
    "classification": ("id", "name", "externalid", "subsidiary", "isinactive"),
    "location": ("id", "name", "externalid", "subsidiary", "isinactive"),
    "salestaxitem": ("id", "itemid", "rate", "isinactive"),
    "expensecategory": ("id", "name", "expenseacct", "isinactive"),
    "accountingperiod": (
        *("id", "periodname", "startdate", "enddate", "closed", "alllocked", "aplocked", "isyear", "isquarter"),
        "isadjust",
    ),
    "employee": ("id", "entityid", "firstname", "lastname", "email", "externalid", "subsidiary", "isinactive"),
    "vendor": ("id", "entityid", "companyname", "email", "externalid", "subsidiary", "isinactive"),
    "transaction": ("id", "tranid", "externalid", "type", "trandate", "entity", "memo", "voided", "foreigntotal"),
}
_FEATURE = {"subsidiary": "subsidiaries", "currency": "currencies", "expensecategory": "expense_reports"}
_FROM = re.compile(r"\b(?:from|join)\s+(\w+)", re.IGNORECASE)
_PERMISSIONS = {
    "vendor": "LIST_VENDOR",
    "employee": "LIST_EMPLOYEE",
    "account": "LIST_ACCOUNT",
    "subsidiary": "LIST_SUBSIDIARY",
    "accountingperiod": "ADMI_ACCTPERIODS",
    "department": "LIST_DEPARTMENT",
    "classification": "LIST_CLASS",
    "location": "LIST_LOCATION",
    "currency": "LIST_CURRENCY",
    "salestaxitem": "LIST_TAXITEM",
}


@endpoint(routes, "POST", PATH)
def query(call: Call) -> Response:
    call.require("REPO_ANALYTICS")
    if "transient" not in call.request.headers.get("Prefer", ""):
        raise refused("suiteql.prefer")
    body = call.body()
    limit, offset = _page(call)
    every = _ask(call, str(body.get("q") or ""), body.get("params") or [])
    items = [{"links": [], **row} for row in every[offset : offset + limit]]
    return answer(
        {
            "links": [],
            "count": len(items),
            "hasMore": offset + limit < len(every),
            "items": items,
            "offset": offset,
            "totalResults": len(every),
        }
    )


def _page(call: Call) -> tuple[int, int]:
    try:
        limit, offset = (
            int(call.request.args.get(name, usual)) for name, usual in (("limit", "1000"), ("offset", "0"))
        )
    except ValueError:
        raise refused("suiteql.page") from None
    if not 1 <= limit <= 1000 or offset < 0 or offset % limit:
        raise refused("suiteql.page")
    return limit, offset


def _ask(call: Call, words: str, params: Sequence[Any]) -> list[Document]:
    tables = [name.lower() for name in _FROM.findall(words)]
    for table in tables:
        if table not in TABLES or _FEATURE.get(table) in call.sandbox.switches.without:
            raise refused("suiteql.table", table=table)
        if table in _PERMISSIONS:
            call.require(_PERMISSIONS[table])
    database = sqlite3.connect(":memory:")
    try:
        database.create_function("TO_CHAR", 2, lambda value, form: value, deterministic=True)
        for table in set(tables):
            _fill(database, table, _visible(call, table))
        found = database.execute(_quoted(words), list(params))
        names = [column[0].lower() for column in found.description or ()]
        rows = [_row(names, values) for values in found]
    except sqlite3.Error as error:
        raise refused("suiteql.syntax", words=str(error)) from None
    finally:
        database.close()
    if "order by" not in words.lower():
        random.shuffle(rows)
    return rows


def _visible(call: Call, table: str) -> list[Document]:
    rows = table_rows(call.sandbox, table)
    return [row for row in rows if call.sees(row["id"])] if table == "subsidiary" else rows


def _quoted(words: str) -> str:
    """A table of NetSuite's has a name that SQLite keeps for itself."""
    return re.sub(r"\b(from|join)\s+transaction\b", r'\1 "transaction"', words, flags=re.IGNORECASE)


def _fill(database: sqlite3.Connection, table: str, rows: Sequence[Document]) -> None:
    columns = TABLES[table]
    database.execute(f'CREATE TABLE "{table}" ({", ".join(columns)})')
    places = ", ".join("?" * len(columns))
    filled = [[row.get(column) or None for column in columns] for row in rows]
    database.executemany(f'INSERT INTO "{table}" VALUES ({places})', filled)  # noqa: S608


def _row(names: Sequence[str], values: Sequence[Any]) -> Document:
    return {name: str(value) for name, value in zip(names, values, strict=True) if value is not None}


def table_rows(sandbox: "NetSuiteSandbox", table: str) -> list[Document]:
    if table == "vendor":
        return [
            {**{name.lower(): value for name, value in one.items()}, "isinactive": one.get("isInactive", "F")}
            for one in sandbox.store["vendor"].find()
        ]
    if table == "transaction":
        return sandbox.ledger.as_rows()
    return sandbox.store[table].find()
