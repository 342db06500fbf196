"""The subscription at the vendor is looked at every day, and mended."""

import pytest
from pytest_django import Settings

from audit.models import AuditEntry
from connectors.kit.sandbox import Document, Fault, Kind
from database.acting import acting_for
from jobs.models import Run, RunState, Schedule
from jobs.sweep import sweep
from tests.customer import Customer
from tests.webhooks.test_subscriptions import SUBSCRIBE, customer, endpoint, listen
from webhooks import checking, subscriptions
from webhooks.models import Endpoint

__all__ = ["customer"]

LIST = "GET /v1/subscriptions"


@pytest.fixture
def subscribed(customer: Customer) -> Customer:
    listen(customer)
    customer.work()
    return customer


def a_day_later(customer: Customer) -> Endpoint:
    customer.later(days=1, minutes=1)
    sweep()
    customer.work()
    return endpoint(customer)


def at_the_vendor(customer: Customer) -> list[Document]:
    return customer.source.store["subscriptions"].find()


def change(customer: Customer, **what: object) -> None:
    with customer.source.store.transaction():
        customer.source.store["subscriptions"].change(endpoint(customer).subscription_id, **what)


def test_a_day_later_all_is_well_and_nothing_is_changed(subscribed: Customer) -> None:
    before, at_first = endpoint(subscribed), at_the_vendor(subscribed)

    after = a_day_later(subscribed)

    assert (after.mended, after.mended_at) == ("", None)
    assert after.checked_at
    assert before.checked_at
    assert after.checked_at > before.checked_at
    assert at_the_vendor(subscribed) == at_first
    assert subscribed.source.log.count(SUBSCRIBE) == 1


def test_an_endpoint_is_checked_once_a_day_however_often_one_listens(subscribed: Customer) -> None:
    listen(subscribed)

    with acting_for(subscribed.tenant.pk):
        assert Schedule.objects.filter(kind=subscriptions.KIND).count() == 1


@pytest.mark.parametrize(
    ("what", "mended"),
    [
        ({"status": "INACTIVE"}, "It was switched off."),
        ({"eventTypes": []}, "It was for other events."),
        ({"endpointUrl": "https://elsewhere.example/"}, "It led to another address."),
    ],
)
def test_what_was_changed_at_the_vendor_is_put_right(
    subscribed: Customer, what: dict[str, object], mended: str
) -> None:
    change(subscribed, **what)

    after = a_day_later(subscribed)

    (one,) = at_the_vendor(subscribed)
    assert (one["status"], one["eventTypes"]) == ("ACTIVE", ["v1.export-job.created"])
    assert one["endpointUrl"] == subscriptions.address(after)
    assert (after.mended, after.mended_at) == (mended, after.checked_at)
    with acting_for(subscribed.tenant.pk):
        assert AuditEntry.objects.filter(action="endpoint.mended").count() == 1


def test_one_that_was_taken_away_is_made_anew_with_its_new_secret(subscribed: Customer) -> None:
    with subscribed.source.store.transaction():
        subscribed.source.store["subscriptions"].delete(endpoint(subscribed).subscription_id)

    after = a_day_later(subscribed)

    (one,) = at_the_vendor(subscribed)
    assert after.subscription_id == one["id"]
    assert checking.opened_secret(after) == one["secret"]
    assert after.mended == "It was not there any more, and was made anew."


def test_our_new_address_is_told_and_the_old_one_is_not_kept(subscribed: Customer, settings: Settings) -> None:
    settings.BASE_URL = "https://moved.example"

    after = a_day_later(subscribed)

    (one,) = at_the_vendor(subscribed)
    assert one["endpointUrl"] == subscriptions.address(after)
    assert one["endpointUrl"].startswith("https://moved.example/hooks/")


@pytest.mark.parametrize("lost", ["sealed_secret", "sealed_token"])
def test_what_is_lost_here_is_made_or_fetched_again(subscribed: Customer, lost: str) -> None:
    with acting_for(subscribed.tenant.pk):
        Endpoint.objects.update(**{lost: b"sealed with a key that nobody has"})

    after = a_day_later(subscribed)

    (one,) = at_the_vendor(subscribed)
    assert one["endpointUrl"] == subscriptions.address(after)
    assert checking.opened_secret(after) == one["secret"]
    assert "Its secret could not be opened here." in after.mended


def test_what_else_leads_to_our_address_is_taken_away(subscribed: Customer) -> None:
    with subscribed.source.store.transaction():
        twin = {**at_the_vendor(subscribed)[0], "id": subscribed.source.new_id()}
        subscribed.source.store["subscriptions"].put(twin["id"], twin)

    after = a_day_later(subscribed)

    assert [one["id"] for one in at_the_vendor(subscribed)] == [after.subscription_id]


def test_a_vendor_that_is_down_for_long_is_an_incident_until_it_is_well(subscribed: Customer) -> None:
    subscribed.source.faults.add(Fault(LIST, Kind.STATUS_BEFORE, times=40, status=503))

    a_day_later(subscribed)
    assert subscribed.incidents() == []
    for _ in range(6):
        subscribed.later(minutes=2)
        subscribed.work()
    (incident,) = subscribed.incidents()
    assert incident.failure == "erp.unavailable"
    assert "found by polling" in incident.sentence
    for _ in range(48):  # the engine does not put it aside, however long it lasts
        subscribed.later(minutes=61)
        subscribed.work()

    assert subscribed.incidents() == []
    with acting_for(subscribed.tenant.pk):
        assert not Run.objects.filter(kind=subscriptions.KIND).exclude(state=RunState.ENDED).exists()


def test_what_only_a_person_can_mend_is_an_incident_at_once(subscribed: Customer) -> None:
    subscribed.source.faults.add(Fault(LIST, Kind.STATUS_BEFORE, times=1, status=403))

    a_day_later(subscribed)

    assert [one.failure for one in subscribed.incidents()] == ["auth.permission"]
    subscribed.later(minutes=61)
    subscribed.work()
    assert subscribed.incidents() == []


def test_nobody_is_asked_for_installations_that_are_not_active(subscribed: Customer) -> None:
    with acting_for(subscribed.tenant.pk):
        subscribed.installation.state = "paused"
        subscribed.installation.save()
    before = subscribed.source.log.count(LIST)

    a_day_later(subscribed)

    assert subscribed.source.log.count(LIST) == before
