"""What every call to the Accounting API passes before it is heard, in Xero's order."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import simplejson
from werkzeug import Request, Response

from connectors.kit.sandbox import Grant, Refused, Routes

from . import identity
from .answers import forbidden_tenant, missing_scope, server_error, too_large, unreadable
from .books import Books
from .idempotency import WRITES
from .limits import crowded

if TYPE_CHECKING:
    from .app import XeroSandbox

ROOT = "/api.xro/2.0"
MOST_BYTES = 10 * 1024 * 1024
BROAD_ENOUGH = {"accounting.invoices": "accounting.transactions"}


@dataclass(frozen=True)
class Call:
    """A call that has passed the gate."""

    sandbox: "XeroSandbox"
    request: Request
    books: Books

    def flag(self, name: str) -> bool:
        return self.request.args.get(name, "").lower() == "true"


Endpoint = Callable[..., Response]


def endpoint(routes: Routes, method: str, path: str, scope: str) -> Callable[[Endpoint], Endpoint]:
    """Puts `def handler(call, ...)` behind the gate. A handler writes last: a refusal leaves nothing."""

    def register(handler: Endpoint) -> Endpoint:
        @routes(method, ROOT + path)
        @wraps(handler)
        def passed(sandbox: "XeroSandbox", request: Request, **values: Any) -> Response:
            grant = identity.bearer(sandbox, request)
            org = _tenant(sandbox, request, grant)
            _scope(request, grant, scope)
            headers = _budget(sandbox, request, grant.client_id, org)
            try:
                response = _remembered(sandbox, request, grant, org, handler, values)
            except Refused as refused:
                response = refused.response
            response.headers.extend(headers)
            return _as_asked(request, response)

        return handler

    return register


def _tenant(sandbox: "XeroSandbox", request: Request, grant: Grant) -> str:
    org = request.headers.get("xero-tenant-id", "").lower()
    if not org or identity.connection(sandbox, grant, org) is None:
        raise forbidden_tenant()
    return org


def _scope(request: Request, grant: Grant, scope: str) -> None:
    enough = {scope, BROAD_ENOUGH.get(scope, scope)}
    if request.method == "GET":
        enough |= {f"{name}.read" for name in enough}
    if not enough & set(grant.scopes):
        raise missing_scope()


def _budget(sandbox: "XeroSandbox", request: Request, app: str, org: str) -> dict[str, str]:
    refusal, headers = sandbox.budget.spend(app, org, sandbox.clock.time())
    if not request.environ["sandbox.room"]:
        refusal = crowded()
        refusal.headers.extend(headers)
    if refusal is not None:
        raise Refused(refusal)
    return headers


def _remembered(
    sandbox: "XeroSandbox",
    request: Request,
    grant: Grant,
    org: str,
    handler: Endpoint,
    values: dict[str, Any],
) -> Response:
    """Replays cost quota; what is replayed may be an error."""
    if len(request.get_data()) > MOST_BYTES:
        raise too_large()
    kept = sandbox.memory.recall(grant.client_id, request)
    if kept is not None:
        return kept
    try:
        response = _handled(sandbox, request, grant, org, handler, values)
    except Refused as refused:
        response = refused.response
    sandbox.memory.remember(grant.client_id, request, response)
    return response


def _handled(
    sandbox: "XeroSandbox",
    request: Request,
    grant: Grant,
    org: str,
    handler: Endpoint,
    values: dict[str, Any],
) -> Response:
    writes = request.method in WRITES
    if writes and request.mimetype != "application/json":
        raise unreadable("Data at the root level is invalid. Line 1, position 1.")
    after = sandbox.errors_due.pop(0) if writes and sandbox.errors_due else None
    if after is False:
        raise server_error()
    response = handler(Call(sandbox, request, Books(sandbox, sandbox.organisation(org), grant.client_id)), **values)
    return server_error().response if after else response


def _as_asked(request: Request, response: Response) -> Response:
    """Without `Accept: application/json` the answer is XML."""
    asks_json = "application/json" in request.headers.get("Accept", "").lower()
    if asks_json or response.mimetype != "application/json":
        return response
    content = simplejson.loads(response.get_data(), use_decimal=True)
    xml = f"<Response>{_xml(content, 'Element')}</Response>"
    response.set_data(xml)
    response.headers["Content-Type"] = "text/xml; charset=utf-8"
    return response


def _xml(value: Any, item: str) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_xml(inner, _singular(name))}</{name}>" for name, inner in value.items())
    if isinstance(value, list):
        return "".join(f"<{item}>{_xml(inner, item)}</{item}>" for inner in value)
    return "" if value is None else escape(str(value))


def _singular(name: str) -> str:
    return name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")
