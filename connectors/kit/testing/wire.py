"""The wire between a client and a vendor: passes calls on, keeps their bytes, and makes trouble on demand.

It speaks HTTP on both sides, so whatever fake stands behind it gets every fault without a line of its own.
"""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

CALLS_AT_MOST = 1500  # of one check: what asks more often is in a loop
_OF_ONE_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


@dataclass(frozen=True)
class Call:
    """A request as it stood on the wire; names of headers in lower case."""

    method: str
    target: str  # path and query
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Reply:
    """An answer as it shall stand on the wire. `promised`: the length that its header names, if not its own.
    `pause`: seconds before each byte of the body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    promised: int | None = None
    pause: float = 0.0


#: Has the vendor answer the call, or the one that is given in its place.
Ask = Callable[..., Reply]
#: Gets the call and a way to have it answered; None drops the connection.
Trouble = Callable[[Call, Ask], Reply | None]
When = Callable[[Call], bool]


@dataclass
class _Strike:
    trouble: Trouble
    when: When
    left: int


class Wire:
    """Stands at `url` before the vendor's own address. `calls`: what went over it, oldest first."""

    def __init__(self, vendor: str) -> None:
        self.vendor = urlsplit(vendor)
        self.calls: list[Call] = []
        self.overrun = False  # more calls came than any sane check makes; they are dropped
        self._strikes: list[_Strike] = []
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"wire": self}))

    @property
    def url(self) -> str:
        return f"http://localhost:{self._server.server_address[1]}"

    def strike(self, trouble: Trouble, when: When = lambda call: True, times: int = 1) -> None:
        """The next `times` calls that are so meet this trouble; of several the oldest."""
        with self._lock:
            self._strikes.append(_Strike(trouble, when, times))

    def is_spent(self) -> bool:
        """Every trouble has struck as often as it should."""
        with self._lock:
            return not any(strike.left for strike in self._strikes)

    def __enter__(self) -> Self:
        quick = {"poll_interval": 0.02}
        threading.Thread(target=self._server.serve_forever, kwargs=quick, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def meet(self, call: Call) -> Reply | None:
        with self._lock:
            self.calls.append(call)
            self.overrun = self.overrun or len(self.calls) > CALLS_AT_MOST
            due = next((one for one in self._strikes if one.left and one.when(call)), None)
            if due:
                due.left -= 1
        if self.overrun:
            return None
        return due.trouble(call, lambda instead=call: self._ask(instead)) if due else self._ask(call)

    def _ask(self, call: Call) -> Reply:
        connection = HTTPConnection(self.vendor.hostname or "", self.vendor.port, timeout=60)
        try:
            own = {"host": self.vendor.netloc}
            connection.request(call.method, call.target, call.body or None, {**call.headers, **own})
            answer = connection.getresponse()
            body = answer.read()
            headers = {name: value for name, value in answer.getheaders() if name.lower() not in _OF_ONE_HOP}
            return Reply(answer.status, headers, body)
        finally:
            connection.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The other side went away, or the vendor dropped the call: the client sees it, and that is the point."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wire: Wire

    def _meet(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", "0")))
        self.close_connection = True
        passed = {name: value for name, value in headers.items() if name not in _OF_ONE_HOP}
        reply = self.wire.meet(Call(self.command, self.path, passed, body))
        if reply is not None:
            self._answer(reply)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _meet

    def _answer(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            length = len(reply.body) if reply.promised is None else reply.promised
            self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()
        with suppress(OSError):  # a client that has given up
            self._send(reply)

    def _send(self, reply: Reply) -> None:
        if not reply.pause:
            self.wfile.write(reply.body)
            return
        for byte in reply.body:
            time.sleep(reply.pause)
            self.wfile.write(bytes([byte]))

    def log_message(self, *_: object) -> None:
        """A test has `Wire.calls`."""
