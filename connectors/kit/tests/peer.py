"""A server on loopback that does to each connection, in turn, what it was told: answers, hangs, cuts."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from typing import Self

Act = Callable[[socket.socket], None]


class Peer:
    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.acts: list[Act] = []
        self.requests: list[bytes] = []
        self.connections = 0
        self._came = threading.Semaphore(0)
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def will(self, *acts: Act) -> Self:
        self.acts += acts
        return self

    def wait(self) -> bytes:
        """The next request, as soon as it has come."""
        if not self._came.acquire(timeout=20):
            raise TimeoutError("nothing came")
        return self.requests[-1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self.connections += 1
                self._meet(connection)

    def _meet(self, connection: socket.socket) -> None:
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                self.requests.append(_request(connection))
                self._came.release()
                self.acts.pop(0)(connection)
        except OSError:
            return  # the client went away, which is what some tests are about


def _request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0")
    while len(body) < int(length.split(b":")[1]):
        body += _some(connection)
    return head + b"\r\n\r\n" + body


def _some(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    if not received:
        raise ConnectionResetError
    return received


def answer(status: int = 200, body: bytes = b"{}", **headers: str) -> Act:
    def act(connection: socket.socket) -> None:
        connection.sendall(_head(status, len(body), headers) + body)

    return act


def _head(status: int, length: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {length}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang_up(connection: socket.socket) -> None:
    """Closes without an answer."""


def cut(connection: socket.socket) -> None:
    """Half an answer, then a reset."""
    connection.sendall(_head(200, 1000, {}) + b"{" * 100)
    reset(connection)


def silence(connection: socket.socket) -> None:
    """No answer until the client gives up."""
    connection.recv(1)


def drip(connection: socket.socket) -> None:
    """A byte now and then, for longer than anybody should wait."""
    connection.sendall(_head(200, 10_000, {}))
    connection.settimeout(0.05)
    for _ in range(10_000):
        connection.sendall(b" ")
        try:
            if not connection.recv(1):
                return
        except TimeoutError:
            continue


def flood(connection: socket.socket) -> None:
    """An answer without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        connection.sendall(b" " * 65536)
