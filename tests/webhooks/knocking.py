"""Knocks at the door as a web server does. Nothing that is for it may get past it to Django."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from threading import Thread
from typing import Any

from django.http import HttpResponse
from django.test import RequestFactory
from werkzeug.serving import make_server

from webhooks.wsgi import DoorFirst

NOTHING: Mapping[str, str] = {}


def knock(path: str, body: bytes = b"{}", method: str = "POST", headers: Mapping[str, str] = NOTHING) -> HttpResponse:
    return answer(environ(path, body, method, headers))


def environ(
    path: str, body: bytes = b"{}", method: str = "POST", headers: Mapping[str, str] = NOTHING
) -> dict[str, Any]:
    """With the whole body behind it, however much of that is said to be there."""
    request = RequestFactory().generic(method, path, body, "application/json", headers=dict(headers))
    return {**request.environ, "wsgi.input": BytesIO(body)}


def answer(to: dict[str, Any]) -> HttpResponse:
    said: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
        said.append((status, headers))

    body = b"".join(DoorFirst(_django)(to, start_response))
    ((status, headers),) = said
    told = HttpResponse(body, status=int(status.split()[0]))
    del told["Content-Type"]
    for name, value in headers:
        told[name] = value
    return told


@contextmanager
def served() -> Iterator[str]:
    """The address of a server with the door alone."""
    server = make_server("127.0.0.1", 0, DoorFirst(_django), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.port}"  # a vendor may take no other address without TLS
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _django(*_: Any) -> Any:
    raise AssertionError("It got past the door.")
