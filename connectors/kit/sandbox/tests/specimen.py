"""A vendor as small as the package's docstring, and one who calls it."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from werkzeug import Request, Response
from werkzeug.datastructures import FileStorage

from connectors.kit.sandbox import (
    Choice,
    Client,
    Fault,
    OAuthPolicy,
    Refused,
    Routes,
    Sandbox,
    answer,
    consent,
    read_json,
)

routes = Routes()
CALLBACK = "http://localhost:9/callback"
CLIENT = Client("app", "s3cret", (CALLBACK, CALLBACK + "?tenant=7"))
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Acme(Sandbox):
    key, title = "acme", "Acme Books"
    policy = OAuthPolicy(introspect_path="/oauth/introspect", revoke_path="/oauth/revoke")
    routes = (routes,)

    def seed(self) -> None:
        self.uploads: list[FileStorage] = []

    def choices(self) -> list[Choice]:
        return [Choice("c1", "Acme & Sons"), Choice("c2", "Beta Ltd")]


class Forgiving(Acme):
    """As a vendor whose refresh tokens have a grace, and who knows no secret in the body."""

    policy = OAuthPolicy(
        pkce_required=False,
        secret_in_body=False,
        reuse_kills_family=False,
        grace_seconds=1800,
        refresh_ends_access=False,
        refresh_scope="offline",
        refused_redirect_hosts=("127.0.0.1",),
    )


@routes("POST", "/bills")
def create_bill(sandbox: Acme, request: Request) -> Response:
    bill = {**read_json(request), "id": sandbox.new_id()}
    sandbox.store["bills"].put(bill["id"], bill)
    if bill.get("refuse"):
        raise Refused(sandbox.problem(422, "NO", "Refused after it was written"))
    if bill.get("crash"):
        raise RuntimeError("a mistake in the sandbox")
    return answer(bill, 201)


@routes("GET", "/bills")
def list_bills(sandbox: Acme, request: Request) -> Response:
    return answer(sandbox.store["bills"].find())


@routes("POST", "/receipts")
def take_receipt(sandbox: Acme, request: Request) -> Response:
    sandbox.uploads.append(request.files["receipt"])
    return answer(status=201)


@routes("GET", "/me")
def me(sandbox: Acme, request: Request) -> Response:
    grant = sandbox.oauth.bearer(request)
    if grant is None:
        raise Refused(sandbox.problem(401, "UNAUTHORIZED", "No"))
    return answer({"company": grant.choice, "scopes": grant.scopes})


class Caller:
    """An application that connects to a sandbox, over HTTP only."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def authorise_url(self, **changed: str | None) -> str:
        asked = {
            "response_type": "code",
            "client_id": CLIENT.id,
            "redirect_uri": CALLBACK,
            "scope": "bills:read offline",
            "state": "st+te",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        } | changed
        return f"{self.sandbox.url}/oauth/authorize?" + urlencode({k: v for k, v in asked.items() if v})

    def approved(self, choose: str | None = None, **changed: str | None) -> dict[str, str]:
        """The query with which the browser came back."""
        location = consent(self.authorise_url(**changed), choose)
        return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}

    def token(self, *, auth: Any = (CLIENT.id, CLIENT.secret), **form: str) -> requests.Response:
        return requests.post(f"{self.sandbox.url}/oauth/token", form, auth=auth, timeout=10)

    def exchange(self, code: str, **changed: str) -> requests.Response:
        form = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER} | changed
        return self.token(grant_type="authorization_code", **form)

    def refresh(self, token: str) -> requests.Response:
        return self.token(grant_type="refresh_token", refresh_token=token)

    def connected(self, choose: str | None = None) -> dict[str, Any]:
        answered = self.exchange(self.approved(choose)["code"])
        answered.raise_for_status()
        tokens: dict[str, Any] = answered.json()
        return tokens

    def me(self, access_token: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {access_token}"}
        return requests.get(f"{self.sandbox.url}/me", headers=headers, timeout=10)

    def bill(self, **fields: Any) -> requests.Response:
        return requests.post(f"{self.sandbox.url}/bills", json=fields, timeout=10)

    def bills(self) -> list[Any]:
        found: list[Any] = self.sandbox.store["bills"].find()
        return found


@contextmanager
def faulty(sandbox: Sandbox, match: str, kind: Any, **fields: Any) -> Iterator[Fault]:
    yield sandbox.faults.add(Fault(match, kind, **fields))
    sandbox.faults.clear()
