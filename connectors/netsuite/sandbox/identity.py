"""The token endpoint: a signed assertion for a certificate that somebody has uploaded, or a code of the log-in page.

Each refusal has an id for tests (`NetSuiteSandbox.said`); over the wire goes RFC 6749's error and a description.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from werkzeug import Request, Response

from connectors.kit.sandbox import Document, Refused, Routes, answer
from connectors.kit.sandbox import tokens as kit_tokens
from connectors.kit.sandbox.oauth import Grant

if TYPE_CHECKING:
    from .app import NetSuiteSandbox

routes = Routes()
TOKEN = "/services/rest/auth/oauth2/v1/token"  # noqa: S105 - an address
BY_JWT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ("PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
SCOPES = frozenset({"rest_webservices", "restlets", "suite_analytics"})
LONGEST = 3600

#: By id: the error and what it means.
TOKEN_REFUSALS: Mapping[str, tuple[str, str]] = {
    "token.assertion_type": ("invalid_request", "client_assertion_type is not jwt-bearer"),
    "token.two_ways": ("invalid_request", "the client authenticates in two ways at once"),
    "token.unreadable": ("invalid_client", "the assertion is no JWT"),
    "token.algorithm": ("invalid_client", "only PS256 to PS512 and ES256 to ES512 are accepted"),
    "token.certificate": ("invalid_client", "no certificate has this id (kid)"),
    "token.certificate_expired": ("invalid_client", "the certificate has expired or was revoked"),
    "token.signature": ("invalid_client", "the signature is not the certificate's"),
    "token.issuer": ("invalid_client", "the certificate belongs to another integration"),
    "token.audience": ("invalid_client", "aud is not the token endpoint"),
    "token.lifetime": ("invalid_client", "iat and exp are missing, or more than an hour apart"),
    "token.expired": ("invalid_client", "the assertion has expired"),
    "token.scope": ("invalid_scope", "scope is missing or not ticked on the integration record"),
    "token.role": ("invalid_grant", "the role may not log in with access tokens"),
}


class SaidToken(Response):
    refusal = ""


@routes("POST", TOKEN)
def token(sandbox: "NetSuiteSandbox", request: Request) -> Response:
    if request.form.get("grant_type") != "client_credentials":
        return kit_tokens.token(sandbox, request)
    claims, certificate = _assertion(sandbox, request)
    scopes = _scopes(claims)
    if "ADMI_LOGIN_OAUTH2" in sandbox.switches.lacks:
        raise _refused("token.role")
    grant = _grant(sandbox, certificate, scopes)
    issued = sandbox.oauth.issue(grant)
    shown = {name: issued[name] for name in ("access_token", "expires_in")}
    return answer({**shown, "token_type": "Bearer"}, headers={"Cache-Control": "no-store"})


def _assertion(sandbox: "NetSuiteSandbox", request: Request) -> tuple[Mapping[str, Any], Document]:
    if request.form.get("client_assertion_type") != BY_JWT:
        raise _refused("token.assertion_type")
    if request.authorization is not None or "client_secret" in request.form:
        raise _refused("token.two_ways")
    sent = request.form.get("client_assertion", "")
    certificate = _certificate(sandbox, sent)
    claims = _claims(sent, certificate)
    _check(sandbox, request, claims, certificate)
    return claims, certificate


def _certificate(sandbox: "NetSuiteSandbox", sent: str) -> Document:
    try:
        header = jws.extract_compact(sent.encode()).headers()
    except (JoseError, ValueError):
        raise _refused("token.unreadable") from None
    if header.get("alg") not in ALGORITHMS:
        raise _refused("token.algorithm")
    found = sandbox.store["certificates"].get(str(header.get("kid")))
    if found is None:
        raise _refused("token.certificate")
    if found["revoked"] or found["expires"] <= sandbox.clock.time():
        raise _refused("token.certificate_expired")
    return found


def _claims(sent: str, certificate: Document) -> Mapping[str, Any]:
    kind = ECKey if certificate["kind"] == "EC" else RSAKey
    try:
        return jwt.decode(sent, kind.import_key(certificate["public"]), algorithms=list(ALGORITHMS)).claims
    except (JoseError, ValueError):
        raise _refused("token.signature") from None


def _check(sandbox: "NetSuiteSandbox", request: Request, claims: Mapping[str, Any], certificate: Document) -> None:
    if claims.get("iss") != certificate["client"]:
        raise _refused("token.issuer")
    if claims.get("aud") != f"{request.host_url.rstrip('/')}{TOKEN}":
        raise _refused("token.audience")
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int) or not isinstance(expires, int) or not 0 < expires - issued <= LONGEST:
        raise _refused("token.lifetime")
    if expires <= sandbox.clock.time():
        raise _refused("token.expired")


def _scopes(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """A JSON array, as Oracle's sample has it; a text with commas, as its table says, is read too."""
    told = claims.get("scope")
    scopes = told.split(",") if isinstance(told, str) else told if isinstance(told, list) else []
    if not scopes or not SCOPES.issuperset(scopes):
        raise _refused("token.scope")
    return tuple(scopes)


def _grant(sandbox: "NetSuiteSandbox", certificate: Document, scopes: tuple[str, ...]) -> Grant:
    """One a certificate, so that taking it back ends its tokens."""
    kept = sandbox.oauth.grants.get(certificate["id"])
    made = Grant(certificate["id"], certificate["client"], scopes, "", sandbox.clock.time())
    row = {**vars(made), "scopes": list(scopes)}
    sandbox.oauth.grants.put(made.id, row if kept is None else {**kept, "scopes": list(scopes)})
    return made


def _refused(refusal: str) -> Refused:
    error, description = TOKEN_REFUSALS[refusal]
    status = 401 if error == "invalid_client" else 400
    shaped = answer({"error": error, "error_description": description}, status)
    said = SaidToken(shaped.get_data(), status, shaped.headers)
    if status == 401:
        said.headers["WWW-Authenticate"] = 'Basic realm="SANDBOX"'
    said.refusal = refusal
    return Refused(said)
