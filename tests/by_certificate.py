"""A target whose customers let us in by a certificate: the connector that there is, told to go that way."""

from dataclasses import replace

import pytest

from connectors import registry
from connectors.kit.accounts import AccountId
from connectors.kit.flows import Asked, AuthorisationCode, ClientCredentials
from connectors.kit.sandbox import Sandbox
from connectors.kit.sandbox.assertions import upload

ACCOUNT = AccountId("Account ID", "Under Setup, Company Information.", r"[A-Z0-9]+(_[A-Z0-9]+)?", {"_": "-"})
STEPS = (
    "Open Setup, Integration, Certificates.",
    "Choose the application with the client id {client_id}.",
    "Choose the file that you downloaded, and save.",
)


def lets_in_by_certificate(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, *, algorithm: str = "ES256", both_ways: bool = False
) -> ClientCredentials:
    """Until the end of the test; `both_ways`: the consent page is offered as well."""
    vendor = registry.get(sandbox.key)
    usual = vendor.flow(AuthorisationCode)
    way = ClientCredentials(
        token=usual.token,
        scopes=tuple(scope for scope in usual.scopes if scope != "offline_access"),
        algorithm=algorithm,  # type: ignore[arg-type]
        steps=STEPS,
        certificate_id=Asked("kid", "Certificate ID", "Shown in the list after you saved."),
        title="With a certificate",
        note="An administrator uploads it; it lasts two years.",
    )
    other = replace(usual, title="With a sign-in", note="Somebody signs in.")
    monkeypatch.setattr(vendor, "flows", (way, other) if both_ways else (way,))
    monkeypatch.setattr(sandbox.oauth, "policy", replace(sandbox.policy, assertion_algorithms=("PS256", "ES256")))
    return way


def uploaded(sandbox: Sandbox, pem: str, company: str) -> str:
    """What the customer's administrator does at the vendor; the id that it shows."""
    scopes = registry.get(sandbox.key).flow(ClientCredentials).scopes
    return upload(sandbox, "our-app", pem, scopes, company)
