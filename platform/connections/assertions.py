"""Access tokens for a certificate: a signed assertion goes to the vendor's token address (RFC 7523, section 2.2).

There is no refresh token: what gets the next one is the key, and stands in its place in the vault.
"""

import json
import time
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import uuid4

import requests
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from urllib3.exceptions import HTTPError

from connections import oauth
from connections.models import Access
from connectors.kit.egress import protect
from connectors.kit.errors import ConnectorError, MendSettings, Reconnect, TryLater
from connectors.kit.flows import ClientCredentials, TokenSet

BY_JWT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
OUR_FAULT = {"unsupported_grant_type", "invalid_scope", "invalid_request"}
OFF_AT_MOST = 30  # seconds


@dataclass(frozen=True)
class Key:
    """`certificate_id`: what the vendor calls its certificate."""

    pem: str = field(repr=False)
    certificate_id: str

    def sealed_text(self) -> str:
        """As it is kept where other flows keep their refresh token."""
        return json.dumps({"key": self.pem, "certificate": self.certificate_id})

    @classmethod
    def read(cls, text: str) -> "Key":
        kept = json.loads(text)
        return cls(kept["key"], kept["certificate"])


def token(access: Access, key_text: str) -> TokenSet:
    """Outside any block. Raises Reconnect (the vendor does not take the certificate), MendSettings or TryLater."""
    access.application.refuse_closed_sandbox()
    key, name = Key.read(key_text), access.application.vendor.name
    try:
        answer = _asked(access, key, int(time.time()))
        if not answer.ok and (theirs := _another_time(answer)):
            answer = _asked(access, key, theirs)
        told: Any = answer.json() if answer.ok else {}
    except (requests.RequestException, HTTPError, ValueError) as error:
        raise TryLater(f"{name}'s token address gave no answer ({type(error).__name__}).") from None
    if not answer.ok:
        raise _meaning(name, answer.status_code, oauth.error_code(answer))
    return replace(oauth.token_set(name, told), refresh_token=key_text)


def _asked(access: Access, key: Key, now: int) -> requests.Response:
    facts = access.application.vendor.flow(ClientCredentials)
    url = oauth.address(access, facts.token)
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": BY_JWT,
        "client_assertion": _assertion(access, facts, key, now),
    }
    with protect(requests.Session(), access.application.network) as session:
        session.hooks["response"].append(oauth.read_bounded)
        return session.post(url, form, timeout=oauth.SECONDS, allow_redirects=False, stream=True)


def _another_time(answer: requests.Response) -> int | None:
    """The vendor's, where ours is so far off that it may have refused the assertion for that alone: it judges by its
    own clock, and does not say so."""
    try:
        theirs = int(parsedate_to_datetime(answer.headers.get("Date", "")).timestamp())
    except (ValueError, OverflowError):
        return None
    return theirs if abs(theirs - time.time()) > OFF_AT_MOST else None


def _assertion(access: Access, facts: ClientCredentials, key: Key, now: int) -> str:
    scopes = oauth.scopes(access.application, facts)
    claims = {
        "iss": access.application.client_id,
        "scope": scopes if facts.scope_as == "array" else " ".join(scopes),
        "aud": oauth.address(access, facts.audience or facts.token),
        "iat": now,
        "exp": now + int(facts.assertion_life.total_seconds()),
        "jti": uuid4().hex,
    }
    kind = ECKey if facts.algorithm == "ES256" else RSAKey
    header = {"alg": facts.algorithm, "kid": key.certificate_id}
    return jwt.encode(header, claims, kind.import_key(key.pem), algorithms=[facts.algorithm])


def _meaning(name: str, status: int, code: str) -> ConnectorError:
    """A certificate that was removed or is over is told in several ways, none of which says so."""
    words = code or str(status)
    if code in OUR_FAULT:
        return MendSettings(f"{name} does not accept our application ({code}). Correct its scopes.", words=words)
    if status == 401 or code in {*oauth.REFUSED, *oauth.OUR_FAULT}:
        sentence = (
            f"{name} does not take our certificate ({words}). See there that it was not removed, has not expired and"
            " that its user may still sign in; then connect again."
        )
        return Reconnect(sentence, words=words)
    return TryLater(f"{name} gave no access token ({words}).", words=words)
