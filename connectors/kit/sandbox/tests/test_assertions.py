"""The token address for certificates refuses whatever an application may get wrong."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import ECKey

from connectors.kit.sandbox.assertions import BY_JWT, upload
from connectors.kit.sandbox.tests.specimen import CLIENT, Acme, Caller

Change = Callable[[dict[str, Any]], None]
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An application")])


class Signer:
    """An application with a key, whose certificate was uploaded for a company."""

    def __init__(self, acme: Acme) -> None:
        acme.oauth.policy = replace(acme.oauth.policy, assertion_algorithms=("ES256",))
        self.acme, self.key = acme, ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        made = x509.CertificateBuilder(NAME, NAME, self.key.public_key(), 1, now, now + timedelta(days=30))
        pem = made.sign(self.key, SHA256()).public_bytes(Encoding.PEM).decode()
        self.id = upload(acme, CLIENT.id, pem, ("bills:read",), "c2")
        self.address = f"{acme.url}{acme.policy.token_path}"

    def ask(self, change: Change = lambda _: None, **header: Any) -> requests.Response:
        now = int(self.acme.clock.time())
        claims = {"iss": CLIENT.id, "scope": ["bills:read"], "aud": self.address, "iat": now, "exp": now + 300}
        change(claims)
        pem = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        signed = jwt.encode({"alg": "ES256", "kid": self.id, **header}, claims, ECKey.import_key(pem))
        form = {"grant_type": "client_credentials", "client_assertion_type": BY_JWT, "client_assertion": signed}
        return requests.post(self.address, form, timeout=10)


@pytest.fixture
def signer(acme: Acme) -> Signer:
    return Signer(acme)


def test_a_signed_assertion_gets_an_access_token_of_the_company_and_no_refresh_token(
    signer: Signer, caller: Caller
) -> None:
    told = signer.ask().json()
    assert "refresh_token" not in told
    assert caller.me(told["access_token"]).json() == {"company": "c2", "scopes": ["bills:read"]}


WRONG: dict[str, tuple[Change, str]] = {
    "another application": (lambda claims: claims.update(iss="stranger"), "invalid_client"),
    "another audience": (lambda claims: claims.update(aud="https://elsewhere.example/token"), "invalid_client"),
    "no beginning": (lambda claims: claims.pop("iat"), "invalid_client"),
    "too long": (lambda claims: claims.update(exp=claims["iat"] + 3601), "invalid_client"),
    "no time": (lambda claims: claims.update(exp=claims["iat"]), "invalid_client"),
    "over": (lambda claims: claims.update(iat=claims["iat"] - 900, exp=claims["iat"] - 600), "invalid_client"),
    "to come": (lambda claims: claims.update(iat=claims["iat"] + 900, exp=claims["iat"] + 1200), "invalid_client"),
    "scope as text": (lambda claims: claims.update(scope="bills:read"), "invalid_scope"),
    "more than granted": (lambda claims: claims.update(scope=["bills:read", "payroll"]), "invalid_scope"),
    "nothing asked": (lambda claims: claims.update(scope=[]), "invalid_scope"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_claim_that_is_wrong_is_refused(signer: Signer, what: str) -> None:
    change, error = WRONG[what]
    answered = signer.ask(change)
    assert answered.json()["error"] == error
    assert answered.status_code == (401 if error == "invalid_client" else 400)


def test_another_key_another_id_and_no_id_are_refused(signer: Signer) -> None:
    assert signer.ask(kid="another").status_code == 401
    signer.key = ec.generate_private_key(ec.SECP256R1())
    assert signer.ask().json()["error_description"] == "The signature is not the certificate's"


def test_an_assertion_with_a_name_is_good_once(signer: Signer) -> None:
    def named(claims: dict[str, Any]) -> None:
        claims["jti"] = "once"

    assert signer.ask(named).status_code == 200
    assert signer.ask(named).json()["error_description"] == "The assertion was used before"


def test_a_certificate_that_is_over_or_was_removed_is_refused(signer: Signer, acme: Acme) -> None:
    acme.clock.advance(31 * 24 * 3600)
    assert signer.ask().json()["error_description"] == "The certificate has expired"
    acme.clock.advance(-31 * 24 * 3600)
    acme.revoke("c2")
    assert signer.ask().json()["error_description"] == "No certificate has this kid"
