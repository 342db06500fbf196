"""The installation that comes with an authorisation (App Marketplace API 39.4.0)."""

from typing import TYPE_CHECKING

from werkzeug import Request, Response

from connectors.kit.sandbox import Document, Grant, Routes, answer, stamp
from connectors.pleo.sandbox.companies import subject
from connectors.pleo.sandbox.guard import body_object, caller
from connectors.pleo.sandbox.refusals import refuse
from connectors.pleo.sandbox.subscriptions import owner

if TYPE_CHECKING:
    from connectors.pleo.sandbox.app import PleoSandbox

routes = Routes()
ERRORS = {"NOT_ENTITLED", "AUTH_ERROR"}
#: Which states may follow. The states are published, their order is assumed; the same state again is no move.
MOVES = {
    "AUTHORIZED": {"PENDING_INTEGRATION", "ACTIVATED", "INACTIVE", "ERROR"},
    "PENDING_INTEGRATION": {"ACTIVATED", "INACTIVE", "ERROR"},
    "ACTIVATED": {"INACTIVE", "ERROR"},
    "INACTIVE": {"ACTIVATED", "ERROR"},
    "ERROR": {"PENDING_INTEGRATION", "ACTIVATED", "INACTIVE"},
}


@routes("GET", "/v1/installations/me")
def mine(sandbox: "PleoSandbox", request: Request) -> Response:
    return answer(_own(sandbox, caller(sandbox, request)))


@routes("POST", "/v1/installations/me")
def create(sandbox: "PleoSandbox", request: Request) -> Response:
    """Only where there is none, for OAuth has made it already."""
    grant = caller(sandbox, request)
    body = body_object(sandbox, request, {"status", "metadata"}, set())
    if sandbox.store["installations"].get(owner(grant)) is not None:
        raise refuse(sandbox, "installation-exists")
    install(sandbox, grant)
    return _change(sandbox, grant, body, 201)


@routes("PUT", "/v1/installations/me")
def update(sandbox: "PleoSandbox", request: Request) -> Response:
    grant = caller(sandbox, request)
    body = body_object(sandbox, request, {"status", "metadata", "errorCode"}, {"status"})
    return _change(sandbox, grant, body)


@routes("POST", "/v1/installations/me:activate")
def activate(sandbox: "PleoSandbox", request: Request) -> Response:
    return _change(sandbox, caller(sandbox, request), {"status": "ACTIVATED"})


@routes("DELETE", "/v1/installations/me")
def remove(sandbox: "PleoSandbox", request: Request) -> Response:
    """Also revokes every token of this application at this company, and ends its subscriptions."""
    grant = caller(sandbox, request)
    _own(sandbox, grant)
    sandbox.store["installations"].delete(owner(grant))
    for subscription in sandbox.store["subscriptions"].find(owner=owner(grant)):
        sandbox.store["subscriptions"].delete(subscription["id"])
    for other in sandbox.oauth.grants.find(client_id=grant.client_id, choice=grant.choice):
        sandbox.oauth.revoke(other["id"])
    return answer(status=204)


def install(sandbox: "PleoSandbox", grant: Grant) -> None:
    """Made when OAuth ends; connecting again keeps the one that is there."""
    installations, now = sandbox.store["installations"], stamp(sandbox.clock.now())
    if installations.get(owner(grant)) is None:
        installation: Document = {
            "id": sandbox.new_id(),
            "applicationId": grant.client_id,
            "resource": subject(sandbox, grant),
            "status": "AUTHORIZED" if sandbox.needs_activation else "ACTIVATED",
            "metadata": {},
            "createdAt": now,
            "updatedAt": now,
        }
        installations.put(owner(grant), installation)


def _own(sandbox: "PleoSandbox", grant: Grant) -> Document:
    found = sandbox.store["installations"].get(owner(grant))
    if found is None:
        raise refuse(sandbox, "installation-unknown")
    return found


def _change(sandbox: "PleoSandbox", grant: Grant, body: Document, status: int = 200) -> Response:
    known = _own(sandbox, grant)
    now, then = known["status"], body.get("status", known["status"])
    if then not in MOVES:
        raise refuse(sandbox, "installation-status-unknown")
    if body.get("errorCode", "AUTH_ERROR") not in ERRORS:
        raise refuse(sandbox, "installation-error-unknown")
    if "errorCode" in body and then != "ERROR":
        raise refuse(sandbox, "installation-error-alone")
    if not isinstance(body.get("metadata", {}), dict):
        raise refuse(sandbox, "installation-metadata")
    if then != now and then not in MOVES[now]:
        raise refuse(sandbox, "installation-moves-not", now=now, then=then)
    kept = {name: value for name, value in known.items() if name != "errorCode"}
    changed = kept | body | {"updatedAt": stamp(sandbox.clock.now())}
    return answer(sandbox.store["installations"].put(owner(grant), changed), status)
