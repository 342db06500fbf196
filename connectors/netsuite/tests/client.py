"""Any program that speaks to the sandbox over HTTP; not our connector."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Self
from uuid import uuid4

import requests
import simplejson
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from connectors.netsuite.sandbox import NORDWIND, NetSuiteSandbox
from connectors.netsuite.sandbox.identity import BY_JWT, TOKEN

CLIENT = "an-integration"
RECORDS, QUERY = "/services/rest/record/v1", "/services/rest/query/v1/suiteql"


@cache
def pair() -> tuple[str, str]:
    """A private key and its certificate, made once for all tests."""
    return made(ec.generate_private_key(ec.SECP256R1()))


def made(key: Any, years: int = 1) -> tuple[str, str]:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A program")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * years))
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private.decode(), certificate.public_bytes(Encoding.PEM).decode()


class Program:
    def __init__(self, sandbox: NetSuiteSandbox) -> None:
        self.sandbox = sandbox
        self.http = requests.Session()
        self.http.trust_env = False
        self.last = requests.Response()
        self.certificate, self.token = "", ""

    def connected(self) -> Self:
        self.certificate = self.sandbox.upload_certificate(CLIENT, pair()[1])
        assert self.ask_token().status_code == 200, self.last.text
        self.token = self.last.json()["access_token"]
        return self

    def ask_token(
        self, *, algorithm: str = "ES256", key: Any = None, kid: str = "", form: Any = None, **claims: Any
    ) -> requests.Response:
        now = int(self.sandbox.clock.time())
        whole = {
            "iss": CLIENT,
            "scope": ["rest_webservices", "restlets"],
            "aud": self.sandbox.url + TOKEN,
            "iat": now,
            "exp": now + 300,
            "jti": uuid4().hex,
            **claims,
        }
        signed = self.signed(whole, algorithm, key or ECKey.import_key(pair()[0]), kid or self.certificate)
        sent = {
            "grant_type": "client_credentials",
            "client_assertion_type": BY_JWT,
            "client_assertion": signed,
            **(form or {}),
        }
        self.last = self.http.post(self.sandbox.url + TOKEN, data=sent, timeout=10)
        return self.last

    @staticmethod
    def signed(claims: dict[str, Any], algorithm: str, key: ECKey | RSAKey | OctKey, kid: str) -> str:
        header = {"typ": "JWT", "alg": algorithm, "kid": kid}
        return jwt.encode(header, {k: v for k, v in claims.items() if v is not None}, key, algorithms=[algorithm])

    def call(self, method: str, path: str, body: object = None, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else simplejson.dumps(body).encode()
            headers = {"Content-Type": "application/json", **headers}
        address = self.sandbox.url + path
        self.last = self.http.request(method, address, data=data, headers=headers, timeout=10, **options)
        return self.last

    def make(self, record: str, body: object, *, strict: bool = True, **options: Any) -> requests.Response:
        headers = {"X-NetSuite-PropertyNameValidation": "Error"} if strict else {}
        return self.call("POST", f"{RECORDS}/{record}", body, headers=headers, **options)

    def made(self, record: str, body: object, **options: Any) -> str:
        """The id of a record that was made."""
        answer = self.make(record, body, **options)
        assert answer.status_code == 204, answer.text
        assert answer.text == ""
        return answer.headers["Location"].rpartition("/")[2]

    def read(self, record: str, key: str, **params: str) -> dict[str, Any]:
        answer = self.call("GET", f"{RECORDS}/{record}/{key}", params=params)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = simplejson.loads(answer.text, use_decimal=True)
        return found

    def query(self, words: str, *params: str, prefer: str = "transient", **page: Any) -> requests.Response:
        headers = {"Prefer": prefer} if prefer else {}
        return self.call("POST", QUERY, {"q": words, "params": list(params)}, headers=headers, params=page)

    def rows(self, words: str, *params: str, **page: Any) -> list[dict[str, str]]:
        answer = self.query(words, *params, **page)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, str]] = answer.json()["items"]
        return items

    # Good bodies; `changes` with None leave a field out.

    def bill(self, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
        usual = {"account": {"id": "114"}, "amount": 100, "memo": "Hotel", "taxCode": {"id": "7"}}
        return given(
            {
                "externalId": "xb-bill-1",
                "entity": {"id": "2425"},
                "subsidiary": {"id": NORDWIND},
                "currency": {"id": "1"},
                "tranDate": "2026-10-31",
                "expense": {"items": [given(usual | line) for line in lines or ({},)]},
                **changes,
            }
        )

    def journal(self, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
        usual = [{"account": {"id": "114"}, "debit": 187}, {"account": {"id": "102"}, "credit": 187}]
        whole = {"externalId": "xb-je-1", "subsidiary": {"id": NORDWIND}, "tranDate": "2026-10-31"}
        return given(whole | {"line": {"items": list(lines) or usual}} | changes)

    def report(self, **changes: Any) -> dict[str, Any]:
        line = {"expensedate": "2026-10-12", "category": {"id": "4"}, "currency": {"id": "1"}, "foreignamount": 80}
        whole = {"externalId": "xb-er-1", "entity": {"id": "31"}, "tranDate": "2026-10-31", "complete": True}
        return given(whole | {"expense": {"items": [line]}} | changes)

    def vendor(self, **changes: Any) -> dict[str, Any]:
        return given(
            {"externalId": "xb-vend-1", "companyName": "Tipografia Sol", "subsidiary": {"id": NORDWIND}} | changes
        )


def given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
