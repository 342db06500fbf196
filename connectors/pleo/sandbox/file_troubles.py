"""What may go wrong at the host of the receipts, switched on by a test: `sandbox.file_trouble = Trouble("slow")`."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

from werkzeug import Response

from connectors.kit.sandbox import Document
from connectors.pleo.sandbox import file_bodies

Kind = Literal["down", "missing", "slow", "truncated", "wrong_type", "redirect", "bigger"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass
class Trouble:
    """`times`: for so many requests, None: until it is taken away. `seconds`: before each piece of a slow body.

    `bigger` says so in its length; `redirect` goes to `elsewhere`.
    """

    kind: Kind
    times: int | None = None
    seconds: float = 5.0
    elsewhere: str = "http://169.254.169.254/latest/meta-data"
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is none of {', '.join(KINDS)}")

    def strikes(self) -> bool:
        with self._lock:
            if self.times == 0:
                return False
            if self.times is not None:
                self.times -= 1
            return True


def answer(trouble: Trouble, file: Document, wait: Callable[[float], bool]) -> Response:
    """`wait` sleeps so many seconds; True: the sandbox is stopping."""
    size, kind = int(file["size"]), str(file["type"])
    body = file_bodies.pieces(file)
    match trouble.kind:
        case "missing":
            return Response("Not found", 404)
        case "redirect":
            return Response("", 302, {"Location": trouble.elsewhere})
        case "down":
            body = _cut(body, 0)
        case "truncated":
            body = _cut(body, size // 2)
        case "slow":
            body = _slow(body, trouble.seconds, wait)
        case "wrong_type":
            kind, file = "text/html", {**file, "type": "text/html"}
            body = file_bodies.pieces(file)
        case "bigger":
            size *= 3
            body = file_bodies.pieces({**file, "size": size})
    response = Response(body, content_type=kind)
    response.content_length = size
    return response


def _cut(body: Iterator[bytes], left: int) -> Iterator[bytes]:
    """So many bytes, then the connection closes."""
    for piece in body:
        if left <= 0:
            break
        yield piece[:left]
        left -= len(piece)
    raise ConnectionAbortedError("a switch cuts this file off")


def _slow(body: Iterator[bytes], seconds: float, wait: Callable[[float], bool]) -> Iterator[bytes]:
    for piece in body:
        if wait(seconds):
            raise ConnectionAbortedError("the sandbox is stopping")
        yield piece
