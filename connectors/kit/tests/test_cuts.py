"""One thread watches all lines, so a call costs none; a line is cut when its time is over, and only then."""

import os
import socket
import threading
from collections.abc import Iterator

import pytest

from connectors.kit.cuts import Cut

LONG, SHORT = 60.0, 0.0


@pytest.fixture
def line() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    theirs.settimeout(10)
    with ours, theirs:
        yield ours, theirs


def is_cut(theirs: socket.socket) -> bool:
    """Waits for it."""
    return theirs.recv(1) == b""


def started(seconds: float, sock: socket.socket) -> Cut:
    cut = Cut(seconds, sock)
    cut.start()
    return cut


def test_a_line_is_cut_when_its_time_is_over(line: tuple[socket.socket, socket.socket]) -> None:
    cut = started(SHORT, line[0])

    assert is_cut(line[1])
    assert cut.fired


def test_a_line_whose_cut_was_cancelled_stays_and_others_do_not(line: tuple[socket.socket, socket.socket]) -> None:
    waiting, late = started(LONG, line[0]), started(SHORT, line[0])
    late.cancel()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        started(SHORT, ours)
        assert is_cut(theirs)

    line[0].send(b"x")
    assert line[1].recv(1) == b"x"
    assert not waiting.fired
    waiting.cancel()


def test_many_lines_are_watched_by_one_thread(line: tuple[socket.socket, socket.socket]) -> None:
    started(LONG, line[0]).cancel()
    before = threading.active_count()

    cuts = [started(LONG, line[0]) for _ in range(50)]

    assert threading.active_count() == before
    for cut in cuts:
        cut.cancel()


def test_a_forked_process_watches_its_own(line: tuple[socket.socket, socket.socket]) -> None:
    waiting = started(LONG, line[0])

    child = os.fork()
    if child == 0:
        try:
            started(SHORT, line[0])
            os._exit(0 if is_cut(line[1]) else 1)
        finally:
            os._exit(2)

    assert os.waitpid(child, 0)[1] == 0
    assert not waiting.fired
    waiting.cancel()
