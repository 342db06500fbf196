"""Claims beside 100,000 dead rows that nothing may clean up, because an old transaction could still see them."""

import os
import statistics
import time
from collections.abc import Iterator

import psycopg

from benchmarks.ground import Ground
from benchmarks.results import Figure, at_most, quantile
from database.acting import across_tenants
from jobs import leases
from jobs.handlers import Again
from jobs.models import Run
from tests.factories import RunFactory, TenantFactory

TENANTS = 20


def among_dead_rows(ground: Ground) -> Iterator[Figure]:
    ended, rounds = ground.size(10_000, 5_000, 100), ground.size(10, 4, 2)
    ready = [RunFactory.create(kind="bench") for _ in range(TENANTS)]
    tenant = TenantFactory.create()
    with across_tenants("rows that are to die"):
        Run.objects.bulk_create(_ended(tenant.pk) for _ in range(ended))
    clean = _claims(ground)
    with psycopg.connect(os.environ["MIGRATION_DATABASE_URL"], autocommit=True) as old:
        old.execute("begin isolation level repeatable read")
        old.execute("select count(*) from pg_class")  # from here on what it could see is kept
        for _ in range(rounds):
            with across_tenants("rows die"):
                Run.objects.filter(state="ended").update(remark="again")
        dirty = _claims(ground)
        old.execute("rollback")
    with across_tenants("the benchmark is over"):
        Run.objects.filter(pk__in=[run.pk for run in ready]).update(state="ended")
    dead = f"{ended * rounds:,} dead rows"
    yield Figure("claim and fenced finish, clean", 1000 * statistics.median(clean), "ms", remark=_said(clean))
    yield Figure(f"the same beside {dead}", 1000 * statistics.median(dirty), "ms", remark=_said(dirty))
    ratio = statistics.median(dirty) / statistics.median(clean)
    yield at_most(f"a claim beside {dead}, times the clean one", ratio, 2, "")


def _ended(tenant: object) -> Run:
    return RunFactory.build(tenant=None, tenant_id=tenant, kind="bench", state="ended")


def _claims(ground: Ground) -> list[float]:
    waits = []
    for _ in range(ground.size(500, 200, 5)):
        begun = time.perf_counter()
        held = leases.claim()
        assert held  # noqa: S101  there are more tenants with ready runs than one
        leases.finish(held, Again())
        waits.append(time.perf_counter() - begun)
    return waits


def _said(waits: list[float]) -> str:
    return f"p99 {1000 * quantile(waits, 0.99):.1f} ms, {1 / statistics.mean(waits):.0f} a second"
