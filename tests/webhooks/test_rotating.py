"""Secrets are rotated with an overlap: old and new are accepted, nothing is lost, in the end only the new one is."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from threading import Event, Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit.models import AuditEntry
from connectors.kit.records import Subscription
from connectors.kit.sandbox import Document, Fault, Kind
from database.acting import acting_for
from exports.trip import source_class
from tests.customer import Customer
from tests.threads import at_once
from tests.webhooks.conftest import Sender
from tests.webhooks.test_checking import a_day_later, at_the_vendor, subscribed
from tests.webhooks.test_subscriptions import SUBSCRIBE, customer, endpoint
from webhooks import checking, rotating, subscriptions
from webhooks.models import Endpoint

__all__ = ["customer", "subscribed"]


def sender_with(customer: Customer, secret: str) -> Sender:
    """The vendor, as it signs with this secret."""
    row = endpoint(customer)
    token = subscriptions.address(row).rpartition("/")[2]
    return Sender(customer.installation, row, token, secret)


def ask(customer: Customer) -> None:
    with acting_for(customer.tenant.pk):
        rotating.ask(Endpoint.objects.get(), actor="user:1")


def rotate(customer: Customer) -> None:
    ask(customer)
    customer.work()


def secrets(customer: Customer) -> list[str]:
    """Of all subscriptions at the vendor, the oldest first."""
    return [str(one["secret"]) for one in sorted(at_the_vendor(customer), key=_made)]


def _made(one: Document) -> str:
    return str(one["createdAt"])


def pass_hours(customer: Customer, hours: float) -> None:
    """For the door, whose clock is the machine's."""
    with acting_for(customer.tenant.pk):
        row = Endpoint.objects.get()
        assert row.former_until
        Endpoint.objects.update(former_until=row.former_until - timedelta(hours=hours))


def test_old_and_new_are_accepted_during_the_overlap_and_only_the_new_one_after_it(subscribed: Customer) -> None:
    (old,) = secrets(subscribed)
    rotate(subscribed)
    new = checking.opened_secret(endpoint(subscribed))
    assert new
    assert new != old

    assert sender_with(subscribed, old).send(message="signed_before").status_code == 204
    assert sender_with(subscribed, new).send(message="signed_after").status_code == 204
    pass_hours(subscribed, 27)
    assert sender_with(subscribed, old).send(message="the_last_attempt").status_code == 204
    pass_hours(subscribed, 2)

    assert sender_with(subscribed, old).send(message="too_late").status_code == 401
    assert sender_with(subscribed, new).send(message="as_usual").status_code == 204


def test_no_job_is_lost_at_any_moment_of_a_rotation(subscribed: Customer) -> None:
    """At each step every subscription that the vendor has is one whose messages are taken, or a twin of one."""

    def taken() -> list[bool]:
        return [
            sender_with(subscribed, secret).send(message=f"msg_{number}_{len(secrets(subscribed))}").status_code
            == 204
            for number, secret in enumerate(secrets(subscribed))
        ]

    assert taken() == [True]
    subscribed.source.faults.add(Fault("GET */secret", Kind.STATUS_BEFORE, status=503))
    rotate(subscribed)  # as if we were killed between the vendor's answer and our commit
    assert sorted(taken()) == [False, True]
    subscribed.later(minutes=2)
    subscribed.work()

    assert taken() == [True, True]
    assert len(at_the_vendor(subscribed)) == 2


def test_a_rotation_whose_answer_was_lost_is_done_again_and_leaves_none_behind(subscribed: Customer) -> None:
    subscribed.source.faults.add(Fault(SUBSCRIBE, Kind.DROP_AFTER))
    rotate(subscribed)
    assert len(at_the_vendor(subscribed)) == 2

    subscribed.later(minutes=2)
    subscribed.work()

    row = endpoint(subscribed)
    assert row.rotation_asked_at is None
    assert {one["id"] for one in at_the_vendor(subscribed)} == {row.subscription_id, row.former_subscription_id}


def test_a_rotation_that_is_asked_for_while_the_daily_check_is_under_way_comes_after_it(
    subscribed: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = source_class(subscribed.installation)
    checks, asks = vendor.subscribe, [ask]

    def meanwhile(*of: Any, **more: Any) -> Subscription:
        found = checks(*of, **more)
        while asks:
            at_once(1, lambda _: asks.pop()(subscribed))
        return found

    monkeypatch.setattr(vendor, "subscribe", meanwhile)

    assert a_day_later(subscribed).rotation_asked_at is None
    assert len(at_the_vendor(subscribed)) == 2


def test_after_the_overlap_the_former_subscription_is_taken_away(subscribed: Customer) -> None:
    rotate(subscribed)
    kept = a_day_later(subscribed)
    assert len(at_the_vendor(subscribed)) == 2
    pass_hours(subscribed, 29)

    after = a_day_later(subscribed)

    assert [one["id"] for one in at_the_vendor(subscribed)] == [kept.subscription_id] == [after.subscription_id]
    assert (bytes(after.sealed_former_secret), after.former_subscription_id, after.former_until) == (b"", "", None)
    assert after.mended == ""


def test_a_third_secret_waits_until_the_first_is_refused(subscribed: Customer) -> None:
    rotate(subscribed)

    with pytest.raises(rotating.CannotRotate, match="former secret is accepted until"):
        ask(subscribed)

    with acting_for(subscribed.tenant.pk):
        assert rotating.refuse_former(Endpoint.objects.get(), actor="user:1")
    rotate(subscribed)
    assert len(at_the_vendor(subscribed)) == 2


def test_a_former_secret_can_be_refused_at_once(subscribed: Customer) -> None:
    (old,) = secrets(subscribed)
    rotate(subscribed)

    call_command("rotate_webhook_secrets", "--refuse-former", stdout=StringIO())

    assert sender_with(subscribed, old).send().status_code == 401
    subscribed.work()
    assert len(at_the_vendor(subscribed)) == 1


def test_it_is_audited_who_asked_and_that_it_was_done(subscribed: Customer) -> None:
    rotate(subscribed)

    with acting_for(subscribed.tenant.pk):
        trail = AuditEntry.objects.filter(object_kind="webhooks.endpoint").order_by("at")
        assert list(trail.values_list("action", "actor")) == [
            ("endpoint.rotation_asked", "user:1"),
            ("endpoint.rotated", "platform"),
        ]


@pytest.fixture
def worker(subscribed: Customer) -> Iterator[None]:
    over = Event()

    def work() -> None:
        while not over.wait(0.1):
            subscribed.work()
        connection.close()

    thread = Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()


@pytest.mark.usefixtures("worker")
def test_the_command_tells_how_far_it_is_and_never_a_secret(subscribed: Customer) -> None:
    said = StringIO()

    call_command("rotate_webhook_secrets", "--tenant", subscribed.tenant.name, stdout=said)

    lines = said.getvalue().splitlines()
    assert lines[0] == "Asked for 1 of 1 endpoints."
    assert lines[1].startswith(f"{subscribed.tenant.name}, ")
    assert lines[1].endswith(": rotated.")
    assert lines[2] == "Rotated: 1."
    assert "whsec_" not in said.getvalue()
    assert len(at_the_vendor(subscribed)) == 2


def test_the_command_says_what_no_worker_has_done(subscribed: Customer) -> None:
    said = StringIO()

    with pytest.raises(CommandError, match="Not rotated yet: 1"):
        call_command("rotate_webhook_secrets", "--wait", "0", stdout=said)

    assert "No worker has taken it up." in said.getvalue()


def test_the_command_leaves_young_secrets_and_those_in_an_overlap(subscribed: Customer) -> None:
    said = StringIO()
    call_command("rotate_webhook_secrets", "--older-than", "30", stdout=said)
    rotate(subscribed)
    call_command("rotate_webhook_secrets", stdout=said)

    assert "Asked for 0 of 0 endpoints." in said.getvalue()
    assert "left as it is. Its former secret is accepted until" in said.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_command_knows_no_stranger() -> None:
    with pytest.raises(CommandError, match="no customer"):
        call_command("rotate_webhook_secrets", "--tenant", "nobody")
