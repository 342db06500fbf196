"""The other way in: a person's own log-in, with PKCE."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from connectors.kit.sandbox import Client, consent
from connectors.netsuite.sandbox import NORDWIND, NetSuiteSandbox
from connectors.netsuite.sandbox.identity import TOKEN

BACK = "http://localhost:9/connected"
APPLICATION = Client("an-integration", "not-so-secret", (BACK,))
#: Of the sample request in Oracle's help (section_158081944642).
ORACLES_CHALLENGE = "Who5QBshz2Mu1Mq6GuAknYA5TnjA-0z7VhAgLloec1s"
#: A verifier and its challenge, of RFC 7636, appendix B.
VERIFIER, CHALLENGE = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def address(sandbox: NetSuiteSandbox, **asked: str) -> str:
    sandbox.oauth.register([APPLICATION])
    usual = {
        "response_type": "code",
        "client_id": APPLICATION.id,
        "redirect_uri": BACK,
        "scope": "rest_webservices restlets",
        "state": "ykv2XLx1BpT5Q0F3MRPHb94j",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **asked,
    }
    return f"{sandbox.url}/app/login/oauth2/authorize.nl?{urlencode({k: v for k, v in usual.items() if v})}"


def test_oracles_own_sample_is_a_request_that_is_taken(sandbox: NetSuiteSandbox) -> None:
    page = requests.get(address(sandbox, code_challenge=ORACLES_CHALLENGE), timeout=10, allow_redirects=False)

    assert page.status_code == 200


@pytest.mark.parametrize("changes", [{"code_challenge_method": "plain"}, {"code_challenge": ""}])
def test_without_s256_nothing_is_asked(sandbox: NetSuiteSandbox, changes: dict[str, str]) -> None:
    page = requests.get(address(sandbox, **changes), timeout=10, allow_redirects=False)

    assert page.status_code == 302
    assert parse_qs(urlsplit(page.headers["Location"]).query)["error"] == ["invalid_request"]


@pytest.mark.parametrize(("verifier", "status"), [(VERIFIER, 200), (VERIFIER[::-1], 400)])
def test_a_code_is_for_whoever_knows_the_verifier(sandbox: NetSuiteSandbox, verifier: str, status: int) -> None:
    back = consent(address(sandbox), f"localhost.{NORDWIND}")
    code = parse_qs(urlsplit(back).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": verifier}

    given = requests.post(sandbox.url + TOKEN, data=form, auth=(APPLICATION.id, APPLICATION.secret), timeout=10)
    assert given.status_code == status
