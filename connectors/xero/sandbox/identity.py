"""login.xero.com and identity.xero.com: scopes, tokens that look like JWTs, and the connections of a user."""

import base64
import hashlib
import hmac
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import simplejson
from werkzeug import Request, Response

from connectors.kit.sandbox import Document, Grant, Routes, answer
from connectors.kit.sandbox.oauth import digest

from .answers import expired_token, invalid_token, not_found
from .seed import stable_id

if TYPE_CHECKING:
    from .app import XeroSandbox

routes = Routes()
_PLAIN = {"openid", "profile", "email", "offline_access"}
_GRANULAR = {
    "invoices",
    "banktransactions",
    "manualjournals",
    "payments",
    "contacts",
    "settings",
    "attachments",
}
GRANULAR = frozenset(_PLAIN | {f"accounting.{x}{end}" for x in _GRANULAR for end in ("", ".read")})
BROAD = frozenset({"accounting.transactions", "accounting.transactions.read"})
SCOPES = GRANULAR | BROAD
_KEY = b"a sandbox signs with a key that everybody knows"


def user_of(grant: Grant) -> str:
    """Whoever may choose the same organisations is the same user."""
    return stable_id("user", grant.choice)


def bearer(sandbox: "XeroSandbox", request: Request) -> Grant:
    grant = sandbox.oauth.bearer(request)
    if grant is not None:
        return grant
    sent = request.authorization
    row = sandbox.oauth.access.get(digest(sent.token)) if sent is not None and sent.token else None
    if row is not None and row["expires"] <= sandbox.clock.time():
        raise expired_token(datetime.fromtimestamp(float(row["expires"]), UTC))
    raise invalid_token()


def connect(sandbox: "XeroSandbox", grant: Grant) -> None:
    """Consent connects the chosen organisations; scopes add up over the consents of one user."""
    user = user_of(grant)
    consents = sandbox.oauth.grants.find(client_id=grant.client_id, choice=grant.choice, revoked=False)
    scopes = {scope: None for consent in consents for scope in consent["scopes"]}  # in order, each once
    sandbox.oauth.grants.change(grant.id, scopes=list(scopes))
    now = sandbox.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f0")
    for org in grant.choice.split(","):
        known = connection(sandbox, grant, org)
        kept = known or {"id": sandbox.new_id(), "createdDateUtc": now}
        about = {"org": org, "client": grant.client_id, "user": user, "authEventId": grant.id}
        sandbox.store["connections"].put(kept["id"], {**kept, **about, "updatedDateUtc": now})


def connection(sandbox: "XeroSandbox", grant: Grant, org: str) -> Document | None:
    mine: dict[str, Any] = {"client": grant.client_id, "user": user_of(grant)}
    return next(iter(sandbox.store["connections"].find(org=org, **mine)), None)


def disconnect_user(sandbox: "XeroSandbox", grant: Grant) -> None:
    """Revoking a token takes all connections of that user with it, and the user's other tokens."""
    mine = sandbox.store["connections"].find(client=grant.client_id, user=user_of(grant))
    for found in mine:
        sandbox.store["connections"].delete(found["id"])
    for other in sandbox.oauth.grants.find(client_id=grant.client_id, choice=grant.choice):
        sandbox.oauth.revoke(other["id"])


def access_token(sandbox: "XeroSandbox", grant: Grant, expires: float) -> str:
    about = {"client_id": grant.client_id, "scope": list(grant.scopes), "jti": uuid.uuid4().hex.upper()}
    return _jwt(sandbox, grant, expires, {**about, "authentication_event_id": grant.id})


def id_token(sandbox: "XeroSandbox", grant: Grant) -> Document:
    if "openid" not in grant.scopes:
        return {}
    about = {"aud": grant.client_id, "email": "bookkeeper@example.com", "name": "Sandbox Bookkeeper"}
    return {"id_token": _jwt(sandbox, grant, sandbox.clock.time() + 300, about)}


def _jwt(sandbox: "XeroSandbox", grant: Grant, expires: float, about: dict[str, Any]) -> str:
    user, now = user_of(grant), int(sandbox.clock.time())
    claims = {"iss": sandbox.url, "nbf": now, "iat": now, "exp": int(expires)}
    claims |= {"sub": uuid.UUID(user).hex, "xero_userid": user, **about}
    head = {"alg": "HS256", "typ": "JWT"}
    signed = ".".join(_base64(simplejson.dumps(part).encode()) for part in (head, claims))
    return f"{signed}.{_base64(hmac.new(_KEY, signed.encode(), hashlib.sha256).digest())}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@routes("GET", "/.well-known/openid-configuration")
def discovery(sandbox: "XeroSandbox", request: Request) -> Response:
    policy = sandbox.policy
    return answer(
        {
            "issuer": sandbox.url,
            "authorization_endpoint": sandbox.url + policy.authorize_path,
            "token_endpoint": sandbox.url + policy.token_path,
            "revocation_endpoint": f"{sandbox.url}{policy.revoke_path}",
            "scopes_supported": sorted(SCOPES),
        }
    )


@routes("GET", "/connections")
def connections(sandbox: "XeroSandbox", request: Request) -> Response:
    grant = bearer(sandbox, request)
    mine: dict[str, Any] = {"client": grant.client_id, "user": user_of(grant)}
    if event := request.args.get("authEventId"):
        mine["authEventId"] = event
    return answer([_connection_json(sandbox, found) for found in sandbox.store["connections"].find(**mine)])


@routes("DELETE", "/connections/<connection_id>")
def disconnect(sandbox: "XeroSandbox", request: Request, connection_id: str) -> Response:
    """`connection_id` is the connection's own id, not the organisation's."""
    grant = bearer(sandbox, request)
    found = sandbox.store["connections"].get(connection_id)
    if found is None or (found["client"], found["user"]) != (grant.client_id, user_of(grant)):
        raise not_found()
    sandbox.store["connections"].delete(connection_id)
    return answer(status=204)


def _connection_json(sandbox: "XeroSandbox", found: Document) -> Document:
    return {
        "id": found["id"],
        "authEventId": found["authEventId"],
        "tenantId": found["org"],
        "tenantType": "ORGANISATION",
        "tenantName": sandbox.organisation(found["org"])["name"],
        "createdDateUtc": found["createdDateUtc"],
        "updatedDateUtc": found["updatedDateUtc"],
    }
