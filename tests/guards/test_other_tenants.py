"""Every tenant's table, asked for another tenant's rows: by the bare manager and by SQL of somebody who gets in."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from django.db import DatabaseError, ProgrammingError, connection, models, transaction

from database.acting import across_tenants, acting_for
from tests.admin.conftest import make_books
from tests.guards.test_walls import tenant_models

MODELS = sorted(tenant_models(), key=lambda model: model._meta.label)
EMPTY = {
    "connections.AuthorisationAttempt",
    "connections.Certificate",
    "connections.Revocation",
    "exports.Discrepancy",
    "exports.FinalEvent",
    "exports.Receipt",
    "exports.Reconciliation",
    "exports.ReferenceData",
    "jobs.Halt",
    "jobs.Schedule",
    "jobs.Share",
}
REFUSED = r"row-level security|only grows"
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)


@dataclass(frozen=True)
class Houses:
    ours: UUID
    theirs: UUID


@pytest.fixture
def houses(db: None) -> Houses:
    """Two tenants whose books are kept."""
    return Houses(make_books().job.tenant_id, make_books().job.tenant_id)


def count(statement: str, *parameters: UUID | str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(map(str, parameters)))
        return int(cursor.rowcount)


@each_model
def test_the_bare_manager_finds_our_own_only(model: type[models.Model], houses: Houses) -> None:
    with acting_for(houses.ours):
        found = set(model._base_manager.values_list("tenant_id", flat=True))
        named = model._base_manager.filter(tenant_id=houses.theirs).exists()
    assert found <= {houses.ours}
    assert not named


@each_model
def test_nothing_is_found_without_a_tenant(model: type[models.Model], houses: Houses) -> None:
    with pytest.raises(DatabaseError, match="no tenant is set"), transaction.atomic():
        model._base_manager.exists()


@each_model
@pytest.mark.parametrize(
    "statement",
    [
        "select from {} where tenant_id = %s",
        "select from {} where tenant_id = %s for update",
        "update {} set tenant_id = tenant_id where tenant_id = %s",
        "delete from {} where tenant_id = %s",
    ],
)
def test_sql_touches_none_of_theirs(model: type[models.Model], statement: str, houses: Houses) -> None:
    with acting_for(houses.ours):
        assert count(statement.format(f'"{model._meta.db_table}"'), houses.theirs) == 0


@each_model
def test_nothing_is_put_into_their_house(model: type[models.Model], houses: Houses) -> None:
    """A copy of a row of theirs, as it would be after a look at a dump."""
    table = f'"{model._meta.db_table}"'
    with across_tenants("a test looks at a row of theirs"), connection.cursor() as cursor:
        cursor.execute(f"select row_to_json(t)::text from {table} t where tenant_id = %s limit 1", [houses.theirs])
        row = cursor.fetchone()
    copied = row[0] if row else f'{{"tenant_id": "{houses.theirs}"}}'
    put = f"insert into {table} select * from json_populate_record(null::{table}, %s)"
    with acting_for(houses.ours), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        count(put, copied)


@each_model
def test_nothing_of_ours_is_given_to_them(model: type[models.Model], houses: Houses) -> None:
    """Refused by the wall, or by a table that only grows; or there is nothing to give."""
    table = f'"{model._meta.db_table}"'
    with acting_for(houses.ours):
        if count(f"select 1 from {table}"):
            with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
                count(f"update {table} set tenant_id = %s", houses.theirs)


def test_the_books_of_this_test_have_rows_in_every_other_table(houses: Houses) -> None:
    """Of an empty table only the way in is tried. A new model has rows in `make_books`, or stands in EMPTY."""
    with across_tenants("a test counts its rows"):
        empty = {m._meta.label for m in MODELS if not m._base_manager.filter(tenant_id=houses.theirs).exists()}
    assert empty == EMPTY, sorted(empty ^ EMPTY)
