"""What every call passes before it is heard: token, scope, concurrency."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from threading import Lock
from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response
from werkzeug.exceptions import BadRequest

from connectors.kit.sandbox import Document, Grant, Routes, read_json

from .refusals import refused

if TYPE_CHECKING:
    from .app import NetSuiteSandbox

Endpoint = Callable[..., Response]


class Slots:
    """The calls under way, of the whole account."""

    def __init__(self) -> None:
        self._lock, self._taken = Lock(), 0

    @contextmanager
    def one(self) -> Iterator[int]:
        """How many are under way with this one."""
        with self._lock:
            self._taken += 1
            taken = self._taken
        try:
            yield taken
        finally:
            with self._lock:
                self._taken -= 1


@dataclass(frozen=True)
class Call:
    """A call that has passed the gate."""

    sandbox: "NetSuiteSandbox"
    request: Request
    grant: Grant

    def sees(self, subsidiary: str) -> bool:
        """Whether the role is for it; a certificate's role here is for all."""
        chosen = self.grant.choice.split(",") if self.grant.choice else []
        return not chosen or any(one.rpartition(".")[2] == subsidiary for one in chosen)

    def body(self) -> Document:
        if self.request.mimetype not in {"application/json", "application/vnd.oracle.resource+json"}:
            raise refused("body.type")
        try:
            found = read_json(self.request)
        except BadRequest:
            raise refused("body.json") from None
        if not isinstance(found, dict):
            raise refused("body.json")
        return found

    def require(self, permission: str) -> None:
        if permission in self.sandbox.switches.lacks:
            raise refused("role.permission", permission=permission)


def endpoint(
    routes: Routes, method: str, path: str, scope: str = "rest_webservices"
) -> Callable[[Endpoint], Endpoint]:
    """Puts `def handler(call, ...)` behind the gate."""

    def register(handler: Endpoint) -> Endpoint:
        @routes(method, path)
        @wraps(handler)
        def passed(sandbox: "NetSuiteSandbox", request: Request, **values: Any) -> Response:
            grant = sandbox.oauth.bearer(request)
            if grant is None:
                raise refused("login.invalid")
            if scope not in grant.scopes:
                raise refused("scope.missing", scope=scope)
            return handler(Call(sandbox, request, grant), **values)

        return passed

    return register
