"""Polling finds what no webhook told of: one is nothing, three in a row are an incident until a webhook arrives."""

from datetime import UTC, datetime, timedelta

import pytest

from database.acting import acting_for
from exports.noticing import note_job
from incidents.models import Incident
from jobs.models import Run, TriggerKind
from tests.webhooks.conftest import Sender
from webhooks import processing, subscriptions
from webhooks.models import Endpoint

AN_HOUR = timedelta(hours=1)


@pytest.fixture
def subscribed(sender: Sender) -> Sender:
    """Since an hour ago."""
    with acting_for(sender.endpoint.tenant_id):
        Endpoint.objects.update(secret_since=datetime.now(UTC) - AN_HOUR)
    return sender


def poll(sender: Sender, *jobs: str, created_at: datetime | None = None) -> None:
    with acting_for(sender.endpoint.tenant_id):
        for job in jobs:
            note_job(sender.installation, job, trigger=TriggerKind.POLL, created_at=created_at or datetime.now(UTC))


def missed(sender: Sender) -> int:
    with acting_for(sender.endpoint.tenant_id):
        return Endpoint.objects.get(pk=sender.endpoint.pk).missed


def told(sender: Sender) -> list[str]:

    with acting_for(sender.endpoint.tenant_id):
        return list(Incident.objects.filter(mended_at=None).values_list("sentence", flat=True))


def hear(sender: Sender, job: str) -> None:
    assert sender.send(sender.event(job), f"msg_{job}").status_code == 204
    processing.process_pending()


def test_jobs_that_polling_found_first_are_counted(subscribed: Sender) -> None:
    poll(subscribed, "one", "two")
    poll(subscribed, "one", "two")  # known by now

    assert (missed(subscribed), told(subscribed)) == (2, [])


def test_three_in_a_row_are_an_incident_and_have_the_subscription_looked_at(subscribed: Sender) -> None:
    poll(subscribed, "one", "two", "three")

    (sentence,) = told(subscribed)
    assert "polling found the last 3 jobs, and no webhook told of them" in sentence
    assert "http://localhost:8000" in sentence
    with acting_for(subscribed.endpoint.tenant_id):
        assert Run.objects.filter(kind=subscriptions.KIND, subject_id=subscribed.endpoint.pk).count() == 1

    poll(subscribed, "four")
    assert len(told(subscribed)) == 1
    assert "the last 4 jobs" in told(subscribed)[0]


def test_the_next_webhook_ends_it(subscribed: Sender) -> None:
    poll(subscribed, "one", "two", "three")

    hear(subscribed, "four")

    assert (missed(subscribed), told(subscribed)) == (0, [])


def test_a_poll_that_was_a_moment_quicker_than_the_webhook_is_nothing(subscribed: Sender) -> None:
    for job in ("one", "two", "three", "four"):
        poll(subscribed, job)
        hear(subscribed, job)

    assert (missed(subscribed), told(subscribed)) == (0, [])


def test_a_webhook_that_is_first_leaves_nothing_to_count(subscribed: Sender) -> None:
    hear(subscribed, "one")
    poll(subscribed, "one")

    assert missed(subscribed) == 0


def test_a_replayed_delivery_is_not_one_that_arrived(subscribed: Sender) -> None:
    hear(subscribed, "one")
    poll(subscribed, "two", "three", "four")
    with acting_for(subscribed.endpoint.tenant_id):
        (delivery,) = subscribed.deliveries()
        delivery.state, delivery.replayed_by = "received", "user:1"
        delivery.save()
    processing.process_pending()

    assert missed(subscribed) == 3


def test_jobs_from_before_the_subscription_are_not_counted(subscribed: Sender) -> None:
    poll(subscribed, "one", "two", "three", created_at=datetime.now(UTC) - 2 * AN_HOUR)

    assert (missed(subscribed), told(subscribed)) == (0, [])


def test_without_a_subscription_nothing_is_missed(sender: Sender) -> None:
    poll(sender, "one", "two", "three")

    assert (missed(sender), told(sender)) == (0, [])


def test_what_one_customer_misses_is_not_counted_at_anothers(subscribed: Sender, stranger: Sender) -> None:
    poll(subscribed, "one", "two", "three")

    assert (missed(stranger), told(stranger)) == (0, [])
