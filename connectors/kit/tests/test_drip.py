"""A vendor that drips the head of its answer: every single read is quick, the whole would last for ever."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from connectors.kit.egress import Network
from connectors.kit.errors import OutcomeUnknown
from connectors.kit.http import Client, Request
from connectors.kit.testing import ports

EVERY_SECONDS = 0.1


@dataclass
class Dripper:
    """Sends one more header line again and again, or one more `100 Continue`."""

    line: bytes
    sent: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        with suppress(OSError):
            caller, _ = self.listener.accept()
            with caller:
                caller.recv(65536)
                if not self.line.startswith(b"HTTP"):
                    caller.sendall(b"HTTP/1.1 200 OK\r\n")
                while not self.stopped.wait(EVERY_SECONDS):
                    caller.sendall(self.line)
                    self.sent += 1


@pytest.fixture(params=[b"X-Drip: drop\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"])
def dripper(request: pytest.FixtureRequest) -> Iterator[Dripper]:
    server = Dripper(request.param)
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield server
    server.stopped.set()
    server.listener.close()
    thread.join()


def test_an_answer_whose_head_never_ends_is_cut(dripper: Dripper) -> None:
    client = Client({"api": dripper.url}, ports(), Network.SANDBOX, read_seconds=0.5)

    with pytest.raises(OutcomeUnknown):
        client.send(Request("PUT", "/", body=b"{}"))

    assert dripper.sent < 60  # Python's own limit is a hundred lines
