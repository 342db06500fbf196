"""A vendor that drips the head of its answer, or sips a body: each step is quick, the whole would last for ever."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from connectors.kit import http
from connectors.kit.egress import Network
from connectors.kit.errors import OutcomeUnknown
from connectors.kit.http import Client, Request
from connectors.kit.testing import ports
from connectors.kit.tests.certificate import server_context

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


@dataclass
class Sipper:
    """Takes a body by sips over TLS, so that no single piece is late; after `patience` sips at once."""

    context: ssl.SSLContext
    patience: int
    taken: int = 0
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    gone: threading.Event = field(default_factory=threading.Event)

    def serve(self) -> None:
        with suppress(OSError):
            bare, _ = self.listener.accept()
            with self.context.wrap_socket(bare, server_side=True) as caller:
                sips = 0
                while self.taken < len(LARGE) and (sip := caller.recv(16384)):
                    self.taken, sips = self.taken + len(sip), sips + 1
                    if sips < self.patience and self.gone.wait(0.02):
                        return
                caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


LARGE = b"x" * 30_000_000


@contextmanager
def sipping(folder: Path, patience: int) -> Iterator[tuple[Sipper, Client]]:
    sipper = Sipper(server_context(folder), patience)
    thread = threading.Thread(target=sipper.serve)
    thread.start()
    port = sipper.listener.getsockname()[1]
    client = Client({"api": f"https://127.0.0.1:{port}"}, ports(), Network.SANDBOX)
    client._session.verify = str(folder / "certificate.pem")
    yield sipper, client
    sipper.gone.set()
    client.close()
    sipper.listener.close()
    thread.join()


def test_a_vendor_that_sips_a_body_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "SEND_SECONDS", 0.3)
    with sipping(tmp_path, patience=1_000_000) as (sipper, client):
        with pytest.raises(OutcomeUnknown):
            client.send(Request("PUT", "/", body=LARGE, headers={"Content-Type": "application/json"}))
        assert sipper.taken < len(LARGE)


def test_a_file_has_more_time_to_be_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "SEND_SECONDS", 0.3)
    with sipping(tmp_path, patience=40) as (_, client):
        assert client.send(Request("PUT", "/", body=LARGE, headers={"Content-Type": "application/pdf"})).ok
