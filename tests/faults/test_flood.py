"""The door on the real web server while something is too much for it: it says so, and answers everybody else."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest
import requests

from benchmarks.load import Crowd, send
from tests.faults.house import House, kill_all_of
from tests.faults.proxy import Proxy, Trouble
from tests.waiting import until
from tests.webhooks.conftest import Sender, new_sender

MOST = 50


def knock(house: House, sender: Sender, message: str) -> requests.Response:
    body = sender.event()
    address = f"{house.address}{sender.address}"
    return requests.post(address, body, headers=sender.headers(body, message), timeout=30)


@contextmanager
def wire(house: House, name: str) -> Iterator[Proxy]:
    """A proxy between the web server and what this setting leads to."""
    straight = house.environment[name]
    parts = urlsplit(straight)
    with Proxy(parts.port or 0) as proxy:
        netloc = f"{parts.netloc.rpartition(':')[0]}:{proxy.port}"
        house.environment[name] = parts._replace(netloc=netloc).geturl()
        yield proxy
        house.stop()  # before the wire goes
        house.environment[name] = straight


@contextmanager
def flooded(house: House, sender: Sender, threads: int = 6) -> Iterator[list[int]]:
    """Knocks at the sender's address as fast as they go; what was answered so far."""
    answers: list[int] = []
    over = Event()
    address = f"{house.address}{sender.address}"

    def go_on() -> None:
        with requests.Session() as session:
            while not over.is_set():
                # The server ends a connection whose body it did not read; who is so quick may not have heard of it.
                with suppress(requests.ConnectionError):
                    answers.append(session.post(address, b"{}", timeout=30).status_code)

    crowd = [Thread(target=go_on) for _ in range(threads)]
    for one in crowd:
        one.start()
    try:
        yield answers
    finally:
        over.set()
        for one in crowd:
            one.join()


def test_a_flood_at_one_endpoint_leaves_the_others_theirs(house: House) -> None:
    flooded_one, other = new_sender(), new_sender()
    house.web(HOOKS_PER_MINUTE=str(MOST))

    with flooded(house, flooded_one) as answers:
        until(lambda: len(answers) > 10 * MOST, seconds=60)
        taken = [knock(house, other, f"msg_{number}").status_code for number in range(MOST // 2)]

    assert taken == [204] * (MOST // 2)
    assert len(other.deliveries()) == MOST // 2
    assert set(answers) == {401, 429}
    assert answers.count(401) <= 2 * MOST  # the minute may have turned meanwhile


@pytest.mark.parametrize("most", [300, 100_000], ids=["more than it may", "all that it may"])
def test_a_thousand_signed_messages_a_second_are_kept_or_refused_and_never_lost(
    house: House, most: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Offered by a process of its own; the rate that this machine came to is told, not judged."""
    flooding, other = new_sender(), new_sender()
    house.web(HOOKS_PER_MINUTE=str(most))
    body = flooding.event().decode()
    crowd = Crowd(house.port, flooding.address, flooding.secret, body, connections=64, seconds=5, rate=1000)
    taken: list[int] = []

    with ThreadPoolExecutor(1) as beside:
        flood = beside.submit(send, crowd)
        while not wait([flood], timeout=0.1).done:
            taken.append(knock(house, other, f"msg_{len(taken)}").status_code)
    seen = flood.result()

    with capsys.disabled():
        sys.stdout.write(f"\n{sum(seen.statuses.values()) / seen.seconds:.0f} messages a second: {seen.statuses}\n")
    assert set(taken) == {204}
    answers = {status for status in seen.statuses if status.isdigit()}  # not a connection that was ended, as above
    assert answers <= {"204", "429", "503"}
    assert ("429" in answers) == (most == 300)
    kept = [one.delivery_id for one in flooding.deliveries()]
    assert len(kept) == len(set(kept))
    assert set(seen.taken) <= set(kept)
    assert len(kept) <= 2 * most  # the minute may have turned meanwhile


def test_strangers_leave_everybody_theirs(house: House) -> None:
    sender, stranger = new_sender(), new_sender()
    stranger.token = "nobody"
    house.web()

    with flooded(house, stranger) as answers:
        until(lambda: len(answers) > 500, seconds=60)
        taken = [knock(house, sender, f"msg_{number}").status_code for number in range(20)]

    assert taken == [204] * 20
    assert set(answers) == {401}


@pytest.mark.parametrize("how", ["gone", "silent"])
def test_without_postgresql_nothing_is_taken_and_everybody_asked_to_come_again(house: House, how: str) -> None:
    sender = new_sender()
    with wire(house, "DATABASE_URL") as postgres:
        house.web()
        assert knock(house, sender, "before").status_code == 204

        with postgres.away() if how == "gone" else postgres.troubled(Trouble(hole=True)):
            answers = [knock(house, sender, f"meanwhile_{number}") for number in range(4)]
        if how == "silent":
            postgres.cut()  # what fell into the hole does not come back

        assert {(one.status_code, one.headers["Retry-After"]) for one in answers} == {(503, "5")}
        until(lambda: knock(house, sender, "after").status_code == 204, seconds=60)
        assert {one.delivery_id for one in sender.deliveries()} == {"before", "after"}


@pytest.mark.parametrize("how", ["gone", "silent"])
def test_without_valkey_the_door_is_open(house: House, how: str) -> None:
    sender = new_sender()
    with wire(house, "REDIS_URL") as valkey:
        house.web()

        with valkey.away() if how == "gone" else valkey.troubled(Trouble(hole=True)):
            answers = [knock(house, sender, f"msg_{number}").status_code for number in range(5)]

        assert answers == [204] * 5


def test_what_was_answered_is_there_though_the_server_is_killed_that_moment(house: House) -> None:
    sender = new_sender()
    for number in range(3):
        web = house.web()
        answer = knock(house, sender, f"msg_{number}")
        kill_all_of(web)

        assert answer.status_code == 204
        assert f"msg_{number}" in {one.delivery_id for one in sender.deliveries()}
        assert len(sender.bodies()) == number + 1
