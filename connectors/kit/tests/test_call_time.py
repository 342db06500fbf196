"""A call that was announced is over in time, or never begins: who takes its work over counts on that."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from connectors.kit import http
from connectors.kit.egress import Network
from connectors.kit.errors import OutcomeUnknown, TryLater
from connectors.kit.http import Client, Request
from connectors.kit.testing import FixedTokens, NoLimit, ports
from connectors.kit.tests.peer import Peer, answer

WRITE = Request.json("PUT", "/", {})
LARGE = Request("PUT", "/", body=b"x" * 30_000_000, headers={"Content-Type": "application/json"})
SOON = 0.05

Slow = Callable[[], None]


@pytest.fixture
def late() -> Slow:
    """Lasts until a call that had to begin SOON may begin no more."""
    return lambda: time.sleep(2 * SOON)


def client(peer: Peer, **given: Any) -> Client:
    return Client({"api": peer.url}, replace(ports(), **given), Network.SANDBOX)


def send(one: Client) -> None:
    ready = one.prepare()
    one.send(WRITE, replace(ready, begin_by=ready.begin_by - http.BEGIN_WITHIN_SECONDS + SOON))


@pytest.mark.parametrize("answer_seconds", [5.0, 120.0])
def test_the_longest_call_is_the_sum_of_what_each_part_may_take(peer: Peer, answer_seconds: float) -> None:
    one = Client({"api": peer.url}, ports(), Network.SANDBOX, answer_seconds)

    parts = http.BEGIN_WITHIN_SECONDS + http.SEND_SECONDS + answer_seconds
    assert timedelta(seconds=parts) < one.longest_call <= timedelta(seconds=parts + 5)


def test_a_slow_lookup_or_connect_means_that_nothing_is_sent(
    peer: Peer, late: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def slow(*given: Any, **more: Any) -> Any:
        late()
        return real(*given, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with pytest.raises(TryLater):
        send(client(peer))
    assert peer.requests == []


def test_a_slow_token_means_that_nothing_is_sent(peer: Peer, late: Slow) -> None:
    class SlowTokens(FixedTokens):
        def access_token(self) -> str:
            late()
            return super().access_token()

    with pytest.raises(TryLater):
        send(client(peer, tokens=SlowTokens()))
    assert peer.connections == 0


def test_a_slow_budget_means_that_nothing_is_sent(peer: Peer, late: Slow) -> None:
    @dataclass
    class SlowBudget(NoLimit):
        @contextmanager
        def call(self, *, sends_file: bool = False) -> Iterator[None]:
            late()
            with super().call(sends_file=sends_file):
                yield

    with pytest.raises(TryLater):
        send(client(peer, budget=SlowBudget()))
    assert peer.requests == []


def test_the_second_sending_after_a_401_begins_in_time_or_not_at_all(peer: Peer, late: Slow) -> None:
    class SlowRenewal(FixedTokens):
        def renewed(self, refused: str) -> str:
            late()
            return super().renewed(refused)

    peer.will(answer(401), answer(200))
    with pytest.raises(TryLater):
        send(client(peer, tokens=SlowRenewal("old", "new")))
    assert len(peer.requests) == 1


def test_what_has_no_time_is_sent_in_the_usual_time(peer: Peer) -> None:
    peer.will(answer(200))
    assert client(peer).send(WRITE).ok


@contextmanager
def keeps_the_line_and_stops_reading() -> Iterator[str]:
    """Answers a first request, and of the second takes nothing."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            wire, _ = listening.accept()
            with wire:
                wire.recv(65536)
                wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                done.wait(30)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        done.set()
        thread.join()


def test_a_body_that_nobody_takes_is_given_up_also_on_a_line_that_was_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "SEND_SECONDS", 0.3)
    with keeps_the_line_and_stops_reading() as address:
        one = Client({"api": address}, ports(), Network.SANDBOX, read_seconds=20)
        assert one.send(WRITE).ok

        with pytest.raises(OutcomeUnknown):
            one.send(LARGE)
