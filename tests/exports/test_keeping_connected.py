"""A connection that nothing calls for weeks stays alive: its tokens are refreshed before they die."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from connections.models import Authorisation, Connection, ConnectionState
from connectors import registry
from connectors.kit.flows import AuthorisationCode
from connectors.kit.sandbox import Fault, Kind
from database.acting import across_tenants, acting_for
from database.clock import now
from jobs import keeping_connected
from jobs.keeping_connected import is_due, sweep
from jobs.models import Run, RunState, Trigger
from tests.customer import Customer
from tests.factories import ApplicationFactory, AuthorisationFactory, ConnectionFactory, some_tokens
from tests.threads import at_once


def refreshes(customer: Customer) -> int:
    return len(customer.target.log.entries("POST /connect/token"))


def runs(customer: Customer) -> list[Run]:
    with acting_for(customer.tenant.pk):
        return list(Run.objects.filter(kind="keep-connected").order_by("created_at"))


def test_after_weeks_without_a_call_the_tokens_are_refreshed_once(customer: Customer) -> None:
    before = refreshes(customer)
    customer.later(days=20)
    sweep()
    customer.work()
    assert refreshes(customer) == before

    customer.later(days=26)
    for _ in range(3):
        sweep()
    assert len(runs(customer)) == 2  # one for each vendor
    customer.work()

    assert refreshes(customer) == before + 1
    assert {run.state for run in runs(customer)} == {RunState.ENDED}
    sweep()
    assert len(runs(customer)) == 2


def test_sweeps_that_look_at_once_open_it_once(customer: Customer) -> None:
    customer.later(days=46)

    at_once(4, lambda _: sweep())

    with acting_for(customer.tenant.pk):
        assert Trigger.objects.filter(run__kind="keep-connected").count() == len(runs(customer)) == 2


def test_a_sweep_that_was_slow_opens_nothing_for_tokens_that_are_fresh_by_now(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer.later(days=46)
    seen_long_ago = keeping_connected._idle()
    sweep()
    customer.work()
    before = len(runs(customer))

    monkeypatch.setattr(keeping_connected, "_idle", lambda: seen_long_ago)
    sweep()

    assert len(runs(customer)) == before


def test_what_is_disconnected_or_waits_for_its_customer_is_left_alone(customer: Customer) -> None:
    with acting_for(customer.tenant.pk):
        Connection.objects.update(state=ConnectionState.NEEDS_RECONNECT)
    customer.later(days=50)

    sweep()

    assert runs(customer) == []


def test_a_vendor_that_is_away_is_asked_again_later(customer: Customer) -> None:
    customer.later(days=46)
    customer.target.faults.add(Fault("POST /connect/token", Kind.STATUS_BEFORE, times=1))
    before = refreshes(customer)
    sweep()
    customer.work()
    assert RunState.READY in {run.state for run in runs(customer)}

    customer.later(hours=1, minutes=1)
    customer.work()

    assert {run.state for run in runs(customer)} == {RunState.ENDED}
    assert refreshes(customer) == before + 2


def test_a_token_that_is_dead_all_the_same_is_told_to_the_customer(customer: Customer) -> None:
    customer.later(days=61)

    sweep()
    customer.work()

    with acting_for(customer.tenant.pk):
        state = Connection.objects.get(pk=customer.installation.target_id).state
    assert state == ConnectionState.NEEDS_RECONNECT
    assert customer.incidents()


@pytest.mark.django_db
@pytest.mark.parametrize(("key", "days", "due"), [(0, 29, False), (0, 31, True), (999, 44, False), (999, 46, True)])
def test_each_has_a_moment_of_its_own(key: int, days: int, due: bool) -> None:
    row = AuthorisationFactory.build(pk=UUID(int=1000 + key), tokens_expire_at=now() - timedelta(days=days))
    row.application.connector = "xero"

    assert is_due(row) is due


def idle(connector: str, *, days: int, moment: int = 0) -> Authorisation:
    """Of a tenant of its own; nobody has called with it for so many days."""
    application = ApplicationFactory.create(connector=connector)
    key = UUID(int=uuid4().int // 1000 * 1000 + moment)
    held = AuthorisationFactory.create(
        pk=key, application=application, tokens=some_tokens(expires_at=now() - timedelta(days=days))
    )
    ConnectionFactory.create(tenant=held.tenant, application=application, authorisation=held)
    return held


@pytest.mark.django_db
def test_what_lives_for_ever_or_has_time_yet_stands_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping_connected, "AT_ONCE", 1)
    vendor = registry.get("pleo")
    monkeypatch.setattr(vendor, "flows", (replace(vendor.flow(AuthorisationCode), refresh_life=None),))
    idle("pleo", days=400)
    idle("xero", days=44, moment=999)
    due = idle("xero", days=43)

    sweep()

    with across_tenants("all that was opened"):
        assert list(Run.objects.values_list("subject_id", flat=True)) == [due.pk]
