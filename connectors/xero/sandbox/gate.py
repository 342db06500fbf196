"""What every call to the Accounting API passes before it is heard, in Xero's order."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response

from connectors.kit.sandbox import Grant, Refused, Routes

from . import identity
from .answers import (
    forbidden_role,
    forbidden_tenant,
    limited,
    missing_scope,
    not_called_json,
    plain,
    server_error,
    too_large,
)
from .books import Books
from .idempotency import WRITES
from .xml import as_asked

if TYPE_CHECKING:
    from .app import XeroSandbox

ROOT = "/api.xro/2.0"
MOST_BYTES = 10 * 1024 * 1024
BROAD = "accounting.transactions"
BROAD_ENOUGH = {f"accounting.{x}" for x in ("invoices", "banktransactions", "manualjournals", "payments")}


@dataclass(frozen=True)
class Call:
    """A call that has passed the gate."""

    sandbox: "XeroSandbox"
    request: Request
    books: Books

    def flag(self, name: str) -> bool:
        return self.request.args.get(name, "").lower() == "true"


Endpoint = Callable[..., Response]


@dataclass(frozen=True)
class Needs:
    """What a call must bring. `files`: the body is a file, otherwise JSON. `reports`: a right of the user."""

    scope: str
    files: bool = False
    reports: bool = False


def endpoint(routes: Routes, method: str, path: str, scope: str, **needs: bool) -> Callable[[Endpoint], Endpoint]:
    """Puts `def handler(call, ...)` behind the gate. A handler writes last: a refusal leaves nothing."""
    wanted = Needs(scope, **needs)

    def register(handler: Endpoint) -> Endpoint:
        @routes(method, ROOT + path)
        @wraps(handler)
        def passed(sandbox: "XeroSandbox", request: Request, **values: Any) -> Response:
            if sandbox.switches.outage:
                raise plain(f"outage.{sandbox.switches.outage}")
            grant = identity.bearer(sandbox, request)
            org = _tenant(sandbox, request, grant)
            _scope(request, grant, wanted.scope)
            headers = _budget(sandbox, request, grant.client_id, org)
            call = Call(sandbox, request, Books(sandbox, sandbox.organisation(org), grant.client_id))
            try:
                response = _remembered(call, wanted, handler, values)
            except Refused as refused:
                response = refused.response
            response.headers.extend(headers)
            return as_asked(request, response)

        return handler

    return register


def _tenant(sandbox: "XeroSandbox", request: Request, grant: Grant) -> str:
    org = request.headers.get("xero-tenant-id", "").lower()
    if not org or identity.connection(sandbox, grant, org) is None:
        raise forbidden_tenant()
    return org


def _scope(request: Request, grant: Grant, scope: str) -> None:
    enough = {scope, BROAD} if scope in BROAD_ENOUGH else {scope}
    if request.method == "GET":
        enough |= {f"{name}.read" for name in enough}
    if not enough & set(grant.scopes):
        raise missing_scope()


def _budget(sandbox: "XeroSandbox", request: Request, app: str, org: str) -> dict[str, str]:
    refusal, headers = sandbox.budget.spend(app, org, sandbox.clock.time())
    if not request.environ["sandbox.room"]:
        refusal = limited("limit.concurrent", headers)
    if refusal is not None:
        raise Refused(refusal)
    return headers


def _remembered(call: Call, needs: Needs, handler: Endpoint, values: dict[str, Any]) -> Response:
    """Replays cost quota; what is replayed may be an error."""
    if not needs.files and len(call.request.get_data()) > MOST_BYTES:
        raise too_large()
    kept = call.sandbox.memory.recall(call.books.app, call.request)
    if kept is not None:
        return kept
    try:
        response = _handled(call, needs, handler, values)
    except Refused as refused:
        response = refused.response
    call.sandbox.memory.remember(call.books.app, call.request, response)
    return response


def _handled(call: Call, needs: Needs, handler: Endpoint, values: dict[str, Any]) -> Response:
    writes = call.request.method in WRITES
    if needs.reports and not call.sandbox.switches.reports_permission:
        raise forbidden_role()
    if writes and not needs.files and call.request.mimetype != "application/json":
        raise not_called_json()
    after = call.sandbox.errors_due.pop(0) if writes and call.sandbox.errors_due else None
    if after is False:
        raise server_error()
    response = handler(call, **values)
    return server_error().response if after else response
