"""The inbound door: bounded, verified, durable, and then 2xx. Nothing is parsed before the commit."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Self
from uuid import UUID
from wsgiref.types import WSGIEnvironment

import structlog
from django.db import OperationalError
from django.utils import timezone

from connections import vault
from connections.links import hashed
from connections.models import Authorisation
from connectors import registry
from connectors.kit.connector import Source
from connectors.kit.signatures import SignatureRefused
from database.acting import across_tenants
from jobs import hints
from webhooks.endpoints import Endpoints
from webhooks.flood import Counts
from webhooks.keeping import Arrival, EndpointChanged, keep
from webhooks.models import Endpoint
from webhooks.reading import Body, TooSlow
from webhooks.strangers import Addresses, Refusals

log = structlog.get_logger()

PREFIX = "/hooks/"
BODY_AT_MOST = 1024 * 1024
KEPT_HEADERS = ("webhook-id", "webhook-timestamp", "content-type", "user-agent")

addresses, endpoints, counts, refusals = Addresses(), Endpoints(), Counts(), Refusals()


class TooLarge(Exception):
    """The body is over the limit; how much of it there is, nobody needs to know."""


class NoEndpoint(Exception):
    """The address was taken back."""


class NotAccepted(Exception):
    """Refused and counted. Why is ours to know, not the sender's."""


class Flooded(Exception):
    """This address was knocked at too often; the vendor may come again in `seconds`."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds


@dataclass(frozen=True)
class Knock:
    """What is known before the body is read."""

    token: str
    headers: Mapping[str, str]
    length: int | None

    @classmethod
    def of(cls, environ: WSGIEnvironment) -> Self:
        headers = {
            name[5:].replace("_", "-").lower(): str(value)[:8192]
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        headers["content-type"] = str(environ.get("CONTENT_TYPE", ""))[:200]
        said = str(environ.get("CONTENT_LENGTH") or "")
        length = int(said) if said.isascii() and said.isdigit() and len(said) < 20 else None
        return cls(environ["PATH_INFO"][len(PREFIX) :].strip("/")[:200], headers, length)


def receive(knock: Knock, stream: Body) -> None:
    """Committed when it returns. Raises NotAccepted, TooLarge, Flooded, BrokenOff, or OperationalError if it
    is not durable.

    Whoever is not let in has no body read.
    """
    if knock.length is not None and knock.length > BODY_AT_MOST:
        raise TooLarge
    token_hash = hashed(knock.token)
    if not addresses.exists(token_hash):
        raise _turned_away("no such endpoint")
    if seconds := counts.seconds_to_wait(token_hash):
        refusals.count("too many at once", token_hash)
        raise Flooded(seconds)
    if endpoints.get(token_hash) is None:
        raise _turned_away("no such endpoint")
    body = _read(stream, knock, token_hash)
    try:
        _take_in(token_hash, knock, body)
    except NoEndpoint as gone:
        raise _turned_away("no such endpoint") from gone
    except SignatureRefused as reason:
        raise _turned_away(str(reason), token_hash) from reason
    hints.send_soon("webhooks.tasks.process")


def _take_in(token_hash: str, knock: Knock, body: bytes) -> None:
    """What is known of the endpoint may be old. Whatever it says counts only if that is so by now: who is refused by
    it is judged by what is in the database, and PostgreSQL keeps nothing that an old secret has let in.
    """
    for is_fresh in (False, True):
        endpoint = endpoints.get(token_hash, anew=is_fresh)
        if endpoint is None:
            raise NoEndpoint
        try:
            return _keep(endpoint, _verify(endpoint, knock, body), knock, body)
        except EndpointChanged as changed:
            if is_fresh:  # at this very moment
                raise OperationalError("the endpoint changes") from changed
        except SignatureRefused:
            if is_fresh:
                raise
    return None


def _keep(endpoint: Endpoint, message: str, knock: Knock, body: bytes) -> None:
    headers = {name: knock.headers[name] for name in KEPT_HEADERS if name in knock.headers}
    kept = keep(Arrival(endpoint, message, headers, body))
    if kept.delivery and not kept.is_new:
        log.error("door.conflict", endpoint=str(endpoint.pk), delivery=message)


@cache
def _vendor(authorisation_id: UUID) -> type[Source]:
    """An authorisation is of one application for ever."""
    with across_tenants("the vendor is known before its tenant's block is opened"):
        held = Authorisation.objects.select_related("application").get(pk=authorisation_id)
    return registry.source_of(held.application.connector)


def _verify(endpoint: Endpoint, knock: Knock, body: bytes) -> str:
    vendor = _vendor(endpoint.authorisation_id)
    return vendor.verify_webhook(list(_secrets(endpoint)), knock.headers, body, timezone.now())


def _secrets(endpoint: Endpoint) -> Iterator[str]:
    """One that cannot be opened (a lost key) lets nobody in; the daily check fetches it again."""
    with suppress(vault.CannotOpen):
        yield vault.unseal(endpoint.sealed_secret, endpoint.place("secret")).decode()
    if endpoint.overlaps:
        with suppress(vault.CannotOpen):
            yield vault.unseal(endpoint.sealed_former_secret, endpoint.place("former_secret")).decode()


def _turned_away(reason: str, token_hash: str = "") -> NotAccepted:
    """Counted, not stored: a body that nobody signed would fill the disk."""
    refusals.count(reason, token_hash)
    return NotAccepted(reason)


def _read(stream: Body, knock: Knock, token_hash: str) -> bytes:
    """A chunked body over the limit is refused, never silently cut."""
    try:
        body = stream.read(BODY_AT_MOST + 1 if knock.length is None else knock.length)
    except TooSlow:
        refusals.count("too slow", token_hash)
        raise
    if len(body) > BODY_AT_MOST:
        raise TooLarge
    return body
