"""Its workers and pages may still run on our schema: what they write and read of runs and shares means the same."""

import pytest
from django.db import connection

from database.acting import across_tenants, acting_for
from jobs import leases, services
from jobs.models import Share
from tests.factories import RunFactory, TenantFactory

pytestmark = pytest.mark.django_db

ITS_CLAIM = """
with present as (select coalesce(max(begun), 0) as begun from jobs_turn)
insert into jobs_turn as t (id, tenant_id, weight, begun, had, served_at)
select gen_random_uuid(), %s, 1, p.begun, p.begun + 1, clock_timestamp() from present p
on conflict (tenant_id) do update
set begun = greatest(t.had, excluded.begun), had = greatest(t.had, excluded.begun) + 1.0 / t.weight,
    served_at = excluded.served_at
"""


def test_its_workers_charge_the_same_shares() -> None:
    tenant = TenantFactory.create()
    with acting_for(tenant.pk):
        services.weigh(tenant, 4, actor="user:1")
    with across_tenants("a worker of the version before claims"), connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(ITS_CLAIM, [tenant.pk])

    with acting_for(tenant.pk):
        share = Share.objects.get()
    assert (share.weight, share.virtual_start, share.virtual_time) == (4, 0.25, 0.5)


def test_its_names_do_not_lead_around_the_wall() -> None:
    tenant, other = TenantFactory.create(), TenantFactory.create()
    with acting_for(tenant.pk):
        services.weigh(tenant, 4, actor="user:1")

    with acting_for(other.pk), connection.cursor() as cursor:
        cursor.execute("select count(*) from jobs_turn")
        assert cursor.fetchone() == (0,)


def test_its_workers_find_the_mode_that_they_know() -> None:
    RunFactory.create()
    assert leases.claim()
    with across_tenants("a worker of the version before claims"), connection.cursor() as cursor:
        cursor.execute("select mode from jobs_run")
        assert cursor.fetchone() == ("normal",)
