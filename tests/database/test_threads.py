"""Settings are the transaction's own: threads that share a few connections never see each other's tenant."""

from collections.abc import Iterator
from random import Random

import pytest
from django.db import connection, connections

from database.acting import across_tenants, acting_for
from tenants.models import Tenant
from tests.factories import TenantFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

THREADS, TENANTS, TURNS = 8, 12, 40


@pytest.fixture
def pool() -> Iterator[None]:
    """As in production: a pool, and here one that is smaller than the number of threads."""
    options = connections.settings["default"]["OPTIONS"]
    connection.close()
    options["pool"] = {"min_size": 1, "max_size": 3, "timeout": 20}
    yield
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # of PostgreSQL only
    del options["pool"]


@pytest.mark.usefixtures("pool")
def test_threads_over_a_small_pool_see_their_own_tenant_only() -> None:
    tenants = [TenantFactory.create().pk for _ in range(TENANTS)]

    def turns(number: int) -> int:
        chance, right = Random(number), 0
        for turn in range(TURNS):
            tenant = chance.choice(tenants)
            with acting_for(tenant):
                right += [row.pk for row in Tenant.objects.all()] == [tenant]
                if turn % 5 == 0:
                    with across_tenants("the test looks further for a moment"):
                        right += Tenant.objects.count() == TENANTS
        return right

    assert at_once(THREADS, turns) == [TURNS + TURNS // 5] * THREADS


@pytest.mark.usefixtures("pool")
def test_a_connection_goes_back_to_the_pool_without_a_tenant() -> None:
    tenant = TenantFactory.create().pk
    for leave in (None, ZeroDivisionError):
        try:
            with acting_for(tenant):
                if leave:
                    raise leave
        except ZeroDivisionError:
            connection.close()
        with connection.cursor() as cursor:
            cursor.execute("select current_user, coalesce(current_setting('causeway.tenant', true), '')")
            assert cursor.fetchone() == ("causeway_app", "")
        connection.close()
