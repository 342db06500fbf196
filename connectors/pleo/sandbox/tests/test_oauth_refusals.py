"""Each refusal of the authorisation server."""

import base64
import hashlib
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from connectors.kit.sandbox import Client, consent
from connectors.pleo.sandbox import PleoSandbox
from connectors.pleo.sandbox.oauth_refusals import OAUTH_REFUSALS
from connectors.pleo.sandbox.tests.app import CALLBACK, CLIENT, VERIFIER, App, authorise_url

Case = Callable[[PleoSandbox], requests.Response]
PLAIN = "http://causeway.example/callback"
OTHER = Client("other", "0ther", (CALLBACK, PLAIN), scopes=("companies:read",))
WRONG = "w" * 64


def _asks(**changed: str | None) -> Case:
    """At the consent page; what is sent back to the application is not followed."""

    def case(pleo: PleoSandbox) -> requests.Response:
        return requests.get(authorise_url(pleo, **changed), timeout=10, allow_redirects=False)

    return case


def _says_no(pleo: PleoSandbox) -> requests.Response:
    answered = requests.Response()
    answered.status_code = 302
    answered.headers["Location"] = consent(authorise_url(pleo), "Nordwind GmbH", "deny")
    return answered


def _sends(pleo: PleoSandbox, client: Client = CLIENT, secret: str | None = None, **form: str) -> requests.Response:
    auth = (client.id, client.secret if secret is None else secret)
    return requests.post(f"{pleo.url}/oauth/token", form, auth=auth, timeout=10)


def _code(pleo: PleoSandbox, **changed: str) -> str:
    return parse_qs(urlsplit(consent(authorise_url(pleo, **changed), "Nordwind GmbH")).query)["code"][0]


def _exchanges(pleo: PleoSandbox, client: Client = CLIENT, **changed: str) -> requests.Response:
    usual = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    return _sends(pleo, client, **(usual | changed))


def _uses_a_code_twice(pleo: PleoSandbox) -> requests.Response:
    code = _code(pleo)
    assert _exchanges(pleo, code=code).status_code == 200
    return _exchanges(pleo, code=code)


def _comes_late(pleo: PleoSandbox) -> requests.Response:
    code = _code(pleo)
    pleo.clock.advance(60)
    return _exchanges(pleo, code=code)


def _is_too_short(pleo: PleoSandbox) -> requests.Response:
    hashed = hashlib.sha256(b"short").digest()
    challenge = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
    return _exchanges(pleo, code=_code(pleo, code_challenge=challenge), code_verifier="short")


def _refreshes(pleo: PleoSandbox, token: str, client: Client = CLIENT) -> requests.Response:
    return _sends(pleo, client, grant_type="refresh_token", refresh_token=token)


def _is_revoked(pleo: PleoSandbox) -> requests.Response:
    token = App(pleo).tokens["refresh_token"]
    pleo.revoke()
    return _refreshes(pleo, token)


def _kills_the_family(pleo: PleoSandbox, app: App, old: str) -> requests.Response:
    """The old token is refused, and then so is the newest one."""
    newest = app.tokens = _refreshes(pleo, app.tokens["refresh_token"]).json()
    refused = _refreshes(pleo, old)
    assert _refreshes(pleo, newest["refresh_token"]).status_code == 400
    assert app.get("/v1/introspect").status_code == 401
    return refused


def _is_reused(pleo: PleoSandbox) -> requests.Response:
    app = App(pleo)
    return _kills_the_family(pleo, app, app.tokens["refresh_token"])


def _has_expired(pleo: PleoSandbox) -> requests.Response:
    app = App(pleo)
    old = app.tokens["refresh_token"]
    app.tokens = _refreshes(pleo, old).json()
    pleo.clock.advance(30 * 24 * 3600)
    app.tokens = _refreshes(pleo, app.tokens["refresh_token"]).json()
    pleo.clock.advance(30 * 24 * 3600)
    return _kills_the_family(pleo, app, old)


def _introspects_without_client(pleo: PleoSandbox) -> requests.Response:
    return requests.post(f"{pleo.url}/oauth/token/introspect", {"token": "x"}, timeout=10)


CASES: dict[str, Case] = {
    "authorise-client-unknown": _asks(client_id="nobody"),
    "authorise-redirect-mismatch": _asks(redirect_uri=CALLBACK + "/x"),
    "authorise-redirect-plain-http": _asks(client_id=OTHER.id, redirect_uri=PLAIN, scope="companies:read"),
    "authorise-no-code-asked": _asks(response_type="token"),
    "authorise-scope-unknown": _asks(scope="export:read"),
    "authorise-scope-not-registered": _asks(client_id=OTHER.id, scope="export-jobs:read"),
    "authorise-pkce-missing": _asks(code_challenge=None, code_challenge_method=None),
    "authorise-pkce-plain": _asks(code_challenge_method="plain"),
    "authorise-denied": _says_no,
    "token-client-unknown": lambda pleo: _sends(pleo, Client("nobody", "x", ()), grant_type="refresh_token"),
    "token-secret-wrong": lambda pleo: _sends(pleo, secret="guess", grant_type="refresh_token"),
    "token-grant-type": lambda pleo: _sends(pleo, grant_type="client_credentials"),
    "code-unknown": lambda pleo: _exchanges(pleo, code="guess"),
    "code-of-another-client": lambda pleo: _exchanges(pleo, OTHER, code=_code(pleo)),
    "code-used": _uses_a_code_twice,
    "code-expired": _comes_late,
    "code-redirect-mismatch": lambda pleo: _exchanges(pleo, code=_code(pleo), redirect_uri=CALLBACK + "/x"),
    "code-verifier-missing": lambda pleo: _exchanges(pleo, code=_code(pleo), code_verifier=""),
    "code-verifier-wrong": lambda pleo: _exchanges(pleo, code=_code(pleo), code_verifier=WRONG),
    "code-verifier-short": _is_too_short,
    "refresh-unknown": lambda pleo: _refreshes(pleo, "guess"),
    "refresh-of-another-client": lambda pleo: _refreshes(pleo, App(pleo).tokens["refresh_token"], OTHER),
    "refresh-revoked": _is_revoked,
    "refresh-expired": _has_expired,
    "refresh-used": _is_reused,
    "introspect-without-client": _introspects_without_client,
}


def test_every_refusal_has_a_case() -> None:
    assert sorted(OAUTH_REFUSALS.keys() ^ CASES.keys()) == []


@pytest.mark.parametrize("name", OAUTH_REFUSALS)
def test_it_is_refused(pleo: PleoSandbox, name: str) -> None:
    with pleo.store.transaction():
        pleo.oauth.register([OTHER])
    answered, found = CASES[name](pleo), OAUTH_REFUSALS[name]
    assert answered.status_code == found.status
    if found.type == "page":
        assert found.message in answered.text
        return
    told = _told(answered)
    assert (told["error"], told.get("error_description", "")) == (found.type, found.message)


def _told(answered: requests.Response) -> dict[str, str]:
    if answered.is_redirect:
        query = parse_qs(urlsplit(answered.headers["Location"]).query)
        assert query["state"] == ["s"]
        return {name: values[0] for name, values in query.items()}
    found: dict[str, str] = answered.json()
    return found
