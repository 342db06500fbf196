"""Standard Webhooks 1.0.0: verifies who sent a body, in constant time, and never fails by accident.

Signed are the bytes `id.timestamp.body`; `v1` is HMAC-SHA256 with the base64 part of a `whsec_` secret.
The reference library raises foreign errors on malformed headers and holds one key; this does neither.
"""

import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from hashlib import sha256

TOLERANCE_SECONDS = 300
SIGNATURES_AT_MOST = 10
ID_AT_MOST = 256


class SignatureRefused(Exception):
    """The message is not from whom it says, or not from now. The reason is for the log, not the sender."""


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    content = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.new(_key(secret), content, sha256).digest()).decode()


def verify(secrets: Iterable[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The message's id, if any listed signature matches any of the secrets. Header names in lower case."""
    message_id = headers.get("webhook-id", "")
    if not message_id.isascii() or not 0 < len(message_id) <= ID_AT_MOST or "." in message_id:
        raise SignatureRefused("no usable webhook-id")
    timestamp = _timestamp(headers.get("webhook-timestamp", ""), now)
    given = [s.encode(errors="replace") for s in headers.get("webhook-signature", "").split(" ")[:SIGNATURES_AT_MOST]]
    expected = list(_expected(secrets, message_id, timestamp, body))
    if not expected:
        raise SignatureRefused("no secret of this endpoint is a key")
    matches = [hmac.compare_digest(one, other) for one in given for other in expected]
    if not any(matches):
        raise SignatureRefused("no signature matches")
    return message_id


def _expected(secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> Iterator[bytes]:
    """A secret that is no key lets nobody in, and shuts nobody out who signs with another one."""
    for secret in secrets:
        with suppress(ValueError):
            yield sign(secret, message_id, timestamp, body).encode()


def _timestamp(text: str, now: datetime) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 12:
        raise SignatureRefused("no usable webhook-timestamp")
    if abs(int(text) - now.timestamp()) > TOLERANCE_SECONDS:
        raise SignatureRefused("webhook-timestamp is too far from now")
    return int(text)


def _key(secret: str) -> bytes:
    """An empty key is refused: anybody can sign with it."""
    encoded = secret.removeprefix("whsec_").rstrip("=")
    try:
        key = b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (NotBase64, ValueError):
        key = b""
    if not key:
        raise ValueError("a webhook secret is base64 after whsec_")
    return key
