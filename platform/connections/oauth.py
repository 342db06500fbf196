"""The token endpoint of a vendor: codes and refresh tokens become token sets. Authlib speaks, we bound it."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from requests import RequestException
from urllib3.exceptions import HTTPError

from connections import vault
from connections.models import Access, Application
from connectors.kit.egress import answered, protect
from connectors.kit.errors import ConnectorError, MendSettings, Reconnect, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.flows import AuthorisationCode, Endpoint, Flow, TokenSet
from connectors.kit.redaction import redact

# A refresh may succeed at the vendor while a hasty client gives up and loses the only new token.
SECONDS = (5, 30)
BODY_SECONDS = 5
ANSWER_AT_MOST = 64 * 1024
SHORTEST_LIFE = timedelta(seconds=60)
REFUSED = {"invalid_grant", "access_denied"}  # RFC 6749, 5.2: the authorisation is over
OUR_FAULT = {"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "invalid_request"}
USUAL_LIFE = timedelta(minutes=5)  # of an access token whose life the vendor does not say


def address(access: Access, endpoint: Endpoint) -> str:
    """Raises MendSettings, also where there is no such host: its connector is missing."""
    hosts = access.hosts
    if endpoint.host not in hosts:
        raise MendSettings(f"{access.application} has no address to call. Install its connector or complete them.")
    return f"{hosts[endpoint.host]}{endpoint.path}"


def scopes(application: Application, flow: Flow) -> list[str]:
    return application.scopes.split() or list(flow.scopes)


def is_of(access: Access, issuer: str) -> bool:
    """Whether an answer that names this issuer ("": none) may be this vendor's. A plain comparison: RFC 9207, 2.4."""
    facts = _facts(access)
    if not issuer:
        return not facts.sends_issuer
    return facts.issuer is None or issuer == address(access, facts.issuer)


def missing(access: Access, gained: TokenSet) -> list[str]:
    """What was asked and not granted. RFC 6749, 5.1: an answer without a scope grants what was asked."""
    granted = gained.scope.split()
    offline = {"offline_access"} if gained.refresh_token else set()
    asked = scopes(access.application, access.way)
    return [one for one in asked if granted and one not in {*granted, *offline}]


def authorise_address(access: Access, redirect_uri: str, state: str, verifier: str) -> str:
    """Raises MendSettings."""
    facts = _facts(access)
    with _session(access, redirect_uri) as session:
        proof = {"code_verifier": verifier} if facts.pkce else {}
        wanted = address(access, facts.authorise)
        url, _ = session.create_authorization_url(wanted, state=state, **proof, **facts.also)
        return str(url)


def exchange_code(access: Access, redirect_uri: str, code: str, verifier: str) -> TokenSet:
    """Raises Reconnect (the code is not good), MendSettings or TryLater."""
    more = {"code_verifier": verifier} if _facts(access).pkce else {}
    with _session(access, redirect_uri) as session:
        return _ask(access, session.fetch_token, code=code, grant_type="authorization_code", **more)


def refresh(access: Access, refresh_token: str) -> TokenSet:
    """Raises Reconnect (refused, for ever), MendSettings (our application is) or TryLater."""
    with _session(access) as session:
        return _ask(access, session.refresh_token, refresh_token=refresh_token)


def revoke(access: Access, endpoint: Endpoint, refresh_token: str) -> None:
    """RFC 7009. Raises TryLater, and MendSettings if our application is refused; a token that the vendor does not
    know is no error there."""
    access.application.refuse_closed_sandbox()
    name = access.application.vendor.name
    try:
        with _session(access) as session:
            answer = session.revoke_token(
                address(access, endpoint),
                token=refresh_token,
                token_type_hint="refresh_token",  # noqa: S106
                timeout=SECONDS,
                allow_redirects=False,
                stream=True,
            )
    except (AuthlibBaseError, RequestException, HTTPError, ValueError, TypeError, AttributeError) as error:
        raise TryLater(f"{name}'s revocation address gave no answer ({type(error).__name__}).") from None
    code = error_code(answer)
    if answer.status_code in {401, 403} or code in OUR_FAULT:
        raise MendSettings(f"{name} does not accept our application. Correct its client id and secret.", words=code)
    if answer.status_code not in {200, 204, 400, 404}:  # 400: it cannot revoke what it does not know
        raise TryLater(f"{name} did not revoke the token ({answer.status_code}).")


def _secret(application: Application) -> str:
    try:
        return vault.unseal(application.sealed_secret, application.place).decode()
    except vault.NotSealedHere as moved:
        raise MendSettings(str(moved), failure=FailureClass.VAULT_MOVED) from moved


def _facts(access: Access) -> AuthorisationCode:
    return access.application.vendor.flow(AuthorisationCode)


def _session(access: Access, redirect_uri: str | None = None) -> Any:
    application, facts = access.application, _facts(access)
    session = OAuth2Session(
        client_id=application.client_id,
        client_secret=_secret(application),
        token_endpoint_auth_method=facts.client_auth,
        scope=" ".join(scopes(application, facts)),
        redirect_uri=redirect_uri,
        code_challenge_method="S256" if facts.pkce else None,
    )
    protect(session, application.network)
    session.hooks["response"].append(read_bounded)
    return session


def read_bounded(response: Any, **_: Any) -> None:
    """requests itself would read for as long and as much as the vendor sends, while the row is locked."""
    body, until = b"", time.monotonic() + BODY_SECONDS
    try:
        while chunk := response.raw.read1(8192, decode_content=True):
            body += chunk
            if len(body) > ANSWER_AT_MOST or time.monotonic() > until:
                response.close()
                raise RequestException("too long an answer")
    finally:
        answered(response)
    response._content, response._content_consumed = body, True


def error_code(answer: Any) -> str:
    """The error in the body (RFC 6749, 5.2); empty where it names none."""
    try:
        return redact(str(answer.json()["error"]))[:100]
    except (ValueError, KeyError, TypeError):
        return ""


def _ask(access: Access, call: Any, **parameters: Any) -> TokenSet:
    access.application.refuse_closed_sandbox()
    name = access.application.vendor.name
    url = address(access, _facts(access).token)
    try:
        token = call(url, timeout=SECONDS, allow_redirects=False, stream=True, **parameters)
    except AuthlibBaseError as error:
        raise _meaning(name, redact(str(error.error))[:100]) from None
    except (RequestException, HTTPError, ValueError, TypeError, ArithmeticError, AttributeError) as error:
        # Authlib trusts what it is given, so nonsense ends in any of these. The text may hold the request.
        raise TryLater(f"{name}'s token address gave no answer ({type(error).__name__}).") from None
    return token_set(name, token)


def _meaning(name: str, code: str) -> ConnectorError:
    """Only a refused authorisation is the customer's; a wrong client secret of ours must cost nobody theirs."""
    if code in REFUSED:
        return Reconnect(f"{name} refused the authorisation ({code}).", words=code)
    if code in OUR_FAULT:
        sentence = f"{name} does not accept our application ({code}). Correct its client id, secret and scopes."
        return MendSettings(sentence, words=code)
    return TryLater(f"{name} gave no usable tokens ({code}).", words=code)


def token_set(name: str, token: Any) -> TokenSet:
    """Raises TryLater for nonsense."""
    try:
        access = str(token["access_token"])
    except (KeyError, TypeError):
        raise TryLater(f"{name} answered without usable tokens.") from None
    return TokenSet(
        access_token=access,
        refresh_token=str(token.get("refresh_token") or ""),
        expires_at=datetime.now(UTC) + _life(token.get("expires_in")),
        scope=str(token.get("scope") or ""),
    )


def _life(seconds: object) -> timedelta:
    """An odd one is no reason to throw tokens away: the vendor may have rotated them already."""
    try:
        return max(timedelta(seconds=int(str(seconds))), SHORTEST_LIFE)
    except (ValueError, OverflowError):
        return USUAL_LIFE
