"""The inbound door: bounded, verified, durable, and then 2xx. Nothing is parsed before the commit.

It stands before every other middleware, which it does not need.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Protocol, Self
from uuid import UUID

import structlog
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from connections import vault
from connections.links import hashed
from connections.models import Authorisation
from connectors import registry
from connectors.kit.connector import Source
from connectors.kit.errors import MendSettings
from connectors.kit.signatures import SignatureRefused
from database.acting import across_tenants
from database.patience import Patience, no_longer_than
from jobs import hints
from webhooks.endpoints import Endpoints
from webhooks.flood import Counts
from webhooks.keeping import EndpointChanged, keep
from webhooks.models import Endpoint
from webhooks.strangers import Addresses, Allowance, Refusals

log = structlog.get_logger()

PREFIX = "/hooks/"
BODY_AT_MOST = 1024 * 1024
PATIENCE = Patience(connection=0.5, answer=3.0)
KEPT_HEADERS = ("webhook-id", "webhook-timestamp", "content-type", "user-agent")

addresses, endpoints, counts, refusals = Addresses(), Endpoints(), Counts(), Refusals()
_logged = Allowance(most=5, per_second=1)


class Body(Protocol):
    def read(self, at_most: int, /) -> bytes: ...


class TooLarge(Exception):
    """The body is over the limit; how much of it there is, nobody needs to know."""


class NoEndpoint(Exception):
    """The address was taken back."""


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
    def of(cls, request: HttpRequest) -> Self:
        headers = {
            name[5:].replace("_", "-").lower(): str(value)[:8192]
            for name, value in request.META.items()
            if name.startswith("HTTP_")
        }
        headers["content-type"] = str(request.META.get("CONTENT_TYPE", ""))[:200]
        said = str(request.META.get("CONTENT_LENGTH") or "")
        length = int(said) if said.isascii() and said.isdigit() and len(said) < 20 else None
        return cls(request.path_info[len(PREFIX) :].strip("/")[:200], headers, length)


class DoorFirst:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        try:
            if request.method != "POST":
                return _refused()
            with no_longer_than(PATIENCE):
                return receive(Knock.of(request), request.META["wsgi.input"])
        except TooLarge:
            return JsonResponse({"detail": "A delivery may be 1 MiB at most."}, status=413)
        except Flooded as flooded:
            return _come_again("Too many at once.", 429, flooded.seconds)
        except (OperationalError, MendSettings) as error:  # the second: its connector is missing
            if _logged.take():
                log.warning("door.closed", error=type(error).__name__)
            return _come_again("Try again in a moment.", 503, 5)


def receive(knock: Knock, stream: Body) -> HttpResponse:
    """2xx only after the commit. Raises TooLarge, Flooded, or OperationalError if it cannot be made durable.

    Whoever is not let in has no body read: eight that drip would hold every thread of the server.
    """
    if knock.length is not None and knock.length > BODY_AT_MOST:
        raise TooLarge
    token_hash = hashed(knock.token)
    if not addresses.exists(token_hash):
        return _turn_away("no such endpoint")
    if seconds := counts.seconds_to_wait(token_hash):
        refusals.count("too many at once", token_hash)
        raise Flooded(seconds)
    if endpoints.get(token_hash) is None:
        return _turn_away("no such endpoint")
    body = _read(stream, knock.length)
    try:
        _take_in(token_hash, knock, body)
    except NoEndpoint:
        return _turn_away("no such endpoint")
    except SignatureRefused as reason:
        return _turn_away(str(reason), token_hash)
    hints.send_soon("webhooks.tasks.process")
    return HttpResponse(status=204)


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
    kept = keep(endpoint, message, headers, body)
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


def _turn_away(reason: str, token_hash: str = "") -> HttpResponse:
    """Counted, not stored: a body that nobody signed would fill the disk."""
    refusals.count(reason, token_hash)
    return _refused()


def _come_again(detail: str, status: int, seconds: int) -> HttpResponse:
    return _quiet(JsonResponse({"detail": detail}, status=status, headers={"Retry-After": str(seconds)}))


def _refused() -> HttpResponse:
    """One shape for an unknown endpoint, a wrong signature and a stale one."""
    return _quiet(JsonResponse({"detail": "Not accepted."}, status=401))


def _quiet(answer: HttpResponse) -> HttpResponse:
    """Django would log a line for each; the door says it in sums."""
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def _read(stream: Body, length: int | None) -> bytes:
    """Counts while it reads: a chunked body over the limit is refused, never silently cut."""
    if length is not None:
        return stream.read(length)
    body = bytearray()
    while chunk := stream.read(64 * 1024):
        body += chunk
        if len(body) > BODY_AT_MOST:
            raise TooLarge
    return bytes(body)
