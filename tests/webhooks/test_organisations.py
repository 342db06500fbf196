"""A group of companies behind one sign-in at each vendor: a click in either becomes documents in its own books."""

from collections.abc import Iterator

import pytest

from connections import services as connections
from connections.models import Authorisation, Connection
from connectors.kit.sandbox import Sandbox
from connectors.pleo.sandbox.names import ORGANISATION
from database.acting import acting_for
from installations import services as installations
from jobs.models import Run
from jobs.sweep import sweep
from tenants.models import Tenant
from tests.customer import (
    ACTOR,
    COMPANY,
    OTHER_COMPANY,
    Customer,
    application,
    authorise,
    choose,
    forget_budgets,
    vendors,
)
from tests.factories import TenantFactory
from tests.waiting import until
from webhooks import subscriptions

ALL = "All organisations"


def both(tenant: Tenant, sandbox: Sandbox, sign_in: str) -> list[Connection]:
    """Two companies that one sign-in sees."""
    with acting_for(tenant.pk):
        first = connections.new_connection(tenant.pk, application(sandbox))
    first = choose(authorise(first, sign_in), COMPANY)
    with acting_for(tenant.pk):
        second = connections.new_connection(tenant.pk, first.application, beside=first)
    return [first, choose(second, OTHER_COMPANY)]


@pytest.fixture
def group(open_door: None) -> Iterator[list[Customer]]:
    """One customer, seen as two: each with an installation of its own."""
    forget_budgets()
    tenant = TenantFactory.create()
    with vendors() as (source, target):
        pairs = zip(both(tenant, source, ORGANISATION), both(tenant, target, ALL), strict=True)
        with acting_for(tenant.pk):
            made = [installations.install(*pair, actor=ACTOR) for pair in pairs]
            for installation in made:
                installations.activate(installation, actor=ACTOR)
                subscriptions.listen(installation)
        customers = [Customer(tenant, source, target, installation) for installation in made]
        customers[0].work()
        yield customers


def test_a_click_in_either_company_becomes_documents_in_its_own_books(group: list[Customer]) -> None:
    entries = [each.entries(2) for each in group]
    for each, chosen in zip(group, entries, strict=True):
        each.source.export(each.company, chosen)

    source = group[0].source
    until(lambda: len(source.deliveries()) == 2 and all(d["state"] == "delivered" for d in source.deliveries()))
    sweep()
    group[0].work()

    assert len(source.store["subscriptions"].find()) == 1
    for each, chosen in zip(group, entries, strict=True):
        assert [len(each.documents(entry)) for entry in chosen] == [1, 1]
    with acting_for(group[0].tenant.pk):
        lanes = Run.objects.filter(kind="export").values_list("lane", flat=True)
        assert set(lanes) == {each.installation.pk for each in group}


def test_expired_tokens_are_refreshed_once_for_both(group: list[Customer]) -> None:
    source = group[0].source
    source.expire_access_tokens()
    before = source.log.count("POST /oauth/token")

    jobs = [each.exports(1) for each in group]
    for each, job in zip(group, jobs, strict=True):
        each.carry(job)

    assert source.log.count("POST /oauth/token") == before + 1


def test_a_group_that_removes_us_is_told_of_every_company_of_it(group: list[Customer]) -> None:
    group[0].source.revoke()
    jobs = [each.exports(1) for each in group]
    group[0].work()

    told = " ".join(incident.sentence for incident in group[0].incidents())
    assert len(group[0].incidents()) == 2
    assert COMPANY in told
    assert OTHER_COMPANY in told
    with acting_for(group[0].tenant.pk):
        assert not bytes(Authorisation.objects.get(connections=group[0].installation.source_id).sealed_tokens)
    assert all(each.reread(job).is_open for each, job in zip(group, jobs, strict=True))
