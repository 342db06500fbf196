"""The inbound door: bounded, verified, durable, and then 2xx. Nothing is parsed before the commit.

It stands before every other middleware, which it does not need.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from connections import vault
from connections.links import hashed
from connectors import registry
from connectors.kit.signatures import SignatureRefused
from database.acting import across_tenants
from jobs import hints
from webhooks.models import DeliveryBody, Endpoint, RefusedKnock

log = structlog.get_logger()

PREFIX = "/hooks/"
BODY_AT_MOST = 1024 * 1024
KEPT_HEADERS = ("webhook-id", "webhook-timestamp", "content-type", "user-agent")

INSERT = """
insert into webhooks_delivery (id, tenant_id, endpoint_id, delivery_id, digest, received_at, state, remark, conflicts)
values (gen_random_uuid(), %s, %s, %s, %s, now(), 'received', '', 0)
on conflict (endpoint_id, delivery_id) do update
    set conflicts = webhooks_delivery.conflicts + (webhooks_delivery.digest <> excluded.digest)::int
returning id, received_at, (xmax = 0) as is_new, digest <> %s as conflicts
"""


class TooLarge(Exception):
    """The body is over the limit; how much of it there is, nobody needs to know."""


@dataclass(frozen=True)
class Knock:
    token: str
    headers: Mapping[str, str]
    body: bytes


class DoorFirst:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        try:
            return receive(_knock(request)) if request.method == "POST" else _refused()
        except TooLarge:
            return JsonResponse({"detail": "A delivery may be 1 MiB at most."}, status=413)
        except OperationalError as error:
            log.warning("door.closed", error=type(error).__name__)
            return JsonResponse({"detail": "Try again in a moment."}, status=503, headers={"Retry-After": "5"})


def receive(knock: Knock) -> HttpResponse:
    """2xx only after the commit. Raises OperationalError if it cannot be made durable."""
    with across_tenants("an endpoint is found by the hash of its token before its tenant is known"):
        endpoint = (
            Endpoint.objects.select_related("connection__application").filter(token_hash=hashed(knock.token)).first()
        )
        try:
            delivery_id = _verify(endpoint, knock)
        except SignatureRefused as reason:
            _count(endpoint, str(reason))
            return _refused()
        assert endpoint is not None  # noqa: S101  _verify refuses without one
        _store(endpoint, delivery_id, knock)
        transaction.on_commit(lambda: hints.send("webhooks.tasks.process"))
    return HttpResponse(status=204)


def _verify(endpoint: Endpoint | None, knock: Knock) -> str:
    if endpoint is None or not endpoint.sealed_secret:
        raise SignatureRefused("no such endpoint")
    secret = vault.unseal(endpoint.sealed_secret, endpoint.place("secret")).decode()
    vendor = registry.source(endpoint.connection.application.connector)
    return vendor.verify_webhook([secret], knock.headers, knock.body, timezone.now())


def _store(endpoint: Endpoint, delivery_id: str, knock: Knock) -> None:
    digest = hashlib.sha256(knock.body).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [endpoint.tenant_id, endpoint.pk, delivery_id, digest, digest])
        pk, received_at, is_new, conflicts = cursor.fetchone()
    if conflicts:
        log.error("door.conflict", endpoint=str(endpoint.pk), delivery=delivery_id)
    if is_new or conflicts:
        DeliveryBody.objects.create(
            tenant_id=endpoint.tenant_id,
            delivery_id=pk,
            received_at=received_at,
            headers={name: knock.headers[name] for name in KEPT_HEADERS if name in knock.headers},
            body=knock.body,
        )


def _count(endpoint: Endpoint | None, reason: str) -> None:
    """Counted, not stored: a body that nobody signed would fill the disk."""
    log.warning("door.refused", endpoint=str(endpoint.pk) if endpoint else None, reason=reason)
    RefusedKnock.count(endpoint, reason)


def _refused() -> HttpResponse:
    """One shape for an unknown endpoint, a wrong signature and a stale one."""
    return JsonResponse({"detail": "Not accepted."}, status=401)


def _knock(request: HttpRequest) -> Knock:
    headers = {
        name[5:].replace("_", "-").lower(): str(value)[:8192]
        for name, value in request.META.items()
        if name.startswith("HTTP_")
    }
    headers["content-type"] = str(request.META.get("CONTENT_TYPE", ""))[:200]
    return Knock(request.path_info[len(PREFIX) :].strip("/")[:200], headers, _body(request))


def _body(request: HttpRequest) -> bytes:
    """Counts while it reads: a chunked body over the limit is refused, never silently cut."""
    stream, length = request.META["wsgi.input"], str(request.META.get("CONTENT_LENGTH") or "")
    if length.isascii() and length.isdigit() and len(length) < 20:
        if int(length) > BODY_AT_MOST:
            raise TooLarge
        return bytes(stream.read(int(length)))
    body = bytearray()
    while chunk := stream.read(64 * 1024):
        body += chunk
        if len(body) > BODY_AT_MOST:
            raise TooLarge
    return bytes(body)
