"""Routing, JSON with exact decimals, and the one way to refuse."""

from collections.abc import Callable
from typing import Any, TypeVar

import simplejson
from werkzeug import Request, Response
from werkzeug.exceptions import BadRequest
from werkzeug.routing import Rule

Handler = Callable[..., Response]
H = TypeVar("H", bound=Handler)


class Refused(Exception):
    """The request is refused with this response, and nothing it did stays."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class Routes:
    """A file's handlers: `@routes("GET", "/bills/<bill_id>")` on `def bill(sandbox, request, bill_id)`."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def __call__(self, method: str, path: str) -> Callable[[H], H]:
        def register(handler: H) -> H:
            self.rules.append(Rule(path, methods=[method], endpoint=handler))
            return handler

        return register


def answer(document: Any = None, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON with Decimals written digit by digit; no document, no body."""
    body = b"" if document is None else simplejson.dumps(document, use_decimal=True).encode()
    response = Response(body, status, headers)
    if document is None:
        response.headers.pop("Content-Type", None)
    else:
        response.headers["Content-Type"] = "application/json;charset=UTF-8"
    return response


def oauth_error(error: str, description: str = "", status: int = 400) -> Response:
    """RFC 6749, 5.2."""
    body = {"error": error} | ({"error_description": description} if description else {})
    challenge = {"WWW-Authenticate": 'Basic realm="oauth"'} if status == 401 else {}
    return answer(body, status, challenge)


def read_json(request: Request) -> Any:
    """The body with fractions as Decimal; 400 through the vendor's `problem` when it is not JSON."""
    try:
        return simplejson.loads(request.get_data().decode(), use_decimal=True, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadRequest("The body is not JSON") from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
