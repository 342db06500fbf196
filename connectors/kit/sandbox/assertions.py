"""Tokens for a certificate (RFC 7523, section 2.2): the customer uploads it, the application signs with its key."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from werkzeug import Request, Response

from connectors.kit.sandbox.http import Refused, answer, oauth_error
from connectors.kit.sandbox.oauth import Grant, digest
from connectors.kit.sandbox.store import Document

if TYPE_CHECKING:
    from connectors.kit.sandbox.app import Sandbox

BY_JWT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MINUTE = 60  # how far ahead of ours the application's clock may be


def upload(sandbox: "Sandbox", client_id: str, pem: str, scopes: tuple[str, ...], choice: str = "") -> str:
    """What an administrator does on the vendor's page, for a company: the certificate's id. ValueError for none."""
    read = x509.load_pem_x509_certificate(pem.encode())
    with sandbox.store.transaction():
        client = sandbox.oauth.client(client_id)
        if client is None:
            raise ValueError(f"No application {client_id!r}")
        grant = sandbox.oauth.agree(client, scopes, choice)
        sandbox.granted(grant)
        key = read.public_key()
        row = {
            "id": grant.id,
            "client": client_id,
            "kind": "EC" if isinstance(key, EllipticCurvePublicKey) else "RSA",
            "public": key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
            "ends": read.not_valid_after_utc.timestamp(),
        }
        sandbox.oauth.certificates.put(grant.id, row)
    return grant.id


def token(sandbox: "Sandbox", request: Request) -> Response:
    if request.form.get("client_assertion_type") != BY_JWT:
        raise Refused(oauth_error("invalid_request", "client_assertion_type is not jwt-bearer"))
    if request.authorization is not None or "client_secret" in request.form:
        raise Refused(oauth_error("invalid_request", "The client authenticates in two ways"))
    sent = request.form.get("client_assertion", "")
    certificate = _certificate(sandbox, sent)
    claims = _claims(sandbox, sent, certificate)
    _check(sandbox, claims, certificate, f"{request.host_url.rstrip('/')}{request.path}")
    grant = sandbox.oauth.grant(certificate["id"])
    assert grant is not None  # noqa: S101
    issued = sandbox.oauth.issue(replace(grant, scopes=_scopes(claims, grant)))
    issued.pop("refresh_token", None)
    return answer(issued, headers={"Cache-Control": "no-store"})


def _certificate(sandbox: "Sandbox", sent: str) -> Document:
    try:
        header = jws.extract_compact(sent.encode()).headers()
    except (JoseError, ValueError):
        raise _refused("The assertion is no JWT") from None
    if header.get("alg") not in sandbox.oauth.policy.assertion_algorithms:
        raise _refused("The algorithm is not accepted")
    found = sandbox.oauth.certificates.get(str(header.get("kid")))
    grant = sandbox.oauth.grant(found["id"]) if found else None
    if found is None or grant is None or grant.revoked:
        raise _refused("No certificate has this kid")
    if found["ends"] <= sandbox.clock.time():
        raise _refused("The certificate has expired")
    return found


def _claims(sandbox: "Sandbox", sent: str, certificate: Document) -> dict[str, Any]:
    kind = ECKey if certificate["kind"] == "EC" else RSAKey
    algorithms = list(sandbox.oauth.policy.assertion_algorithms)
    try:
        return jwt.decode(sent, kind.import_key(certificate["public"]), algorithms=algorithms).claims
    except (JoseError, ValueError):
        raise _refused("The signature is not the certificate's") from None


def _check(sandbox: "Sandbox", claims: dict[str, Any], certificate: Document, audience: str) -> None:
    if claims.get("iss") != certificate["client"]:
        raise _refused("iss is another application")
    if claims.get("aud") != audience:
        raise _refused("aud is not the token address")
    issued, expires, now = claims.get("iat"), claims.get("exp"), sandbox.clock.time()
    if not isinstance(issued, int) or not isinstance(expires, int) or issued > now + MINUTE:
        raise _refused("iat or exp is missing, or in the future")
    if not 0 < expires - issued <= sandbox.oauth.policy.assertion_seconds or expires <= now:
        raise _refused("The assertion has expired, or lives too long")
    if name := claims.get("jti"):
        if sandbox.oauth.assertions.get(digest(str(name))):
            raise _refused("The assertion was used before")
        sandbox.oauth.assertions.put(digest(str(name)), {"id": digest(str(name))})


def _scopes(claims: dict[str, Any], grant: Grant) -> tuple[str, ...]:
    """A JSON array, and nothing that was not granted."""
    told = claims.get("scope")
    if not isinstance(told, list) or not told or not set(told) <= set(grant.scopes):
        raise Refused(oauth_error("invalid_scope", "scope is no array, or asks for more than was granted"))
    return tuple(told)


def _refused(description: str) -> Refused:
    return Refused(oauth_error("invalid_client", description, status=401))
