"""Who is calling, for which company, with what body?"""

import threading
import uuid
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

from werkzeug import Request
from werkzeug.exceptions import BadRequest

from connectors.kit.sandbox import Clock, Grant, read_json
from connectors.pleo.sandbox.refusals import refuse

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
    """The grant behind the bearer token. Its `choice` is the company or organisation that the token belongs to."""
    grant = sandbox.oauth.bearer(request)
    if grant is None:
        raise refuse(sandbox, f"token-{_standing(sandbox, request)}")
    if wait := sandbox.rate_limit.wait(grant.id):
        refused = refuse(sandbox, "rate-limit")
        refused.response.headers["Retry-After"] = str(wait)
        raise refused
    if scope is not None and scope not in grant.scopes:
        raise refuse(sandbox, "scope-missing", scope=scope)
    return grant


def _standing(sandbox: "PleoSandbox", request: Request) -> str:
    sent = request.authorization
    if sent is None or sent.type != "bearer":
        return "missing"
    return sandbox.oauth.standing(sent.token or "")


def read_body(sandbox: "PleoSandbox", request: Request) -> Any:
    try:
        return read_json(request)
    except BadRequest as error:
        raise refuse(sandbox, "body-not-json") from error


def body_object(sandbox: "PleoSandbox", request: Request, allowed: set[str], required: set[str]) -> Any:
    body = read_body(sandbox, request)
    check_fields(sandbox, body, allowed, required)
    return body


def check_fields(sandbox: "PleoSandbox", body: Any, allowed: set[str], required: set[str]) -> None:
    if not isinstance(body, dict):
        raise refuse(sandbox, "body-not-object")
    if unknown := body.keys() - allowed:
        raise refuse(sandbox, "body-unknown-field", names=", ".join(sorted(unknown)))
    if missing := {name for name in required if body.get(name) is None}:
        raise refuse(sandbox, "body-missing-field", names=", ".join(sorted(missing)))


def check_texts(sandbox: "PleoSandbox", body: Any, *names: str) -> None:
    for name in names:
        if not isinstance(body.get(name), str | None):
            raise refuse(sandbox, "body-not-text", name=name)


def is_uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False
