"""Who am I, which company is it, and the installation that comes with an authorisation."""

from typing import TYPE_CHECKING

from werkzeug import Request, Response

from connectors.kit.sandbox import Document, Grant, Routes, answer, stamp
from connectors.pleo.sandbox.guard import body_object, caller, refuse
from connectors.pleo.sandbox.paging import page
from connectors.pleo.sandbox.subscriptions import owner

if TYPE_CHECKING:
    from connectors.pleo.sandbox.app import PleoSandbox

routes = Routes()
STATUSES = {"AUTHORIZED", "PENDING_INTEGRATION", "ACTIVATED", "INACTIVE", "ERROR"}
ERRORS = {"NOT_ENTITLED", "AUTH_ERROR"}


@routes("GET", "/v1/introspect")
def who_am_i(sandbox: "PleoSandbox", request: Request) -> Response:
    grant = caller(sandbox, request)
    client = sandbox.oauth.client(grant.client_id)
    return answer(
        {
            "data": {
                "authMethod": "OAUTH",
                "clientId": grant.client_id,
                "scope": " ".join(grant.scopes),
                "applicationName": client.name if client else "",
                "subjectURN": subject(grant),
            }
        }
    )


@routes("GET", "/v1/companies")
def list_companies(sandbox: "PleoSandbox", request: Request) -> Response:
    grant = caller(sandbox, request, "companies:read")
    return page(sandbox, request, sandbox.store["companies"], _company, id=grant.choice)


@routes("GET", "/v1/companies/<company_id>")
def one_company(sandbox: "PleoSandbox", request: Request, company_id: str) -> Response:
    grant = caller(sandbox, request, "companies:read")
    found = sandbox.store["companies"].get(company_id) if company_id == grant.choice else None
    if found is None:
        raise refuse(sandbox, 404, "COMPANY_NOT_FOUND", "Company not found.")
    return answer({"data": _company(found)})


def _company(found: Document) -> Document:
    return {"id": found["id"], "name": found["name"], "defaultCurrency": found["currency"]}


@routes("GET", "/v1/installations/me")
def mine(sandbox: "PleoSandbox", request: Request) -> Response:
    return answer(_own(sandbox, caller(sandbox, request)))


@routes("POST", "/v1/installations/me")
def create(sandbox: "PleoSandbox", request: Request) -> Response:
    grant = caller(sandbox, request)
    body = body_object(sandbox, request, {"status", "metadata"}, set())
    install(sandbox, grant)
    return _change(sandbox, grant, body)


@routes("PUT", "/v1/installations/me")
def update(sandbox: "PleoSandbox", request: Request) -> Response:
    grant = caller(sandbox, request)
    body = body_object(sandbox, request, {"status", "metadata", "errorCode"}, {"status"})
    _own(sandbox, grant)
    return _change(sandbox, grant, body)


@routes("POST", "/v1/installations/me:activate")
def activate(sandbox: "PleoSandbox", request: Request) -> Response:
    grant = caller(sandbox, request)
    _own(sandbox, grant)
    return _change(sandbox, grant, {"status": "ACTIVATED"})


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
            "resource": subject(grant),
            "status": "AUTHORIZED" if sandbox.needs_activation else "ACTIVATED",
            "metadata": {},
            "createdAt": now,
            "updatedAt": now,
        }
        installations.put(owner(grant), installation)


def subject(grant: Grant) -> str:
    return f"urn:pleo:company:{grant.choice}"


def _own(sandbox: "PleoSandbox", grant: Grant) -> Document:
    found = sandbox.store["installations"].get(owner(grant))
    if found is None:
        raise refuse(sandbox, 404, "INSTALLATION_NOT_FOUND", "Installation does not exist.")
    return found


def _change(sandbox: "PleoSandbox", grant: Grant, body: Document) -> Response:
    if body.get("status", "ACTIVATED") not in STATUSES or body.get("errorCode", "AUTH_ERROR") not in ERRORS:
        raise refuse(sandbox, 400, "VALIDATION_FAILED", "Unknown status or error code.")
    if not isinstance(body.get("metadata", {}), dict):
        raise refuse(sandbox, 400, "JSON_MAPPING_EXCEPTION", "metadata must be an object.")
    changed = body | {"updatedAt": stamp(sandbox.clock.now())}
    return answer(sandbox.store["installations"].change(owner(grant), **changed))
