"""What a look across tenants has found is nobody else's trouble."""

from uuid import UUID, uuid4

import pytest
from django.db import OperationalError, connection

from jobs.one_by_one import one_by_one
from tenants.models import Tenant
from tests.factories import TenantFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_is_taken_behind_its_own_tenants_wall() -> None:
    tenants, seen = [TenantFactory.create().pk for _ in range(2)], []

    def look(tenant_id: UUID, _: UUID) -> None:
        seen.append((tenant_id, Tenant.objects.get().pk))

    one_by_one([(tenant, uuid4()) for tenant in tenants], look)

    assert seen == [(tenant, tenant) for tenant in tenants]


def test_the_others_go_on_when_one_raises_or_waits_too_long() -> None:
    tenant, (bad, slow, good), done = TenantFactory.create().pk, (uuid4() for _ in range(3)), []

    def act(_: UUID, pk: UUID) -> None:
        if pk == bad:
            raise ZeroDivisionError("a defect of ours")
        if pk == slow:
            with connection.cursor() as cursor:
                cursor.execute("set local statement_timeout = '10ms'; select pg_sleep(30)")
        done.append(pk)

    one_by_one([(tenant, pk) for pk in (bad, slow, good)], act)

    assert done == [good]


@pytest.mark.parametrize(
    "code", ["serialization_failure", "deadlock_detected", "lock_not_available", "query_canceled"]
)
def test_what_met_somebody_elses_change_is_nobody_elses_trouble(code: str) -> None:
    tenant, (unlucky, other), done = TenantFactory.create().pk, (uuid4() for _ in range(2)), []

    def act(_: UUID, pk: UUID) -> None:
        if pk == unlucky:
            with connection.cursor() as cursor:
                cursor.execute(f"do $$ begin raise {code}; end $$")
        done.append(pk)

    one_by_one([(tenant, pk) for pk in (unlucky, other)], act)

    assert done == [other]


def test_without_postgresql_it_ends() -> None:
    tenant, tried = TenantFactory.create().pk, []

    def act(_: UUID, pk: UUID) -> None:
        tried.append(pk)
        raise OperationalError("the connection is closed")

    with pytest.raises(OperationalError):
        one_by_one([(tenant, uuid4()) for _ in range(3)], act)

    assert len(tried) == 1
