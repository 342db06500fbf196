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
    sent = Sent(rows, columns)
    inserted = sent.execute(
        f"insert into {_table(rows[0])} ({names}) select {names} from {sent.set}{conflicts}"  # noqa: S608  our own names
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
    key = _quoted(columns[0])
    sent = Sent(rows, columns)
    sets = ", ".join(f"{_quoted(column)} = {sent.place(column)}.{_quoted(column)}" for column in columns[1:])
    return sent.execute(f"update {_table(rows[0])} r set {sets} from {sent.set} where r.{key} = v.{key}")  # noqa: S608


def _is_left_out(rows: Sequence[Model], column: Any) -> bool:
    """Of a column that the database has a value for; all rows leave it out, or none does."""
    if not column.has_db_default():
        return False
    left_out = {isinstance(getattr(row, column.attname), DatabaseDefault) for row in rows}
    if len(left_out) > 1:
        raise ValueError(f"{column} is given for some of these rows only.")
    return left_out.pop()


class Sent:
    """Rows on their way: as `v` what is in each of them, and as `s`, once, what is the same in all."""

    def __init__(self, rows: Sequence[Model], columns: Sequence[Any]) -> None:
        values = {column.column: [getattr(row, column.attname) for row in rows] for column in columns}
        self._same = {name: ours[0] for name, ours in values.items() if len(ours) > 1 and _are_one(ours)}
        names = [name for name in values if name not in self._same]
        each = zip(*(values[name] for name in names), strict=True)
        self._rows = [dict(zip(names, row, strict=True)) for row in each]
        self._columns = columns

    @property
    def set(self) -> str:
        each = f"json_to_recordset(%s::json) as v ({self._typed('v')})"
        return f"{each}, json_to_record(%s::json) as s ({self._typed('s')})" if self._same else each

    def place(self, column: Any) -> str:
        return "s" if column.column in self._same else "v"

    def execute(self, statement: str) -> int:
        documents = [self._rows, self._same] if self._same else [self._rows]
        with connection.cursor() as cursor:
            cursor.execute(statement, [json.dumps(one, default=_in_json, ensure_ascii=False) for one in documents])
            return int(cursor.rowcount)

    def _typed(self, place: str) -> str:
        columns = (column for column in self._columns if self.place(column) == place)
        return ", ".join(f"{_quoted(column)} {column.db_type(connection)}" for column in columns)


def _are_one(values: Sequence[object]) -> bool:
    first = values[0]
    return all(value is first for value in values)


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


def _quoted(column: Any) -> str:
    return connection.ops.quote_name(column.column)


def _table(row: Model) -> str:
    return connection.ops.quote_name(row._meta.db_table)
