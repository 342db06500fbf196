"""Many rows in one statement, whatever each of them is changed to."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Model


def save_all(rows: Sequence[Model], fields: Sequence[str]) -> int:
    """`save(update_fields=fields)` of every row, as one UPDATE from arrays. How many rows there were.

    Django's `bulk_update` says the same with a CASE for each row and field, which takes longer to build than to run.
    """
    if not rows:
        return 0
    meta = rows[0]._meta
    columns: list[Any] = [meta.pk, *(meta.get_field(name) for name in fields)]
    names = [connection.ops.quote_name(column.column) for column in columns]
    sets = ", ".join(f"{name} = v.{name}" for name in names[1:])
    arrays = ", ".join(f"%s::{column.db_type(connection)}[]" for column in columns)
    statement = (
        f"update {connection.ops.quote_name(meta.db_table)} r set {sets}"  # noqa: S608  names of our own models
        f" from unnest({arrays}) as v ({', '.join(names)}) where r.{names[0]} = v.{names[0]}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [[_prepared(row, column) for row in rows] for column in columns])
        return int(cursor.rowcount)


def _prepared(row: Model, column: Any) -> Any:
    return column.get_db_prep_save(getattr(row, column.attname), connection)
