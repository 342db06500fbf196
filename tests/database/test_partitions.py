"""Weeks: made ahead and dropped when old by functions of the owner's; an insert never fails for want of one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, ProgrammingError, connection

from database.acting import across_tenants, acting_for
from database.partitions import Weeks
from tenants.models import Tenant
from tests.database_fixture import as_owner
from tests.factories import TenantFactory
from webhooks.models import DeliveryBody

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = "webhooks_deliverybody"
BODIES = Weeks(TABLE)
NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=200)
FAR_AHEAD = NOW + timedelta(days=200)


@pytest.fixture
def owner() -> Iterator[psycopg.Connection]:
    """What a test has cut is put back: the weeks from now on."""
    with as_owner(connection.settings_dict["NAME"]) as own:
        yield own
        own.execute(f"truncate {TABLE}")
        own.execute(f"select causeway_partitions_ahead('{TABLE}', 'received_at')")


def body(tenant: Tenant, at: datetime) -> DeliveryBody:
    with acting_for(tenant.pk):
        return DeliveryBody.objects.create(tenant=tenant, delivery_id=uuid4(), received_at=at, digest="d", body=b"{}")


def where(owner: psycopg.Connection, row: DeliveryBody) -> str:
    (place,) = owner.execute(f"select tableoid::regclass::text from {TABLE} where id = %s", [row.pk]).fetchone() or (
        "",
    )
    return str(place)


def weeks(owner: psycopg.Connection) -> list[str]:
    asked = f"select inhrelid::regclass::text from pg_inherits where inhparent = '{TABLE}'::regclass order by 1"
    return [name for (name,) in owner.execute(asked)]


def make_week(owner: psycopg.Connection, at: datetime) -> None:
    owner.execute(f"select causeway_partition_week('{TABLE}', 'received_at', %s)", [at])


def name_of(at: datetime) -> str:
    year, week, _ = at.isocalendar()
    return f"{TABLE}_{year}w{week:02}"


def ahead() -> int:
    with across_tenants("the test makes weeks"):
        return BODIES.ahead()


def drop(days: int) -> datetime | None:
    with across_tenants("the test drops a week"):
        return BODIES.drop_one(days)


def test_a_row_lies_in_its_week(owner: psycopg.Connection) -> None:
    assert where(owner, body(TenantFactory.create(), NOW)) == name_of(NOW)


def test_a_row_of_a_week_that_nobody_made_is_caught(owner: psycopg.Connection) -> None:
    assert where(owner, body(TenantFactory.create(), FAR_AHEAD)) == f"{TABLE}_default"


def test_a_week_that_is_made_late_takes_its_rows_with_it(owner: psycopg.Connection) -> None:
    monday = NOW - timedelta(days=NOW.weekday())
    late = monday + timedelta(days=28)
    owner.execute(f"drop table {name_of(late)}")
    row, other = body(TenantFactory.create(), late), body(TenantFactory.create(), FAR_AHEAD)

    left = ahead()

    assert where(owner, row) == name_of(late)
    assert where(owner, other) == f"{TABLE}_default"
    assert left == 1


def test_making_weeks_again_changes_nothing(owner: psycopg.Connection) -> None:
    before = weeks(owner)

    assert ahead() == 0
    assert weeks(owner) == before


def test_old_weeks_are_dropped_one_by_one_and_no_other(owner: psycopg.Connection) -> None:
    tenant, kept = TenantFactory.create(), weeks(owner)
    for at in (LONG_AGO, LONG_AGO - timedelta(days=14)):
        make_week(owner, at)
        body(tenant, at)
    young = body(tenant, NOW)

    ends = [drop(90), drop(90), drop(90)]

    monday = (LONG_AGO - timedelta(days=LONG_AGO.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    assert ends == [monday - timedelta(days=7), monday + timedelta(days=7), None]
    assert weeks(owner) == kept
    with acting_for(tenant.pk):
        assert DeliveryBody.objects.get() == young


def test_a_week_is_kept_until_its_last_day_is_old_enough(owner: psycopg.Connection) -> None:
    edge = NOW - timedelta(days=30)
    make_week(owner, edge)

    assert drop(30) is None
    assert drop(23) is not None


@pytest.mark.parametrize("days", [6, 0, -1, None])
def test_nobody_can_have_what_is_young_dropped(days: Any, owner: psycopg.Connection) -> None:
    with pytest.raises(DatabaseError, match="7 days at least"):
        drop(days)


def test_a_tenants_own_role_may_do_neither(owner: psycopg.Connection) -> None:
    tenant = TenantFactory.create()
    for act in (BODIES.ahead, lambda: BODIES.drop_one(90)):
        with pytest.raises(ProgrammingError, match="permission denied"), acting_for(tenant.pk):
            act()


def test_a_partition_is_not_read_directly_even_by_staff(owner: psycopg.Connection) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        across_tenants("the test tries"),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"select from {name_of(NOW)}")


def test_through_its_table_a_tenant_sees_its_own_bodies_only(owner: psycopg.Connection) -> None:
    ours, theirs = TenantFactory.create(), TenantFactory.create()
    mine = body(ours, NOW)
    for at in (NOW, FAR_AHEAD):
        body(theirs, at)

    with acting_for(ours.pk):
        assert DeliveryBody.objects.get() == mine


def test_a_week_is_not_dropped_while_it_is_read_and_nobody_waits_for_long(owner: psycopg.Connection) -> None:
    make_week(owner, LONG_AGO)
    with as_owner(connection.settings_dict["NAME"]) as reader, reader.transaction():
        reader.execute(f"select from {TABLE}")

        with pytest.raises(OperationalError, match="lock timeout"):
            drop(90)
    assert drop(90) is not None


def test_a_week_is_made_while_somebody_makes_a_tenant(owner: psycopg.Connection) -> None:
    owner.execute(f"drop table {name_of(NOW + timedelta(days=14))}")
    with as_owner(connection.settings_dict["NAME"]) as writer, writer.transaction(force_rollback=True):
        writer.execute("insert into tenants_tenant (id, name, created_at) values (gen_random_uuid(), 'New', now())")

        assert ahead() == 0
    assert name_of(NOW + timedelta(days=14)) in weeks(owner)
