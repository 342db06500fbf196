"""Too many at once: turned away at their own address, before the database hears of it, and nowhere else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from connections.links import hashed
from jobs.minutes import MinuteCounts
from tests.webhooks.conftest import Sender, new_sender
from tests.webhooks.knocking import answer, environ, knock
from webhooks import door
from webhooks.flood import Counts
from webhooks.models import RefusedKnock
from webhooks.strangers import Addresses, Allowance, Refusals

MOST = 5


class Clock:
    """Of a server whose minute has twenty seconds left, and in which a second passes when the test says so."""

    def __init__(self) -> None:
        self.now = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(fresh_door: None, settings: Settings) -> Clock:
    settings.HOOKS_PER_MINUTE = MOST
    clock = Clock()
    door.counts = Counts(MinuteCounts("hooks", clock))
    door.addresses = Addresses(Allowance(clock=clock))
    door.refusals = Refusals(Allowance(clock=clock))
    return clock


@pytest.fixture
def neighbour(transactional_db: None) -> Sender:
    return new_sender()


def flood(sender: Sender, times: int = MOST) -> list[int]:
    return [sender.send(message=f"flood_{number}").status_code for number in range(times)]


def knocks(times: int, address: str = "/hooks/nobody-{}") -> set[int]:
    return {knock(address.format(number)).status_code for number in range(times)}


def written() -> dict[str, int]:
    return dict(RefusedKnock.objects.values_list("reason", "times"))


def test_a_flood_is_turned_away_at_its_own_address_only(clock: Clock, sender: Sender, neighbour: Sender) -> None:
    assert flood(sender) == [204] * MOST

    one_more = sender.send(message="one more")

    assert (one_more.status_code, one_more["Retry-After"]) == (429, "20")
    assert neighbour.send().status_code == 204
    assert len(sender.deliveries()) == MOST
    assert (written(), sender.refused()) == ({"too many at once": 1}, 1)


def test_knocks_that_nobody_signed_count_as_well(clock: Clock, sender: Sender) -> None:
    assert knocks(MOST, sender.address) == {401}

    assert sender.send().status_code == 429


def test_in_the_next_minute_it_may_come_in_again(clock: Clock, sender: Sender) -> None:
    flood(sender, MOST + 1)
    clock.now += 20

    assert sender.send(message="later").status_code == 204


def test_a_flood_costs_no_query_and_no_reading(clock: Clock, sender: Sender) -> None:
    flood(sender, 4 * MOST + 10)  # the allowance of counts to write is used up
    asked = environ(sender.address, b"x" * 1000)

    with CaptureQueriesContext(connection) as queries:
        assert answer(asked).status_code == 429

    assert (len(queries), asked["wsgi.input"].tell()) == (0, 0)


def test_all_web_processes_count_together(clock: Clock, sender: Sender, settings: Settings) -> None:
    settings.HOOKS_PER_MINUTE = 120  # told in steps of two
    others = [Counts(MinuteCounts("hooks", clock)) for _ in range(2)]
    for _ in range(59):
        for process in others:
            process.seconds_to_wait(hashed(sender.token))

    assert flood(sender, 6) == [204] * 5 + [429]
    assert sender.send().status_code == 429


def test_without_valkey_each_process_counts_for_itself(clock: Clock, sender: Sender, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert flood(sender, MOST + 1) == [204] * MOST + [429]


def test_strangers_cost_hardly_a_query_however_many_come(clock: Clock, sender: Sender) -> None:
    assert knocks(40) == {401}

    with CaptureQueriesContext(connection) as queries:
        assert knocks(200, "/hooks/another-{}") == {401}

    assert len(queries) == 0
    assert sender.send().status_code == 204


def test_refusals_of_a_flood_are_written_in_sums(clock: Clock, sender: Sender) -> None:
    knocks(100)
    clock.now += 1
    knocks(1)

    assert written() == {"no such endpoint": 101}


def test_an_endpoint_that_is_made_amid_strangers_is_known_within_a_second(clock: Clock, sender: Sender) -> None:
    knocks(100)
    made = new_sender()
    clock.now += 1

    assert made.send().status_code == 204


def test_what_strangers_try_fills_no_memory(clock: Clock, sender: Sender) -> None:
    knocks(50)

    assert not door.counts.knocks._own
    assert not door.counts.knocks._everybodys
    assert len(door.refusals._held) <= 1
