"""`/v1/subscriptions`: who is told of what. POST answers 200, DELETE 204; the secret has an address of its own."""

import base64
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug import Request, Response

from connectors.kit.sandbox import Document, Grant, Routes, answer, stamp
from connectors.pleo.sandbox.guard import body_object, caller, check_fields
from connectors.pleo.sandbox.paging import page
from connectors.pleo.sandbox.refusals import refuse

if TYPE_CHECKING:
    from connectors.pleo.sandbox.app import PleoSandbox

routes = Routes()
EVENTS = {"v1.export-job.created": "export-jobs:read", "v1.vendor.created": "vendors:read"}
STATUSES = {"ACTIVE", "INACTIVE"}
_FIELDS = {"endpointUrl", "eventTypes", "customHeaders", "endpointAuth", "status"}


@routes("GET", "/v1/subscriptions")
def list_subscriptions(sandbox: "PleoSandbox", request: Request) -> Response:
    grant = caller(sandbox, request)
    statuses, events = request.args.getlist("status"), set(request.args.getlist("event_types"))
    if set(statuses) - STATUSES or events - EVENTS.keys():
        raise refuse(sandbox, "subscription-filter-unknown")
    where: dict[str, Any] = {"owner": owner(grant)}
    if statuses:
        where["status"] = statuses
    if events:
        rows = sandbox.store["subscriptions"].find(**where)
        where["id"] = [row["id"] for row in rows if events & set(row["eventTypes"])]
    return page(sandbox, request, sandbox.store["subscriptions"], public, **where)


@routes("POST", "/v1/subscriptions")
def create(sandbox: "PleoSandbox", request: Request) -> Response:
    grant = caller(sandbox, request)
    now = stamp(sandbox.clock.now())
    subscription = _read(sandbox, request, grant) | {
        "id": sandbox.new_id(),
        "owner": owner(grant),
        "secret": "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode(),
        "createdAt": now,
        "updatedAt": now,
    }
    sandbox.store["subscriptions"].put(subscription["id"], subscription)
    return answer({"data": public(subscription)})


@routes("GET", "/v1/subscriptions/<subscription_id>")
def one(sandbox: "PleoSandbox", request: Request, subscription_id: str) -> Response:
    return answer({"data": public(_own(sandbox, caller(sandbox, request), subscription_id))})


@routes("PUT", "/v1/subscriptions/<subscription_id>")
def replace(sandbox: "PleoSandbox", request: Request, subscription_id: str) -> Response:
    grant = caller(sandbox, request)
    known = _own(sandbox, grant, subscription_id)
    changed = _read(sandbox, request, grant) | {"updatedAt": stamp(sandbox.clock.now())}
    return answer({"data": public(sandbox.store["subscriptions"].change(known["id"], **changed))})


@routes("DELETE", "/v1/subscriptions/<subscription_id>")
def delete(sandbox: "PleoSandbox", request: Request, subscription_id: str) -> Response:
    known = _own(sandbox, caller(sandbox, request), subscription_id)
    sandbox.store["subscriptions"].delete(known["id"])
    return answer(status=204)


@routes("GET", "/v1/subscriptions/<subscription_id>/secret")
def secret(sandbox: "PleoSandbox", request: Request, subscription_id: str) -> Response:
    known = _own(sandbox, caller(sandbox, request), subscription_id)
    return answer({"data": {"secretKey": known["secret"]}})


def owner(grant: Grant) -> str:
    """A subscription belongs to the application at the company or organisation of the token."""
    return f"{grant.client_id} {grant.choice}"


def public(subscription: Document) -> Document:
    """Without secret and credentials."""
    shown = {name: subscription[name] for name in ("id", "endpointUrl", "eventTypes", "status")}
    more = {name: subscription[name] for name in ("createdAt", "updatedAt", "customHeaders")}
    return shown | more | {"endpointAuth": {"type": subscription["endpointAuth"]["type"]}}


def _own(sandbox: "PleoSandbox", grant: Grant, subscription_id: str) -> Document:
    found = sandbox.store["subscriptions"].get(subscription_id)
    if found is None or found["owner"] != owner(grant):
        raise refuse(sandbox, "subscription-unknown")
    return found


def _read(sandbox: "PleoSandbox", request: Request, grant: Grant) -> Document:
    body = body_object(sandbox, request, _FIELDS, {"endpointUrl", "eventTypes"})
    events, headers = body["eventTypes"], body.get("customHeaders") or {}
    if not isinstance(events, list) or not events or not all(event in EVENTS for event in events):
        raise refuse(sandbox, "subscription-events-unknown")
    if missing := {EVENTS[event] for event in events} - set(grant.scopes):
        raise refuse(sandbox, "scope-missing", scope=min(missing))
    if not _is_address(body["endpointUrl"]):
        raise refuse(sandbox, "subscription-address")
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise refuse(sandbox, "subscription-headers")
    status = body.get("status", "ACTIVE")
    if status not in STATUSES:
        raise refuse(sandbox, "subscription-status")
    return {
        "endpointUrl": body["endpointUrl"],
        "eventTypes": list(dict.fromkeys(events)),
        "customHeaders": headers,
        "endpointAuth": _auth(sandbox, body.get("endpointAuth") or {"type": "NONE"}),
        "status": status,
    }


def _auth(sandbox: "PleoSandbox", auth: Any) -> Document:
    if not isinstance(auth, dict) or auth.get("type") not in ("NONE", "BASIC"):
        raise refuse(sandbox, "subscription-auth")
    credentials = auth.get("credentials") or {}
    check_fields(sandbox, credentials, {"username", "password", "token"}, set())
    return {"type": auth["type"], "credentials": credentials}


def _is_address(value: Any) -> bool:
    """HTTPS; plain HTTP for loopback, where a sandbox lives."""
    parts = urlsplit(value) if isinstance(value, str) else urlsplit("")
    local = parts.hostname in ("localhost", "127.0.0.1")
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and local))
