"""A connection that nothing calls for weeks stays alive: its tokens are refreshed before they die."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from connections.models import Application, Authorisation, Connection, ConnectionState
from connectors import registry
from connectors.kit.flows import AuthorisationCode
from connectors.kit.sandbox import Fault, Kind
from database.acting import across_tenants, acting_for
from database.clock import now
from jobs import handlers, keeping_connected, services, steering
from jobs.keeping_connected import KIND
from jobs.models import Run, RunState, Schedule, Trigger
from jobs.steering import Scope
from jobs.sweep import sweep as sweep_once
from tests.customer import Customer
from tests.factories import ApplicationFactory, AuthorisationFactory, ConnectionFactory, some_tokens
from tests.threads import at_once

LIFE = timedelta(days=60)


@pytest.fixture(autouse=True)
def nothing_else_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Callable[[], None]] = [keeping_connected.sweep]
    monkeypatch.setattr(handlers, "_sweepers", looks)


def sweep() -> None:
    """What one sweep schedules, if anything, is for the next one to open."""
    for _ in range(2):
        sweep_once()


def refreshes(customer: Customer) -> int:
    return len(customer.target.log.entries("POST /connect/token"))


def runs(customer: Customer) -> list[Run]:
    with acting_for(customer.tenant.pk):
        return list(Run.objects.filter(kind=KIND).order_by("created_at"))


def schedules(customer: Customer) -> list[Schedule]:
    with acting_for(customer.tenant.pk):
        return list(Schedule.objects.filter(kind=KIND).order_by("subject_id"))


def of_target(customer: Customer) -> Authorisation:
    with acting_for(customer.tenant.pk):
        return Authorisation.objects.get(connections=customer.installation.target_id)


def slots_come_in(customer: Customer, **delta: float) -> None:
    with acting_for(customer.tenant.pk):
        Schedule.objects.filter(kind=KIND).update(next_at=now() + timedelta(**delta))


def test_each_that_dies_when_unused_has_one_schedule_by_the_life_of_its_tokens(customer: Customer) -> None:
    at_once(4, lambda _: sweep())

    found = schedules(customer)
    assert len(found) == 2  # one for each vendor
    assert {one.every for one in found} == {LIFE / 4}
    assert all(now() < one.next_at < now() + one.every for one in found)
    assert len({one.next_at for one in found}) == 2
    assert runs(customer) == []


def test_after_weeks_without_a_call_the_tokens_are_refreshed_once(customer: Customer) -> None:
    before = refreshes(customer)
    sweep()
    slots_come_in(customer, days=10)
    customer.later(days=20)
    sweep()
    customer.work()
    assert refreshes(customer) == before

    customer.later(days=20)
    for _ in range(3):
        sweep()
    assert [run.state for run in runs(customer)].count(RunState.READY) == 2  # one for each vendor
    customer.work()

    assert refreshes(customer) == before + 1
    assert {run.state for run in runs(customer)} == {RunState.ENDED}
    sweep()
    assert len(runs(customer)) == 4


def test_what_is_never_used_lives_for_ever(customer: Customer) -> None:
    """Slot after slot, with every one of them half an hour late."""
    sweep()
    slots_come_in(customer, days=14)
    before = refreshes(customer)

    for _ in range(16):
        customer.later(days=15, minutes=30)
        sweep()
        customer.work()

    with acting_for(customer.tenant.pk):
        assert set(Connection.objects.values_list("state", flat=True)) == {ConnectionState.USABLE}
    assert refreshes(customer) == before + 8  # at every second slot


def test_the_slot_of_a_used_connection_costs_its_vendor_no_call(customer: Customer) -> None:
    sweep()
    customer.later(days=20)
    customer.exports(1)
    customer.work()
    before = customer.source.log.count(), customer.target.log.count()

    sweep()
    customer.work()

    assert {run.remark for run in runs(customer)} == {"It is in use: nothing to do."}
    assert (customer.source.log.count(), customer.target.log.count()) == before


def test_sweeps_that_look_at_once_open_a_slot_once(customer: Customer) -> None:
    sweep()
    customer.later(days=46)

    at_once(4, lambda _: sweep())

    with acting_for(customer.tenant.pk):
        assert Trigger.objects.filter(run__kind=KIND).count() == len(runs(customer)) == 2


def test_slots_that_nobody_opened_are_caught_up_once(customer: Customer) -> None:
    sweep()
    slots_come_in(customer, hours=1)
    customer.later(days=46)  # without a beat
    before = refreshes(customer)

    for _ in range(3):
        sweep()
        customer.work()

    assert len(runs(customer)) == 2
    assert refreshes(customer) == before + 1
    assert all(now() < one.next_at < now() + one.every for one in schedules(customer))


def test_what_is_disconnected_or_waits_for_its_customer_is_left_alone(customer: Customer) -> None:
    sweep()
    with acting_for(customer.tenant.pk):
        Connection.objects.update(state=ConnectionState.NEEDS_RECONNECT)
    customer.later(days=50)

    sweep()
    customer.work()

    assert schedules(customer) == []
    assert {run.remark for run in runs(customer)} == {"Nothing is connected by it any more."}


def test_what_is_usable_again_after_weeks_is_refreshed_at_once(customer: Customer) -> None:
    with acting_for(customer.tenant.pk):
        Connection.objects.update(state=ConnectionState.NEEDS_RECONNECT)
    customer.later(days=30)
    sweep()
    before = refreshes(customer)
    with acting_for(customer.tenant.pk):
        Connection.objects.update(state=ConnectionState.USABLE)

    sweep()
    customer.work()

    assert refreshes(customer) == before + 1


def test_what_is_paused_is_left_alone_and_refreshed_when_it_is_resumed(customer: Customer) -> None:
    sweep()
    scope = Scope(customer.tenant, customer.tenant.pk)
    with acting_for(customer.tenant.pk):
        steering.pause(scope, actor="user:1")
    customer.later(days=46)
    sweep()
    assert runs(customer) == []
    before = refreshes(customer)

    with acting_for(customer.tenant.pk):
        steering.resume(scope, actor="user:1")
    sweep()
    customer.work()

    assert refreshes(customer) == before + 1


def test_what_goes_through_a_paused_application_is_left_alone(customer: Customer) -> None:
    sweep()
    application: Application = customer.installation.target.application
    with across_tenants("the platform's own part"):
        steering.pause(Scope(application), actor="user:1")
    customer.later(days=46)
    before = refreshes(customer)

    sweep()
    customer.work()

    assert [run.subject_id == of_target(customer).pk for run in runs(customer)] == [False]
    assert refreshes(customer) == before


def test_a_vendor_that_is_away_is_asked_again_later(customer: Customer) -> None:
    sweep()
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


def idle(connector: str, *, days: float) -> Authorisation:
    """Of a tenant of its own; nobody has called with it for so many days."""
    application = ApplicationFactory.create(connector=connector)
    tokens = some_tokens(expires_at=now() - timedelta(days=days))
    held = AuthorisationFactory.create(application=application, tokens=tokens)
    ConnectionFactory.create(tenant=held.tenant, application=application, authorisation=held)
    return held


def live(monkeypatch: pytest.MonkeyPatch, connector: str, life: timedelta | None) -> None:
    """Another version of the connector says another life."""
    vendor = registry.get(connector)
    monkeypatch.setattr(vendor, "flows", (replace(vendor.flow(AuthorisationCode), refresh_life=life),))


def scheduled() -> dict[UUID, timedelta]:
    with across_tenants("all that is scheduled"):
        return dict(Schedule.objects.filter(kind=KIND).values_list("subject_id", "every"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("days", "due"), [(23, False), (25, True)])
def test_what_is_idle_when_it_is_first_seen_is_refreshed_at_once(days: int, due: bool) -> None:
    held = idle("xero", days=days)

    sweep()

    with acting_for(held.tenant_id):
        assert Run.objects.exists() is due


@pytest.mark.django_db
def test_each_has_a_moment_of_its_own() -> None:
    every, at = LIFE / 4, now()
    held = AuthorisationFactory.build(pk=UUID(int=7 * int(every.total_seconds()) + 5), tokens_expire_at=at)
    held.application.connector = "xero"

    assert keeping_connected._first_slot(held, every, at) == at + timedelta(seconds=5)


@pytest.mark.django_db(transaction=True)
def test_what_lives_for_ever_stands_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping_connected, "AT_ONCE", 1)
    live(monkeypatch, "pleo", None)
    idle("pleo", days=400)
    due = idle("xero", days=43)

    sweep()

    with across_tenants("all that was opened"):
        assert list(Run.objects.values_list("subject_id", flat=True)) == [due.pk]


@pytest.mark.django_db(transaction=True)
def test_another_life_in_the_connectors_next_version_is_another_time_between_slots(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held, other = idle("xero", days=4), idle("pleo", days=4)
    sweep()

    live(monkeypatch, "xero", timedelta(days=8))
    sweep()
    assert scheduled() == {held.pk: timedelta(days=2), other.pk: LIFE / 4}
    with across_tenants("idle for more than the shorter life allows"):
        assert list(Run.objects.values_list("subject_id", flat=True)) == [held.pk]

    live(monkeypatch, "xero", None)
    sweep()
    assert scheduled() == {other.pk: LIFE / 4}


@pytest.mark.django_db(transaction=True)
def test_a_schedule_whose_authorisation_is_gone_ends_and_no_other() -> None:
    tenant_id = idle("xero", days=1).tenant_id
    with acting_for(tenant_id):
        services.schedule(tenant_id, KIND, uuid4(), LIFE / 4)
        services.schedule(tenant_id, "poll", uuid4(), LIFE / 4)

    sweep()

    with acting_for(tenant_id):
        assert set(Schedule.objects.values_list("kind", flat=True)) == {KIND, "poll"}
        assert Schedule.objects.count() == 2
