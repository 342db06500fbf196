"""Tables that only grow: nobody changes or deletes what was written, the owner neither."""

from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.models import Model

from audit import services as audit
from audit.models import AuditEntry
from connections import steps
from connections.models import ConnectionState, ConnectionStep
from database.acting import across_tenants, acting_for
from exports.models import Record
from tenants.models import Tenant
from tests.factories import ConnectionFactory, RecordFactory, TenantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[Record, AuditEntry, ConnectionStep], ids=lambda model: model.__name__)
def row(request: pytest.FixtureRequest) -> Any:
    if request.param is Record:
        return RecordFactory.create()
    if request.param is ConnectionStep:
        return a_step()
    tenant = TenantFactory.create()
    with acting_for(tenant.pk):
        audit.record("test.done", tenant, actor="user:1", tenant_id=tenant.pk)
        return AuditEntry.objects.get()


def a_step() -> ConnectionStep:
    row = ConnectionFactory.create()
    with acting_for(row.tenant_id):
        steps.take(row, ConnectionState.NEEDS_RECONNECT, why="It was refused.", actor="platform")
        return ConnectionStep.objects.get()


def test_an_update_is_refused(row: Model) -> None:
    with pytest.raises(DatabaseError, match="only grows: UPDATE is refused"), across_tenants("the test tries"):
        type(row)._default_manager.filter(pk=row.pk).update(tenant_id=row.tenant_id)  # type: ignore[attr-defined]


def test_a_delete_is_refused(row: Model) -> None:
    with pytest.raises(DatabaseError, match="only grows: DELETE is refused"), across_tenants("the test tries"):
        type(row)._default_manager.filter(pk=row.pk).delete()


def test_a_truncate_is_refused(row: Model) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        across_tenants("the test tries"),
        connection.cursor() as cursor,
    ):
        cursor.execute(f'truncate "{row._meta.db_table}" cascade')


def test_a_row_is_not_changed_by_an_insert_over_it(row: Model) -> None:
    table = row._meta.db_table
    again = f'insert into "{table}" select * from "{table}" on conflict (id) do update set id = excluded.id'
    with (
        pytest.raises(DatabaseError, match="only grows: UPDATE is refused"),
        across_tenants("the test tries"),
        connection.cursor() as cursor,
    ):
        cursor.execute(again)


def test_the_trail_outlives_its_tenant() -> None:
    tenant = TenantFactory.create()
    with acting_for(tenant.pk):
        audit.record("tenant.left", tenant, actor=audit.PLATFORM, tenant_id=tenant.pk, detail={"was": "here"})
        Tenant.objects.filter(pk=tenant.pk).delete()
        entry = AuditEntry.objects.get()

    assert (entry.action, entry.object_id, entry.detail) == ("tenant.left", str(tenant.pk), {"was": "here"})
