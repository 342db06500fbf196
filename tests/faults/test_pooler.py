"""PgBouncer in transaction mode: tenants take turns on two connections, and it may die at any moment."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from django.core.checks import run_checks
from django.db import ProgrammingError

from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for, one_statement_for
from incidents.models import Incident
from installations import services as installations
from tests.customer import ACTOR, OTHER_COMPANY, Customer, new_customer
from tests.factories import IncidentFactory, TenantFactory
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.faults.pooler import Pooler, pooled, through
from tests.threads import at_once
from tests.waiting import until

TENANTS, THREADS, TURNS = 200, 12, 120
ENTRIES = 30  # within what Xero allows in a minute
BILLS = "PUT /api.xro/2.0/Invoices"
SET_UP = " connect_query='set role causeway_app; set statement_timeout = 60000'"


@pytest.fixture
def pooler(transactional_db: None, tmp_path: Path) -> Iterator[Pooler]:
    with pooled(tmp_path / "pooler") as running:
        yield running


@pytest.fixture
def through_it(pooler: Pooler) -> Iterator[None]:
    with through(pooler):
        yield


@pytest.mark.usefixtures("through_it")
def test_two_hundred_tenants_on_two_connections_see_only_their_own() -> None:
    own = {tenant.pk: IncidentFactory.create(tenant=tenant).pk for tenant in TenantFactory.create_batch(TENANTS)}

    def turns(number: int) -> int:
        chosen = Random(number)
        for _ in range(TURNS):
            tenant = chosen.choice(list(own))
            within = chosen.choice([acting_for, one_statement_for])
            with within(tenant):
                assert [row.pk for row in Incident.objects.all()] == [own[tenant]]
            with pytest.raises(ProgrammingError, match="no tenant is set"):
                Incident.objects.count()
        return TURNS

    assert sum(at_once(THREADS, turns)) == THREADS * TURNS


@pytest.mark.usefixtures("through_it")
def test_a_pooler_that_forgets_the_role_is_refused_at_the_start(pooler: Pooler) -> None:
    assert run_checks(databases=["default"]) == []

    pooler.kill()
    forgetful = pooler.configuration.read_text().replace(SET_UP, "")
    pooler.configuration.write_text(forgetful)
    pooler.start()

    assert [found.id for found in run_checks(databases=["default"])] == ["database.E003"]


def bills(customer: Customer) -> int:
    return len(customer.target.written("bills", customer.organisation))


def test_jobs_of_two_customers_are_carried_while_the_pooler_dies_again_and_again(
    house: House, customer: Customer, pooler: Pooler
) -> None:
    """Four slots with their heartbeats, share its two connections."""
    with acting_for(customer.tenant.pk):
        installations.configure(customer.installation, {"batch_size": 1}, actor=ACTOR)
    customer.target.faults.add(Fault(BILLS, Kind.DELAY_BEFORE, times=None, seconds=0.1))
    other = new_customer(customer.source, customer.target, OTHER_COMPANY)
    bills_of_one = customer.exports(customer.entries(ENTRIES, "out_of_pocket"))
    jobs = [(customer, bills_of_one), (other, other.exports(ENTRIES))]
    house.environment["DATABASE_URL"] = pooler.address
    house.worker()

    for written in (5, 15):
        until(lambda written=written: bills(customer) >= written, seconds=60)  # type: ignore[misc]
        pooler.kill()
        pooler.start()
    until(lambda: not any(one.reread(job).is_open for one, job in jobs), seconds=120)
    house.stop()

    assert judge(customer, other) == Verdict()
