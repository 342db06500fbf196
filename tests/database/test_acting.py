"""The wall, as code meets it: no tenant raises, another tenant's rows are not there, a block puts back what was."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from connections.models import Connection
from connectors.kit.http import Client, Request
from connectors.kit.testing import ports
from database import acting
from database.acting import (
    CallInsideTransaction,
    OneStatementOnly,
    across_tenants,
    acting_for,
    one_statement_across_tenants,
    one_statement_for,
)
from exports.models import Record
from installations.models import Configuration, Installation
from jobs.models import Run
from tenants.models import Tenant
from tests.factories import (
    ConfigurationFactory,
    ConnectionFactory,
    InstallationFactory,
    RecordFactory,
    RunFactory,
    TenantFactory,
    TenantRowFactory,
)

pytestmark = pytest.mark.django_db

OF_TENANTS = [Tenant, Connection, Installation, Configuration, Run, Record]


def sql(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def settings_now() -> tuple[str, str]:
    ((role, tenant),) = sql("select current_user, coalesce(current_setting('causeway.tenant', true), '')")
    return str(role), str(tenant)


@pytest.mark.parametrize("model", OF_TENANTS, ids=lambda model: model.__name__)
def test_a_query_without_a_tenant_raises(model: type[Model]) -> None:
    with pytest.raises(ProgrammingError, match="no tenant is set"):
        model._default_manager.exists()


@pytest.mark.parametrize("plan", ["enable_seqscan", "enable_indexscan", "enable_bitmapscan"])
def test_it_raises_also_where_there_is_no_row_to_look_at(plan: str) -> None:
    """No rows would be silent loss: 0 = 0 balances. So it must not depend on the way that the planner goes."""
    for other in {"enable_seqscan", "enable_indexscan", "enable_bitmapscan", "enable_indexonlyscan"} - {plan}:
        sql(f"set local {other} = off")

    with pytest.raises(ProgrammingError, match="no tenant is set"):
        list(Run.objects.all())


def test_a_write_without_a_tenant_raises() -> None:
    with pytest.raises(DatabaseError, match="no tenant is set"):
        Tenant.objects.create(name="Nobody's")


def test_a_tenant_sees_its_own_row() -> None:
    run = RunFactory.create()

    with acting_for(run.tenant_id):
        assert Run.objects.get() == run


@pytest.mark.parametrize(
    "maker", [RunFactory, ConnectionFactory, InstallationFactory, ConfigurationFactory, RecordFactory]
)
def test_another_tenants_rows_are_not_there(maker: type[TenantRowFactory[Any]]) -> None:
    theirs, ours = maker.create(), TenantFactory.create()
    manager, table = type(theirs)._default_manager, theirs._meta.db_table

    with acting_for(ours.pk):
        assert not manager.filter(pk=theirs.pk).exists()
        assert not manager.filter(tenant_id=theirs.tenant_id).exists()
        assert sql(f'select count(*) from "{table}"') == [(0,)]


def test_another_tenants_row_can_be_neither_changed_nor_deleted() -> None:
    theirs, ours = RunFactory.create(), TenantFactory.create()

    with acting_for(ours.pk):
        assert Run.objects.filter(pk=theirs.pk).update(remark="taken") == 0
        assert Run.objects.filter(pk=theirs.pk).delete() == (0, {})
        with connection.cursor() as cursor:
            cursor.execute("update jobs_run set remark = 'taken' where id = %s", [theirs.pk])
            assert cursor.rowcount == 0
            cursor.execute("delete from jobs_run")
            assert cursor.rowcount == 0

    with acting_for(theirs.tenant_id):
        theirs.refresh_from_db()
        assert theirs.remark == ""


def test_a_row_cannot_be_made_for_another_tenant() -> None:
    ours, theirs = TenantFactory.create(), TenantFactory.create()
    run = RunFactory.build(tenant=theirs)

    with pytest.raises(ProgrammingError, match="row-level security"), acting_for(ours.pk):
        run.save(force_insert=True)


def test_a_row_cannot_be_given_to_another_tenant() -> None:
    run, other = RunFactory.create(), TenantFactory.create()

    with pytest.raises(ProgrammingError, match="row-level security"), acting_for(run.tenant_id):
        Run.objects.filter(pk=run.pk).update(tenant_id=other.pk)


def test_a_key_cannot_point_at_another_tenants_row() -> None:
    """The error would tell that the row exists; the constraint carries the tenant, so there is no such row."""
    theirs, ours = ConnectionFactory.create(), ConnectionFactory.create()
    theft = InstallationFactory.build(tenant=ours.tenant, source=ours, target=theirs)

    sql("set constraints all immediate")
    with pytest.raises(DatabaseError, match="foreign key"), acting_for(ours.tenant_id):
        theft.save()


def test_across_tenants_sees_all_and_says_why() -> None:
    runs = {RunFactory.create(), RunFactory.create()}

    with across_tenants("the test compares two tenants"):
        assert set(Run.objects.all()) == runs
    with pytest.raises(ValueError, match="reason"), across_tenants(""):
        pass


def test_an_inner_block_puts_back_what_was() -> None:
    one, two = TenantFactory.create(), TenantFactory.create()

    with acting_for(one.pk):
        with acting_for(two.pk):
            assert settings_now() == ("causeway_app", str(two.pk))
        assert settings_now() == ("causeway_app", str(one.pk))
        with across_tenants("the test looks further for a moment"):
            assert settings_now() == ("causeway_staff", "")
        assert settings_now() == ("causeway_app", str(one.pk))
    assert settings_now() == ("causeway_app", "")


def test_an_inner_block_that_fails_puts_back_what_was() -> None:
    one, two = TenantFactory.create(), TenantFactory.create()

    with acting_for(one.pk):
        for fail in (_by_python, _by_the_database):
            with pytest.raises((ZeroDivisionError, DatabaseError)), acting_for(two.pk):
                fail()
            assert settings_now() == ("causeway_app", str(one.pk))
            assert Tenant.objects.get() == one


def test_a_rolled_back_block_leaves_the_outer_one_as_it_was() -> None:
    one, two = TenantFactory.create(), TenantFactory.create()

    with acting_for(one.pk):
        with acting_for(two.pk):
            RunFactory.create(tenant=two)
            transaction.set_rollback(True)
        assert settings_now() == ("causeway_app", str(one.pk))
    with acting_for(two.pk):
        assert not Run.objects.exists()


def test_a_tenant_is_an_id_and_nothing_else() -> None:
    for nonsense in ("", "'; drop table jobs_run; --", "all"):
        with pytest.raises(ValueError), acting_for(nonsense):
            pass


@pytest.mark.parametrize("open_block", [acting_for, across_tenants], ids=lambda block: block.__name__)
def test_no_vendor_is_called_inside_a_block(open_block: Callable[[Any], Any]) -> None:
    tenant = TenantFactory.create()
    calls = Client({"api": "http://localhost:9"}, ports(before_call=acting.refuse_inside_transaction))

    with pytest.raises(CallInsideTransaction), open_block(tenant.pk):
        calls.send(Request("GET", "/"))


ONCE: list[Callable[[Any], Any]] = [one_statement_for, one_statement_across_tenants]


@pytest.mark.django_db(transaction=True)
def test_one_statement_alone_sees_and_writes_as_in_a_block_and_is_committed() -> None:
    ours, theirs = RunFactory.create(), RunFactory.create()

    with one_statement_for(ours.tenant_id):
        assert list(Run.objects.all()) == [ours]
    with one_statement_for(ours.tenant_id):
        assert Run.objects.filter(pk__in=[ours.pk, theirs.pk]).update(remark="done") == 1
    with one_statement_across_tenants("the test looks at both"):
        assert set(Run.objects.values_list("remark", flat=True)) == {"done", ""}
    assert settings_now() == ("causeway_app", "")
    with pytest.raises(ProgrammingError, match="no tenant is set"):
        Run.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("once", ONCE, ids=lambda each: each.__name__)
def test_one_statement_alone_takes_one_trip_and_no_second_statement(once: Callable[[Any], Any]) -> None:
    run = RunFactory.create()

    with CaptureQueriesContext(connection) as asked, once(run.tenant_id):
        assert Run.objects.filter(pk=run.pk).exists()
    assert len(asked) == 1
    with once(run.tenant_id):
        Run.objects.exists()
        with pytest.raises(OneStatementOnly):
            Run.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_statement_that_fails_leaves_nothing_behind() -> None:
    ours, theirs = TenantFactory.create(), TenantFactory.create()

    with pytest.raises(DatabaseError, match="row-level security"), one_statement_for(ours.pk):
        RunFactory.build(tenant=theirs).save(force_insert=True)
    assert settings_now()[1] == ""
    with one_statement_across_tenants("the test looks for what is left"):
        assert not Run.objects.exists()


@pytest.mark.parametrize("once", ONCE, ids=lambda each: each.__name__)
def test_one_statement_inside_a_block_puts_back_what_was(once: Callable[[Any], Any]) -> None:
    one, two = RunFactory.create(), RunFactory.create()

    with acting_for(one.tenant_id):
        with once(two.tenant_id):
            assert Run.objects.filter(pk=two.pk).exists()
        assert list(Run.objects.all()) == [one]


def test_one_statement_is_for_a_tenant_or_for_a_reason() -> None:
    for nonsense in ("", "'; drop table jobs_run; --", "all"):
        with pytest.raises(ValueError), one_statement_for(nonsense):
            pass
    with pytest.raises(ValueError, match="reason"), one_statement_across_tenants(""):
        pass


def _by_python() -> None:
    raise ZeroDivisionError


def _by_the_database() -> None:
    sql("select 1 / 0")
