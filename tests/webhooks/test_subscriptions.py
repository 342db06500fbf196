"""How we come to know of jobs: a subscription whose secret is sealed, and polling for what it missed."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings

from connections import services as connections
from connections import vault
from connections.models import Connection, ConnectionState
from connectors.kit.records import Company
from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from installations.models import Installation
from jobs.models import Run, RunState, Schedule, TriggerKind
from jobs.slices import work_one
from jobs.sweep import sweep
from tests.customer import Customer, forget_budgets, new_customer, vendors
from tests.factories import InstallationFactory
from tests.waiting import until
from webhooks import subscriptions
from webhooks.models import Endpoint

SUBSCRIBE = "POST /v1/subscriptions"


@pytest.fixture
def customer(transactional_db: None) -> Iterator[Customer]:
    forget_budgets()
    with vendors() as running:
        yield new_customer(*running)


def listen(customer: Customer) -> None:
    with acting_for(customer.tenant.pk):
        subscriptions.listen(customer.installation)


def endpoint(customer: Customer) -> Endpoint:
    with acting_for(customer.tenant.pk):
        return Endpoint.objects.get()


def triggers(customer: Customer) -> list[str]:
    with acting_for(customer.tenant.pk):
        run = Run.objects.get(kind="export")
        return [trigger.kind for trigger in run.triggers.all()]


def test_a_subscription_is_made_and_its_secret_sealed(customer: Customer) -> None:
    listen(customer)
    customer.work()

    (made,) = customer.source.store["subscriptions"].find()
    row = endpoint(customer)
    assert made["endpointUrl"] == subscriptions.address(row)
    assert row.subscription_id == made["id"]
    assert made["secret"].encode() not in bytes(row.sealed_secret)
    assert vault.unseal(bytes(row.sealed_secret), row.place("secret")).decode() == made["secret"]
    assert made["endpointUrl"].rpartition("/")[2] not in f"{row.token_hash} {bytes(row.sealed_token)!r}"


def test_listening_twice_makes_one_subscription(customer: Customer) -> None:
    for _ in range(2):
        listen(customer)
        customer.work()

    assert len(customer.source.store["subscriptions"].find()) == 1


def test_two_companies_of_one_authorisation_share_a_subscription(customer: Customer) -> None:
    sister = beside(customer)

    listen(customer)
    with acting_for(customer.tenant.pk):
        subscriptions.listen(sister)
    customer.work()

    (made,) = customer.source.store["subscriptions"].find()
    assert made["endpointUrl"] == subscriptions.address(endpoint(customer))
    with acting_for(customer.tenant.pk):
        assert Schedule.objects.filter(kind="poll").count() == 2


def test_a_subscription_is_made_by_whichever_connection_is_usable(customer: Customer) -> None:
    sister = beside(customer)
    turn(customer, customer.installation.source, ConnectionState.NEEDS_RECONNECT)

    with acting_for(customer.tenant.pk):
        subscriptions.listen(sister)
    customer.work()

    assert endpoint(customer).sealed_secret


def test_a_source_that_must_be_connected_again_is_not_subscribed_to(customer: Customer) -> None:
    turn(customer, customer.installation.source, ConnectionState.NEEDS_RECONNECT)

    listen(customer)

    with acting_for(customer.tenant.pk):
        assert not Endpoint.objects.exists()
        assert not Run.objects.filter(kind="subscribe").exists()


def test_a_subscribe_run_ends_when_nobody_is_left_to_make_it(customer: Customer) -> None:
    listen(customer)
    turn(customer, customer.installation.source, ConnectionState.NEEDS_RECONNECT)

    customer.work()

    assert customer.runs() == []
    assert not customer.source.store["subscriptions"].find()


def beside(customer: Customer) -> Installation:
    """Another company of the same source authorisation, exported as well."""
    ours: Connection = customer.installation.source
    with acting_for(customer.tenant.pk):
        source = connections.new_connection(customer.tenant.pk, ours.application, beside=ours)
        connections.choose_company(source, Company("sister", "Sister ApS"), actor="user:1")
    return InstallationFactory.create(tenant=customer.tenant, source=source)


def turn(customer: Customer, connection: Connection, state: ConnectionState) -> None:
    with acting_for(customer.tenant.pk):
        connection.state = state
        connection.save()


def test_a_vendor_that_is_down_is_asked_again_but_not_every_second(customer: Customer) -> None:
    customer.source.faults.add(Fault(SUBSCRIBE, Kind.STATUS_BEFORE, times=3, status=503))
    listen(customer)

    for _ in range(6):
        customer.work()
        customer.later(seconds=5)  # half a minute in all
    assert customer.source.log.count(SUBSCRIBE) == 1
    for _ in range(6):
        customer.later(minutes=5)
        customer.work()

    assert endpoint(customer).sealed_secret
    assert customer.incidents() == []


def test_a_lost_answer_does_not_make_a_second_subscription(customer: Customer) -> None:
    customer.source.faults.add(Fault(SUBSCRIBE, Kind.DROP_AFTER))
    listen(customer)

    for _ in range(3):
        customer.work()
        customer.later(minutes=5)

    assert len(customer.source.store["subscriptions"].find()) == 1
    assert endpoint(customer).sealed_secret


def test_a_job_that_no_webhook_told_of_is_found_by_polling(customer: Customer) -> None:
    listen(customer)
    customer.work()
    with customer.source.store.transaction():
        customer.source.store["subscriptions"].change(endpoint(customer).subscription_id, status="INACTIVE")
    entries = customer.entries(2)
    customer.source.export(customer.company, entries)

    customer.later(seconds=settings.POLL_SECONDS + 1)
    sweep()
    customer.work()

    assert [len(customer.documents(entry)) for entry in entries] == [1, 1]
    assert triggers(customer) == [TriggerKind.POLL]


def test_polling_while_the_vendor_is_down_comes_again_with_the_schedule(customer: Customer) -> None:
    listen(customer)
    customer.work()
    customer.source.faults.add(Fault("GET /v3/export-jobs", Kind.STATUS_BEFORE, times=5, status=503))
    customer.source.export(customer.company, customer.entries(1))

    for _ in range(8):
        customer.later(seconds=settings.POLL_SECONDS + 1)
        sweep()
        customer.work()

    assert len(customer.postings()) == 1
    with acting_for(customer.tenant.pk):
        assert not Run.objects.filter(state=RunState.WAITING).exists()


def test_a_click_at_the_vendor_becomes_a_document_by_its_webhook(open_door: None) -> None:
    forget_budgets()
    with vendors() as running:
        customer = new_customer(*running)
        listen(customer)
        customer.work()
        entries = customer.entries(2)
        customer.source.export(customer.company, entries)

        until(lambda: customer.source.deliveries()[0]["state"] == "delivered")
        sweep()
        until(lambda: not work_one() and customer.documents(entries[0]))

        assert [len(customer.documents(entry)) for entry in entries] == [1, 1]
        assert triggers(customer) == [TriggerKind.WEBHOOK]


def test_time_is_not_spent_on_an_installation_that_is_not_active(customer: Customer) -> None:
    listen(customer)
    customer.work()
    with acting_for(customer.tenant.pk):
        customer.installation.state = "paused"
        customer.installation.save()
    before = customer.source.log.count()

    customer.later(seconds=timedelta(hours=1).total_seconds())
    sweep()
    customer.work()

    assert customer.source.log.count() == before
