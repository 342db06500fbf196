"""The one shape of every refusal: a code for programs, a sentence for people, what is wrong with which field.

    {"error": {"code": "invalid", "message": "…", "fields": {"name": ["…"]}, "reference": "5f0c…"}}

`fields` only where the request's own are wrong; `reference` is in the log of this deployment.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions, status
from rest_framework.response import Response

log = structlog.get_logger()

# Code → status and what it means: the documented ones, and no others are sent.
CODES: Final[Mapping[str, tuple[int, str]]] = {
    "bad_request": (400, "The request cannot be read."),
    "invalid_cursor": (400, "The cursor is none that this list has given."),
    "not_authenticated": (401, "No key was sent, or none that works: it is unknown, expired or revoked."),
    "missing_scope": (403, "The key lacks the scope that this call needs."),
    "bound_to_one_tenant": (403, "The key is bound to one tenant, and this call is not about that one."),
    "not_found": (404, "There is nothing here that this key may see."),
    "method_not_allowed": (405, "This address does not know the method."),
    "conflict": (409, "The state of the thing does not allow it."),
    "too_large": (413, "The body is larger than 64 KiB."),
    "unsupported_media_type": (415, "The body must be application/json."),
    "invalid": (422, "Fields of the request are wrong; `fields` says which and why."),
    "idempotency_key_reused": (422, "The idempotency key was used for another request."),
    "rate_limited": (429, "Too many calls in this minute; Retry-After says when to go on."),
    "internal": (500, "A fault of this deployment; tell its operators the reference."),
    "unavailable": (503, "The database is not reached or too busy; Retry-After says when to try again."),
}


MEANINGS: Final[Sequence[tuple[tuple[type[Exception], ...], str]]] = (
    ((exceptions.NotAuthenticated, exceptions.AuthenticationFailed), "not_authenticated"),
    ((exceptions.PermissionDenied, PermissionDenied), "missing_scope"),
    ((exceptions.NotFound, Http404), "not_found"),
    ((exceptions.MethodNotAllowed,), "method_not_allowed"),
    ((exceptions.UnsupportedMediaType,), "unsupported_media_type"),
    ((exceptions.ParseError, SuspiciousOperation, BadRequest), "bad_request"),
    ((OperationalError,), "unavailable"),
)


class Refused(exceptions.APIException):
    """With a code of the table above."""

    def __init__(self, code: str, message: str = "", **headers: str) -> None:
        self.status_code, usual = CODES[code]
        super().__init__(message or usual, code)
        self.headers = headers


def answer(code: str, message: str = "", fields: Any = None) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message or CODES[code][1], "reference": secrets.token_hex(8)}
    if fields is not None:
        error["fields"] = fields
    return {"error": error}


def handler(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """Django REST Framework's hook. None: not a refusal but a crash, which `server_error` answers."""
    code, message, fields = _meant(exc)
    if not code:
        return None
    headers = dict(getattr(exc, "headers", {}))
    if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        headers["WWW-Authenticate"] = 'Bearer realm="api"'
    if code == "unavailable":
        headers["Retry-After"] = "5"
    body = answer(code, message, fields)
    log.info("api.refused", code=code, reference=body["error"]["reference"])
    return Response(body, status=CODES[code][0], headers=headers)


def _meant(exc: Exception) -> tuple[str, str, Any]:
    if isinstance(exc, Refused):
        return str(exc.get_codes()), str(exc.detail), None
    if isinstance(exc, exceptions.ValidationError):
        return "invalid", "", _by_field(exc.detail)
    return next((code for kinds, code in MEANINGS if isinstance(exc, kinds)), ""), "", None


def _by_field(detail: Any) -> dict[str, Any]:
    return detail if isinstance(detail, dict) else {"body": detail}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return JsonResponse(answer("bad_request"), status=status.HTTP_400_BAD_REQUEST)


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return JsonResponse(answer("not_found"), status=status.HTTP_404_NOT_FOUND)


def server_error(request: HttpRequest) -> JsonResponse:
    body = answer("internal")
    log.error("api.crashed", reference=body["error"]["reference"])
    return JsonResponse(body, status=status.HTTP_500_INTERNAL_SERVER_ERROR)
