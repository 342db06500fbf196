"""Bodies go by weeks, deliveries stay; what is gone is said and cannot be replayed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection
from pytest_django import Settings

from database.acting import across_tenants, acting_for
from database.partitions import week_of
from retention.models import Round
from retention.services import tend
from tests.database_fixture import as_owner
from tests.webhooks.conftest import Sender
from webhooks import processing, replaying, retention
from webhooks.models import Delivery, DeliveryBody, DeliveryState

TABLE = "webhooks_deliverybody"
OLD = datetime.now(UTC) - timedelta(days=120)


@pytest.fixture
def owner() -> Iterator[psycopg.Connection]:
    with as_owner(connection.settings_dict["NAME"]) as own:
        yield own


def age(sender: Sender, owner: psycopg.Connection, *, week: bool = True) -> Delivery:
    """A delivery that came long ago."""
    if week:
        owner.execute(f"select causeway_partition_week('{TABLE}', 'received_at', %s)", [OLD])
    sender.send(sender.event("the-job"))
    processing.process_pending()
    with across_tenants("a test makes a delivery old"):
        Delivery.objects.update(received_at=OLD)
        DeliveryBody.objects.update(received_at=OLD)
        return Delivery.objects.get()


def test_an_old_body_goes_and_its_delivery_stays(sender: Sender, owner: psycopg.Connection) -> None:
    delivery = age(sender, owner)

    tend()

    assert sender.bodies() == []
    assert sender.deliveries() == [delivery]
    assert retention.body_deleted_on(delivery) == Round.objects.get(rule="bodies").day


def test_a_body_that_had_no_week_goes_as_well(sender: Sender, owner: psycopg.Connection) -> None:
    age(sender, owner, week=False)

    tend()

    assert sender.bodies() == []


def test_the_same_message_is_known_when_its_body_is_gone(sender: Sender, owner: psycopg.Connection) -> None:
    body = sender.event("the-job")
    sender.send(body)
    owner.execute(f"truncate {TABLE}")

    assert sender.send(body).status_code == 204

    assert len(sender.deliveries()) == 1
    assert sender.bodies() == []


def test_what_has_no_body_is_not_replayed(sender: Sender, owner: psycopg.Connection) -> None:
    delivery = age(sender, owner)
    tend()

    with acting_for(sender.endpoint.tenant_id):
        assert replaying.replay([delivery], actor="user:1") == 0

    assert sender.deliveries()[0].state == DeliveryState.PROCESSED


def test_weeks_are_made_also_where_bodies_are_kept_for_ever(
    sender: Sender, owner: psycopg.Connection, settings: Settings
) -> None:
    settings.BODY_DAYS = 0
    delivery = age(sender, owner)
    later = week_of(datetime.now(UTC) + timedelta(days=28))[0].isocalendar()
    name = f"{TABLE}_{later.year}w{later.week:02}"
    owner.execute(f"drop table {name}")

    tend()

    assert len(sender.bodies()) == 1
    assert retention.body_kept_until(delivery) is None
    assert owner.execute("select to_regclass(%s)", [name]).fetchone() != (None,)


def test_a_body_is_kept_as_long_as_is_said(sender: Sender) -> None:
    sender.send()
    (delivery,) = sender.deliveries()

    until = retention.body_kept_until(delivery)

    assert until is not None
    assert timedelta(90) <= until - delivery.received_at.date() <= timedelta(97)
