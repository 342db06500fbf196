"""A round a day and rule: in small batches, by whichever process, once; stopped anywhere it goes on there."""

from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from database.acting import across_tenants
from retention import rules, services
from retention.models import Round
from retention.rules import Batch, Rule
from retention.services import next_batch, tend
from tests.factories import EndpointFactory
from tests.threads import at_once
from webhooks.models import Delivery, DeliveryState, Endpoint

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


class Broken(Exception):
    """A defect of ours."""


@pytest.fixture(autouse=True)
def only_deliveries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real rule, alone, with small batches."""
    monkeypatch.setattr(rules, "_rules", {"deliveries": rules._rules["deliveries"]})
    monkeypatch.setattr(services, "LOOKED_AT", 3)


@pytest.fixture
def endpoint() -> Endpoint:
    return EndpointFactory.create()


def deliveries(endpoint: Endpoint, many: int, *, days: int, state: str = DeliveryState.PROCESSED) -> None:
    at = timezone.now() - days * DAY
    with across_tenants("a test makes old deliveries"):
        for n in range(many):
            Delivery.objects.create(
                tenant_id=endpoint.tenant_id,
                endpoint=endpoint,
                delivery_id=f"{state}_{days}_{n}",
                digest="d",
                received_at=at + timedelta(seconds=n),
                state=state,
            )


def left() -> list[str]:
    with across_tenants("a test counts what is left"):
        return sorted(Delivery.objects.values_list("delivery_id", flat=True))


def tomorrow() -> None:
    """What was done today was done yesterday."""
    for done in Round.objects.all():
        done.day -= DAY
        done.save()


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """PostgreSQL goes away in the second batch, once."""
    batches: list[int] = []
    real = rules._rules["deliveries"]

    def remove(since: datetime | None, before: datetime) -> Batch:
        batch = real.remove(since, before)
        batches.append(batch.removed)
        if len(batches) == 2:
            raise OperationalError("gone")
        return batch

    monkeypatch.setitem(rules._rules, "deliveries", Rule("deliveries", "", real.setting, "a test", remove))
    return batches


def test_what_is_old_goes_and_what_is_young_or_not_yet_processed_stays(endpoint: Endpoint) -> None:
    deliveries(endpoint, 10, days=401)
    deliveries(endpoint, 2, days=399)
    deliveries(endpoint, 5, days=500, state=DeliveryState.RECEIVED)

    tend()

    assert left() == ["processed_399_0", "processed_399_1", *(f"received_500_{n}" for n in range(5))]
    done = Round.objects.get()
    assert (done.rule, done.removed, done.ended_at is not None) == ("deliveries", 10, True)


def test_once_a_day_is_enough(endpoint: Endpoint) -> None:
    tend()
    deliveries(endpoint, 1, days=401)

    tend()
    assert len(left()) == 1

    tomorrow()
    tend()
    assert left() == []
    assert [done.removed for done in Round.objects.order_by("day")] == [0, 1]


def test_a_round_that_is_stopped_goes_on_where_it_was(endpoint: Endpoint, failing: list[int]) -> None:
    deliveries(endpoint, 10, days=401)

    tend()
    stopped = Round.objects.get()
    assert (stopped.removed, stopped.ended_at, len(left())) == (4, None, 6)

    tend()
    assert (Round.objects.get().removed, left()) == (10, [])


def test_it_takes_its_turn_only_for_a_while(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "SECONDS", 0.0)
    deliveries(endpoint, 10, days=401)

    tend()

    assert len(left()) == 10


def test_several_processes_share_a_round(endpoint: Endpoint) -> None:
    deliveries(endpoint, 40, days=401)

    at_once(6, lambda _: tend())
    tend()  # one of them may have stepped back from the last batch

    assert left() == []
    assert Round.objects.get().removed == 40


def test_what_is_kept_is_read_through_once_a_round(endpoint: Endpoint) -> None:
    deliveries(endpoint, 10, days=500, state=DeliveryState.RECEIVED)
    before = timezone.now()

    with across_tenants("a test looks at batches"):
        batch, looks = Batch(reached=None), 0
        while looks == 0 or batch.reached:
            batch = next_batch(
                Delivery.objects.exclude(state=DeliveryState.RECEIVED), "received_at", batch.reached, before
            )
            looks += 1

    assert (batch.removed, looks) == (0, 3)


def test_rows_of_one_moment_do_not_hold_it_up(endpoint: Endpoint) -> None:
    deliveries(endpoint, 10, days=401)
    with across_tenants("a test makes them of one moment"):
        Delivery.objects.update(received_at=timezone.now() - 401 * DAY)

    tend()

    assert left() == []


def test_a_row_that_somebody_holds_is_left_to_tomorrow(endpoint: Endpoint) -> None:
    deliveries(endpoint, 2, days=401)

    tending, ended = Barrier(2, timeout=30), Barrier(2, timeout=30)

    def hold_one(number: int) -> None:
        if number == 0:
            with across_tenants("a test holds a row"):
                held = Delivery.objects.select_for_update().order_by("received_at").first()
                tending.wait()
                assert held is not None
                ended.wait()
        else:
            tending.wait()
            tend()
            ended.wait()

    at_once(2, hold_one)

    assert left() == ["processed_401_0"]


def test_nothing_goes_that_is_kept_for_ever(endpoint: Endpoint, settings: Settings) -> None:
    settings.DELIVERY_DAYS = 0
    deliveries(endpoint, 1, days=4000)

    tend()

    assert len(left()) == 1
    assert Round.objects.get().before is None


def test_one_rules_trouble_is_no_others(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(since: datetime | None, before: datetime) -> Batch:
        raise Broken

    real = rules._rules["deliveries"]
    both = {"first": Rule("first", "", real.setting, "a test", broken), "deliveries": real}
    monkeypatch.setattr(rules, "_rules", both)
    deliveries(endpoint, 1, days=401)

    tend()

    assert left() == []


def test_who_stops_a_round_stops_it_for_today(endpoint: Endpoint, failing: list[int]) -> None:
    deliveries(endpoint, 10, days=401)
    tend()

    with across_tenants("staff stop a round"):
        assert services.stop(Round.objects.get(), actor="user:1")
        assert not services.stop(Round.objects.get(), actor="user:2")
    tend()
    assert len(left()) == 6

    tomorrow()
    tend()
    assert left() == []
