"""Bodies that drip: each has its time, and what is read of them keeps no thread of the server."""

import socket
from collections.abc import Iterator
from http import HTTPStatus
from threading import BoundedSemaphore, Event, Thread
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from tests.waiting import until
from tests.webhooks import knocking
from tests.webhooks.conftest import Sender
from tests.webhooks.knocking import answer, environ, served
from webhooks import reading, wsgi
from webhooks.models import RefusedKnock
from webhooks.reading import Body, Readers, TooMany, TooSlow

SOON = 0.2


class Dripping:
    """Some bytes, and then none until `go_on`."""

    def __init__(self, begins: bytes = b"") -> None:
        self._begins = begins
        self.go_on = Event()

    def read(self, _: int = -1) -> bytes:
        begins, self._begins = self._begins, b""
        if not begins:
            self.go_on.wait(30)
        return begins

    readline = read


@pytest.fixture
def dripping() -> Iterator[Dripping]:
    stream = Dripping(b"{")
    yield stream
    stream.go_on.set()


@pytest.fixture(autouse=True)
def own_readers(monkeypatch: pytest.MonkeyPatch) -> Readers:
    mine = Readers(at_most=2)
    monkeypatch.setattr(reading, "readers", mine)
    monkeypatch.setattr(reading, "own_threads", BoundedSemaphore(0))
    return mine


def test_over_a_socket_a_sender_who_drips_is_answered_408_and_nothing_is_kept(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wsgi, "DOOR_SECONDS", SOON)
    with served() as address, socket.create_connection(("127.0.0.1", urlsplit(address).port)) as line:
        line.settimeout(30)
        head = f"POST {sender.address} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n"
        line.sendall(head.encode() + b'{"eventType":')

        told = line.recv(1000)

    assert told.split()[1] == b"408"
    assert sender.deliveries() == []
    assert dict(RefusedKnock.objects.values_list("reason", "times")) == {"too slow": 1}


def test_a_page_of_django_has_its_time_too(dripping: Dripping, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(wsgi, "PAGE_SECONDS", SOON)
    monkeypatch.setattr(knocking, "_django", get_wsgi_application())
    asked = environ("/admin/login/", b"x" * 100, headers={"Host": "localhost"})
    asked |= {"HTTP_COOKIE": f"{settings.CSRF_COOKIE_NAME}={'x' * 32}"}  # without one it need not be read
    asked |= {"wsgi.input": dripping, "CONTENT_TYPE": "application/x-www-form-urlencoded"}

    assert answer(asked).status_code == HTTPStatus.REQUEST_TIMEOUT


def test_the_time_is_that_of_the_whole_body(dripping: Dripping) -> None:
    body = Body(dripping, SOON)
    assert body.read(1) == b"{"
    for _ in range(2):
        with pytest.raises(TooSlow):
            body.read(1)
    assert body.broken_off == HTTPStatus.REQUEST_TIMEOUT


def test_two_at_the_door_may_keep_a_thread_and_no_third(
    sender: Sender, dripping: Dripping, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_threads = BoundedSemaphore(2)
    monkeypatch.setattr(reading, "own_threads", own_threads)
    monkeypatch.setattr(wsgi, "DOOR_SECONDS", SOON)
    kept = [Thread(target=lambda: Body(dripping, 30, may_keep_a_thread=True).read(9)) for _ in range(2)]
    for thread in kept:
        thread.start()
    until(lambda: own_threads._value == 0)

    third = answer(environ(sender.address, b"x" * 9) | {"wsgi.input": Dripping()})
    other = sender.send()

    assert (third.status_code, other.status_code) == (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.NO_CONTENT)
    assert own_threads._value == 0
    dripping.go_on.set()
    for thread in kept:
        thread.join(30)


def test_what_comes_in_pieces_is_read_whole() -> None:
    class Pieces(Dripping):
        left = 5

        def read(self, _: int = -1) -> bytes:
            self.left -= 1
            return b"ab" if self.left >= 0 else b""

    assert Body(Pieces(), 30).read() == b"ab" * 5
    assert Body(Pieces(), 30).read(4) == b"ab" * 2


def test_what_the_server_says_of_a_broken_line_is_said_to_the_caller() -> None:
    class Broken(Dripping):
        def read(self, _: int = -1) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        Body(Broken(), 30).read()


def test_when_many_drip_the_next_is_sent_away_and_let_in_once_they_are_gone(
    sender: Sender, own_readers: Readers
) -> None:
    streams = [Dripping(b"{") for _ in range(2)]
    for stream in streams:
        with pytest.raises(TooSlow):
            Body(stream, SOON).read(100)

    with pytest.raises(TooMany):
        Body(Dripping(), SOON).read(100)
    assert sender.send().status_code == HTTPStatus.SERVICE_UNAVAILABLE

    streams[0].go_on.set()
    until(lambda: own_readers._busy == 1)
    assert sender.send().status_code == HTTPStatus.NO_CONTENT
    streams[1].go_on.set()
