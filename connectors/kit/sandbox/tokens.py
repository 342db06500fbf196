"""The token endpoint: code exchange, refresh with rotation, introspection, revocation."""

import base64
import hashlib
import hmac
import re
from typing import TYPE_CHECKING

from werkzeug import Request, Response

from connectors.kit.sandbox import assertions
from connectors.kit.sandbox.http import Refused, answer, oauth_error
from connectors.kit.sandbox.oauth import AuthorizationServer, Client, digest

if TYPE_CHECKING:
    from connectors.kit.sandbox.app import Sandbox

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


def token(sandbox: "Sandbox", request: Request) -> Response:
    grant_type = request.form.get("grant_type", "")
    if grant_type == "client_credentials" and sandbox.oauth.policy.assertion_algorithms:
        return assertions.token(sandbox, request)
    client = _client(sandbox.oauth, request)
    grants = {"authorization_code": _exchange, "refresh_token": _refresh}
    if grant_type not in grants:
        return oauth_error("unsupported_grant_type")
    return grants[grant_type](sandbox, client, request)


def introspect(sandbox: "Sandbox", request: Request) -> Response:
    """RFC 7662; a token of another client is simply not active."""
    client = _client(sandbox.oauth, request)
    sent = request.form.get("token", "")
    grant = sandbox.oauth.grant_of(sent)
    if grant is None or grant.client_id != client.id:
        return answer({"active": False})
    row = sandbox.oauth.access.get(digest(sent)) or {}
    times = {"iat": int(row["issued"]), "exp": int(row["expires"])}
    about = {"active": True, "client_id": client.id, "scope": " ".join(grant.scopes), "sub": grant.id}
    return answer(about | times | sandbox.introspection_extras(grant))


def revoke(sandbox: "Sandbox", request: Request) -> Response:
    """RFC 7009: the answer is 200 whether or not the token was known."""
    client, oauth = _client(sandbox.oauth, request), sandbox.oauth
    key = digest(request.form.get("token", ""))
    row = oauth.refresh.get(key) or oauth.access.get(key)
    grant = oauth.grant(row["grant"]) if row else None
    if grant is not None and grant.client_id == client.id:
        oauth.revoke(grant.id)
        sandbox.revoked(grant)
    return answer()


def _client(oauth: AuthorizationServer, request: Request) -> Client:
    sent = request.authorization
    if sent is not None and sent.type == "basic":
        client_id, secret = sent.username, sent.password
    elif oauth.policy.secret_in_body:
        client_id, secret = request.form.get("client_id"), request.form.get("client_secret")
    else:
        client_id = secret = None
    client = oauth.client(client_id)
    if client is None or not hmac.compare_digest(client.secret.encode(), (secret or "").encode()):
        raise Refused(oauth_error("invalid_client", status=401))
    return client


def _exchange(sandbox: "Sandbox", client: Client, request: Request) -> Response:
    oauth, key = sandbox.oauth, digest(request.form.get("code", ""))
    code = oauth.codes.get(key)
    grant = oauth.grant(code["grant"]) if code else None
    if code is None or grant is None or grant.client_id != client.id:
        return oauth_error("invalid_grant", "Unknown code")
    if code["used"]:
        oauth.revoke(grant.id)  # RFC 6749, 4.1.2: a code that is used twice takes its tokens with it
        return oauth_error("invalid_grant", "The code was used before")
    oauth.codes.put(key, {**code, "used": True})
    if grant.revoked or code["created"] + oauth.policy.code_seconds <= sandbox.clock.time():
        return oauth_error("invalid_grant", "The code has expired")
    if request.form.get("redirect_uri") != code["redirect_uri"]:
        return oauth_error("invalid_grant", "redirect_uri is not the one of the authorisation")
    if not _proves(request.form.get("code_verifier", ""), code["challenge"]):
        return oauth_error("invalid_grant", "code_verifier does not match")
    sandbox.granted(grant)
    return _tokens(oauth, grant.id)


def _proves(verifier: str, challenge: str) -> bool:
    if not challenge:
        return not verifier
    hashed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return _VERIFIER.fullmatch(verifier) is not None and hmac.compare_digest(hashed, challenge.encode())


def _refresh(sandbox: "Sandbox", client: Client, request: Request) -> Response:
    """Rotation. A refusal is returned, not raised: what it revokes stays revoked."""
    oauth, key, now = sandbox.oauth, digest(request.form.get("refresh_token", "")), sandbox.clock.time()
    row = oauth.refresh.get(key)
    grant = oauth.grant(row["grant"]) if row else None
    if row is None or grant is None or grant.client_id != client.id or grant.revoked:
        return oauth_error("invalid_grant", "Unknown or revoked refresh token")
    life = oauth.policy.refresh_seconds
    expired = life is not None and row["issued"] + life <= now
    stale = row["rotated"] is not None and row["rotated"] + oauth.policy.grace_seconds <= now
    if expired or stale:
        if oauth.policy.reuse_kills_family:
            oauth.revoke(grant.id)
        return oauth_error("invalid_grant", "The refresh token has expired or was used before")
    if row["rotated"] is None:
        oauth.refresh.put(key, {**row, "rotated": now})
    if oauth.policy.refresh_ends_access:
        oauth.expire_access_tokens(grant.id)
    return _tokens(oauth, grant.id)


def _tokens(oauth: AuthorizationServer, grant_id: str) -> Response:
    grant = oauth.grant(grant_id)
    assert grant is not None  # noqa: S101
    return answer(oauth.issue(grant), headers={"Cache-Control": "no-store"})
