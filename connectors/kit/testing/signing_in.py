"""The flow that a connector declares, gone through as the platform does: consent page, code, tokens, refresh, end."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from connectors.kit.flows import AuthorisationCode, Endpoint
from connectors.kit.sandbox import consent
from connectors.kit.testing.benches import Bench
from connectors.kit.testing.checking import Checks, Failed, NotDeclared, expect
from connectors.kit.testing.customers import APPLICATION, BACK, SandboxCustomer

SECONDS = 30
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
checks: Checks[Bench[Any]] = Checks()
by_consent = checks.unless(
    lambda kit: (
        ""
        if any(isinstance(flow, AuthorisationCode) for flow in kit.connector.flows)
        else f"{kit.connector.name} is not connected by a consent page."
    )
)


@dataclass
class Visit:
    """Of one customer at the sandbox, by the facts of `flow` alone: every host of the connector is the sandbox."""

    customer: SandboxCustomer
    flow: AuthorisationCode

    def code(self) -> str:
        proof = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"} if self.flow.pkce else {}
        asked = {
            "response_type": "code",
            "client_id": APPLICATION.id,
            "redirect_uri": BACK,
            "scope": " ".join(self.flow.scopes),
            "state": "a-state",
        }
        address = f"{self.address(self.flow.authorise)}?{urlencode({**asked, **proof, **self.flow.also})}"
        try:
            back = dict(parse_qsl(urlsplit(consent(address)).query))
        except requests.HTTPError as error:
            raise Failed(f"There is no consent page at {self.flow.authorise.path}: {error}.") from error
        if "code" not in back:
            why = back.get("error_description", "")
            raise Failed(f"The consent page gave no code, but {back.get('error')!r} {why}".strip() + ".")
        return back["code"]

    def tokens(self, **form: str) -> Mapping[str, Any]:
        answer = self.ask(self.flow.token, **form)
        told = f"The token address {self.flow.token.path} answered {answer.status_code} to the {form['grant_type']}"
        expect(answer.ok, f"{told}: {answer.text[:300]}")
        found: Mapping[str, Any] = answer.json()
        return found

    def ask(self, endpoint: Endpoint, **form: str) -> requests.Response:
        ours = APPLICATION.id, APPLICATION.secret
        if self.flow.client_auth == "client_secret_post":
            form |= dict(zip(("client_id", "client_secret"), ours, strict=True))
            return requests.post(self.address(endpoint), form, timeout=SECONDS)
        return requests.post(self.address(endpoint), form, auth=ours, timeout=SECONDS)

    def address(self, endpoint: Endpoint) -> str:
        return f"{self.customer.url}{endpoint.path}"

    def standing(self, tokens: Mapping[str, Any]) -> str:
        return self.customer.sandbox.oauth.standing(tokens["access_token"])


def visit(bench: Bench[Any]) -> Visit:
    if not isinstance(bench.customer, SandboxCustomer):
        raise NotDeclared("customer of a sandbox with a consent page (SandboxCustomer)")
    return Visit(bench.customer, bench.kit.connector.flow(AuthorisationCode))


@by_consent
def declared_flow_leads_to_tokens(bench: Bench[Any]) -> None:
    """By the addresses and facts of the flow a customer agrees, and their tokens are got, renewed and taken back.
    Compare AuthorisationCode with the vendor's pages: paths, pkce, client_auth, scopes, `also`, `revoke`.
    """
    there = visit(bench)
    proof = {"code_verifier": VERIFIER} if there.flow.pkce else {}
    first = there.tokens(grant_type="authorization_code", code=there.code(), redirect_uri=BACK, **proof)
    if "refresh_token" not in first:
        raise Failed("No refresh token came: the customer would have to agree again at every end of a token.")
    second = there.tokens(grant_type="refresh_token", refresh_token=first["refresh_token"])
    expect(there.standing(second) == "valid", f"The renewed token is {there.standing(second)}.")
    if there.flow.revoke:
        answer = there.ask(there.flow.revoke, token=second.get("refresh_token", first["refresh_token"]))
        expect(answer.ok, f"The revocation address {there.flow.revoke.path} answered {answer.status_code}.")
        expect(there.standing(second) == "revoked", f"After the revocation the token is {there.standing(second)}.")


@by_consent
def refresh_tokens_are_used_in_time(bench: Bench[Any]) -> None:
    """A refresh token that ends by itself is used before that, also for a customer who exports nothing.
    Say in `refresh_life` how long one lives; where they do not end, say refresh_seconds=None in the sandbox's policy.
    """
    there = visit(bench)
    life, said = there.customer.sandbox.policy.refresh_seconds, there.flow.refresh_life
    if life is not None:
        told = f"{said.days} days" if said else "nothing"
        in_time = said is not None and said.total_seconds() <= life
        expect(in_time, f"The sandbox's refresh tokens live {life / 86_400:.4g} days, and refresh_life says {told}.")
