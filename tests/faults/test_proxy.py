"""The fault proxy does what it says, byte by byte: else an experiment that passes shows nothing."""

import gc
import socket
import threading
import warnings
from collections.abc import Iterator

import pytest

from tests.faults.proxy import Proxy, Trouble
from tests.waiting import until

LONG = b"x" * 100_000


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of somebody who sends back what comes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_echo_everybody, args=[listening], daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


def _echo_everybody(listening: socket.socket) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_echo, args=[connection], daemon=True).start()


def _echo(connection: socket.socket) -> None:
    with connection:
        try:
            while piece := connection.recv(65_536):
                connection.sendall(piece)
        except OSError:
            return


@pytest.fixture
def proxy(echo: int) -> Iterator[Proxy]:
    with Proxy(echo) as running:
        yield running


def dial(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=10)


def read(wire: socket.socket, number: int) -> bytes:
    """So many bytes, or fewer if the other side closes first."""
    got = b""
    while len(got) < number and (piece := wire.recv(number - len(got))):
        got += piece
    return got


def test_without_trouble_every_byte_passes(proxy: Proxy) -> None:
    with dial(proxy) as wire:
        threading.Thread(target=wire.sendall, args=[LONG]).start()

        assert read(wire, len(LONG)) == LONG


def test_an_answer_is_cut_after_so_many_bytes(proxy: Proxy) -> None:
    proxy.trouble = Trouble(cut_answer=10, reset=False)
    with dial(proxy) as wire:
        wire.sendall(LONG)

        assert read(wire, len(LONG)) == LONG[:10]
    assert proxy.cuts == 1


def test_a_request_is_cut_before_its_end(proxy: Proxy) -> None:
    proxy.trouble = Trouble(cut_request=0)
    with dial(proxy) as wire:
        wire.sendall(b"hello")
        with pytest.raises(ConnectionResetError):
            read(wire, 5)


def test_only_every_third_connection_is_cut(proxy: Proxy) -> None:
    proxy.trouble = Trouble(cut_answer=0, reset=False, every=3)
    answers = []
    for _ in range(6):
        with dial(proxy) as wire:
            wire.sendall(b"hello")
            answers.append(read(wire, 5))

    assert answers == [b"hello", b"hello", b""] * 2


def test_trouble_meets_connections_that_are_open_already(proxy: Proxy) -> None:
    with dial(proxy) as wire:
        wire.sendall(b"hello")
        assert read(wire, 5) == b"hello"
        with proxy.troubled(Trouble(cut_answer=2, reset=False)):
            wire.sendall(b"hello")

            assert read(wire, 5) == b"he"


def test_a_hole_takes_all_and_gives_nothing(proxy: Proxy) -> None:
    with dial(proxy) as wire, proxy.troubled(Trouble(hole=True)):
        wire.sendall(b"hello")
        wire.settimeout(0.2)

        with pytest.raises(TimeoutError):
            wire.recv(5)


def test_a_dripping_answer_is_whole_in_the_end(proxy: Proxy) -> None:
    with dial(proxy) as wire, proxy.troubled(Trouble(drip=100)):
        wire.sendall(b"hello there, hello")

        assert 0 < len(wire.recv(100)) < 18
        assert wire.recv(100)


def test_what_is_away_refuses_and_comes_back_at_the_same_address(proxy: Proxy) -> None:
    with dial(proxy) as wire:
        wire.sendall(b"hello")
        read(wire, 5)
        with proxy.away():
            with pytest.raises(ConnectionResetError):
                read(wire, 5)
            with pytest.raises(ConnectionRefusedError):
                dial(proxy)
    with dial(proxy) as wire:
        wire.sendall(b"hello")
        assert read(wire, 5) == b"hello"


def test_who_is_behind_and_does_not_answer_looks_like_a_reset(proxy: Proxy) -> None:
    proxy.behind = 1
    with pytest.raises(ConnectionResetError), dial(proxy) as wire:  # the reset may come before `connect` returns
        wire.recv(1)


def test_at_the_end_nothing_is_left_open(echo: int) -> None:
    with Proxy(echo) as proxy, dial(proxy) as wire:
        until(lambda: proxy.accepted)
        wire.sendall(b"hello")
        read(wire, 5)
    with pytest.raises(ConnectionRefusedError):
        dial(proxy)


def test_who_comes_at_its_very_end_is_closed_too(echo: int) -> None:
    with warnings.catch_warnings(record=True) as unclosed:
        warnings.simplefilter("always", ResourceWarning)
        for _ in range(10):
            with Proxy(echo) as proxy:
                callers = [_begin_to_dial(proxy) for _ in range(30)]
            for caller in callers:
                caller.close()
        gc.collect()
    assert not [str(warning.message) for warning in unclosed]


def _begin_to_dial(proxy: Proxy) -> socket.socket:
    caller = socket.socket()
    caller.setblocking(False)
    caller.connect_ex(("127.0.0.1", proxy.port))
    return caller
