"""What can go wrong on the wire. `done` says whether the vendor had done its work by then."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connectors.kit import exact_json
from connectors.kit.errors import ContractBroken
from connectors.kit.testing.wire import Ask, Call, Reply, Trouble

HTML = b"<!doctype html><title>502</title><h1>Bad gateway</h1>"


def dropped(*, done: bool) -> Trouble:
    """The connection closes without an answer."""

    def trouble(call: Call, ask: Ask) -> None:
        if done:
            ask()

    return trouble


def answered(
    status: int, body: bytes = b"", headers: Mapping[str, str] | None = None, *, done: bool = False
) -> Trouble:
    """Another answer than the vendor's own."""

    def trouble(call: Call, ask: Ask) -> Reply:
        if done:
            ask()
        return Reply(status, headers or {}, body)

    return trouble


def limited(retry_after: str | None) -> Trouble:
    """429, which says that nothing was done."""
    return answered(429, b"{}", {} if retry_after is None else {"Retry-After": retry_after})


def page(status: int) -> Trouble:
    """Some machine on the way answers in HTML, after the vendor has done its work."""
    return answered(status, HTML, {"Content-Type": "text/html"}, done=True)


def truncated(call: Call, ask: Ask) -> Reply:
    """Half of the body comes, then the connection closes."""
    reply = ask()
    return replace(reply, body=reply.body[: len(reply.body) // 2], promised=len(reply.body) + 1)


def dripped(pause: float) -> Trouble:
    """Each byte of the answer takes `pause` seconds."""
    return lambda call, ask: replace(ask(), pause=pause)


#: The type and the body of an error of this status, with these words in it.
Envelope = Callable[[int, str], tuple[str, bytes]]


def plain(status: int, words: str) -> tuple[str, bytes]:
    return "application/json", exact_json.dumps({"message": words}).encode()


def refused(status: int, words: str, envelope: Envelope) -> Trouble:
    """The vendor does nothing, and says so in its own way."""
    kind, body = envelope(status, words)
    return answered(status, body, {"Content-Type": kind})


def echoed(status: int, envelope: Envelope) -> Trouble:
    """A vendor that repeats in its error what it was sent, the token with it."""

    def trouble(call: Call, ask: Ask) -> Reply:
        said = f"Refused: {call.method} {call.target} with {' '.join(call.headers.values())}"
        kind, body = envelope(status, said)
        return Reply(status, {"Content-Type": kind}, body)

    return trouble


def changed(change: Callable[[Any], Any]) -> Trouble:
    """The vendor's own JSON, changed; an answer that is none stays as it is."""

    def trouble(call: Call, ask: Ask) -> Reply:
        reply = ask()
        try:
            value = exact_json.loads(reply.body)
        except ContractBroken:
            return reply
        return replace(reply, body=exact_json.dumps(change(value)).encode())

    return trouble


def instead(value: Any) -> Callable[[Any], Any]:
    return lambda _: value


def nulls(value: Any) -> Any:
    """Every value is null; the shape stays."""
    return _leaves(value, lambda _name, _leaf: None)


def turned(value: Any) -> Any:
    """Every list is an object and every object a list."""
    if isinstance(value, dict):
        return [turned(one) for one in value.values()]
    if isinstance(value, list):
        return {str(place): turned(one) for place, one in enumerate(value)}
    return value


def renamed(fields: tuple[str, ...]) -> Callable[[Any], Any]:
    """What these fields say is a word that nobody knew when the connector was written."""

    def word(name: str, leaf: Any) -> Any:
        return "SOMETHING_NEW" if name in fields and isinstance(leaf, str) and re.search(r"[A-Za-z]", leaf) else leaf

    return lambda value: _leaves(value, word)


def _leaves(value: Any, change: Callable[[str, Any], Any], name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _leaves(one, change, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_leaves(one, change, name) for one in value]
    return change(name, value)
