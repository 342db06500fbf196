"""Who is calling, and may they? 401, 403 and 429 as Pleo answers them."""

import threading
import uuid
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

from werkzeug import Request

from connectors.kit.sandbox import Clock, Grant, Refused, read_json

if TYPE_CHECKING:
    from connectors.pleo.sandbox.app import PleoSandbox


class RateLimit:
    """So many requests in any sixty seconds per authorisation; None: no limit. Counted, not stored."""

    def __init__(self, clock: Clock, per_minute: int | None) -> None:
        self._clock, self.per_minute = clock, per_minute
        self._lock = threading.Lock()
        self._seen: dict[str, deque[float]] = defaultdict(deque)

    def wait(self, grant_id: str) -> int:
        """Seconds until the next request is welcome, 0 when this one is."""
        if self.per_minute is None:
            return 0
        now = self._clock.time()
        with self._lock:
            seen = self._seen[grant_id]
            while seen and seen[0] <= now - 60:
                seen.popleft()
            if len(seen) < self.per_minute:
                seen.append(now)
                return 0
            return int(seen[0] + 60 - now) + 1


def caller(sandbox: "PleoSandbox", request: Request, scope: str | None = None) -> Grant:
    """The grant behind the bearer token. Its `choice` is the company that the token belongs to."""
    grant = sandbox.oauth.bearer(request)
    if grant is None:
        raise refuse(sandbox, 401, "UNAUTHORIZED", "The access token is missing, expired or wrong.")
    if wait := sandbox.rate_limit.wait(grant.id):
        refused = refuse(sandbox, 429, "TOO_MANY_REQUESTS", "Too many requests.")
        refused.response.headers["Retry-After"] = str(wait)
        raise refused
    if scope is not None and scope not in grant.scopes:
        raise refuse(sandbox, 403, "FORBIDDEN", f"The scope {scope} is missing.")
    return grant


def company(sandbox: "PleoSandbox", grant: Grant, asked: Any) -> str:
    """The token's company; naming another one is forbidden."""
    if asked is None:
        return grant.choice
    if not is_uuid(asked):
        raise invalid(sandbox, "The company id is not a UUID.")
    if asked != grant.choice:
        raise refuse(sandbox, 403, "FORBIDDEN", "The token does not belong to this company.")
    return grant.choice


def body_object(sandbox: "PleoSandbox", request: Request, allowed: set[str], required: set[str]) -> Any:
    body = read_json(request)
    if not isinstance(body, dict):
        raise refuse(sandbox, 400, "JSON_MAPPING_EXCEPTION", "The body must be an object.")
    check_fields(sandbox, body, allowed, required)
    return body


def check_fields(sandbox: "PleoSandbox", body: Any, allowed: set[str], required: set[str]) -> None:
    if unknown := body.keys() - allowed:
        raise refuse(sandbox, 400, "JSON_MAPPING_EXCEPTION", f"Unknown: {', '.join(sorted(unknown))}.")
    if missing := {name for name in required if body.get(name) is None}:
        raise refuse(sandbox, 400, "VALIDATION_FAILED", f"Missing: {', '.join(sorted(missing))}.")


def check_texts(sandbox: "PleoSandbox", body: Any, *names: str) -> None:
    for name in names:
        if not isinstance(body.get(name), str | None):
            raise refuse(sandbox, 400, "JSON_MAPPING_EXCEPTION", f"{name} must be a string.")


def refuse(sandbox: "PleoSandbox", status: int, code: str, message: str) -> Refused:
    return Refused(sandbox.problem(status, code, message))


def invalid(sandbox: "PleoSandbox", message: str) -> Refused:
    return refuse(sandbox, 400, "PARAMETER_VALIDATION_FAILED", message)


def is_uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False
