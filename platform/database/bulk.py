"""Many rows in one statement, whatever each of them holds.

They travel as one JSON document that PostgreSQL takes apart. As arrays of parameters, which is how Django's
`bulk_create` sends them, each quote of each text is escaped in Python; for rows of JSON that costs more than all the
rest.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault


def insert_all(rows: Sequence[Model], *, ignore_conflicts: bool = False) -> int:
    """`bulk_create(rows)` for rows of one kind. How many there are more."""
    if not rows:
        return 0
    columns = [column for column in rows[0]._meta.concrete_fields if not _is_left_out(rows, column)]
    for column in columns:
        if getattr(column, "auto_now_add", False) or getattr(column, "auto_now", False):
            for row in rows:
                column.pre_save(row, add=True)
    names = ", ".join(_quoted(column) for column in columns)
    conflicts = " on conflict do nothing" if ignore_conflicts else ""
    inserted = _execute(
        f"insert into {_table(rows[0])} ({names}) select {names} from {_set_of(columns)}{conflicts}",  # noqa: S608  our own names
        rows,
        columns,
    )
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return inserted


def save_all(rows: Sequence[Model], fields: Sequence[str]) -> int:
    """`save(update_fields=fields)` of every row. How many rows there were."""
    if not rows:
        return 0
    meta = rows[0]._meta
    columns: list[Any] = [meta.pk, *(meta.get_field(name) for name in fields)]
    sets = ", ".join(f"{_quoted(column)} = v.{_quoted(column)}" for column in columns[1:])
    key = _quoted(columns[0])
    return _execute(
        f"update {_table(rows[0])} r set {sets} from {_set_of(columns)} where r.{key} = v.{key}",  # noqa: S608
        rows,
        columns,
    )


def _is_left_out(rows: Sequence[Model], column: Any) -> bool:
    """Of a column that the database has a value for; all rows leave it out, or none does."""
    if not column.has_db_default():
        return False
    left_out = {isinstance(getattr(row, column.attname), DatabaseDefault) for row in rows}
    if len(left_out) > 1:
        raise ValueError(f"{column} is given for some of these rows only.")
    return left_out.pop()


def _execute(statement: str, rows: Sequence[Model], columns: Sequence[Any]) -> int:
    named = [(column.column, column.attname) for column in columns]
    document = [{name: getattr(row, attribute) for name, attribute in named} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(document, default=_in_json, ensure_ascii=False)])
        return int(cursor.rowcount)


def _in_json(value: object) -> str:
    """As PostgreSQL reads it from text."""
    match value:
        case UUID() | Decimal() | timedelta():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            return f"\\x{bytes(value).hex()}"
    raise TypeError(f"{type(value).__name__} is not written in bulk.")


def _set_of(columns: Sequence[Any]) -> str:
    typed = ", ".join(f"{_quoted(column)} {column.db_type(connection)}" for column in columns)
    return f"json_to_recordset(%s::json) as v ({typed})"


def _quoted(column: Any) -> str:
    return connection.ops.quote_name(column.column)


def _table(row: Model) -> str:
    return connection.ops.quote_name(row._meta.db_table)
