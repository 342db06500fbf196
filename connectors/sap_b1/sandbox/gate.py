"""What every call passes before it is heard: session, authorisation, JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response
from werkzeug.exceptions import BadRequest

from connectors.kit.sandbox import Document, Routes, read_json

from . import sessions
from .books import Books
from .refusals import refused

if TYPE_CHECKING:
    from .app import SapB1Sandbox

Endpoint = Callable[..., Response]


@dataclass(frozen=True)
class Call:
    """A call that has passed the gate."""

    sandbox: "SapB1Sandbox"
    request: Request
    books: Books

    def body(self) -> Any:
        if self.request.mimetype != "application/json":
            raise refused("request.not_json")
        try:
            return read_json(self.request)
        except BadRequest:
            raise refused("request.json") from None


def endpoint(routes: Routes, method: str, path: str, entity_set: str = "") -> Callable[[Endpoint], Endpoint]:
    """Puts `def handler(call, ...)` behind the gate. `entity_set`: what the user needs an authorisation for."""

    def register(handler: Endpoint) -> Endpoint:
        @routes(method, sessions.ROOT + path)
        @wraps(handler)
        def passed(sandbox: "SapB1Sandbox", request: Request, **values: Any) -> Response:
            session: Document = sessions.require(sandbox, request)
            if (entity_set or values.get("entity_set")) in sandbox.switches.forbidden:
                raise refused("user.no_right")
            return handler(Call(sandbox, request, Books(sandbox, session["company"])), **values)

        return handler

    return register
