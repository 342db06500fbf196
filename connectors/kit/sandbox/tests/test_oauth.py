"""The rules of RFC 6749 and 7636, and where a vendor's policy decides."""

import pytest
import requests

from connectors.kit.sandbox import consent
from connectors.kit.sandbox.tests.specimen import CALLBACK, CHALLENGE, CLIENT, VERIFIER, Acme, Caller


def test_the_whole_flow_ends_with_a_token_for_the_chosen_company(caller: Caller) -> None:
    tokens = caller.connected("Beta Ltd")
    assert caller.me(tokens["access_token"]).json() == {"company": "c2", "scopes": ["bills:read", "offline"]}
    assert (tokens["expires_in"], tokens["token_type"]) == (900, "Bearer")


def test_the_consent_page_names_application_companies_and_scopes(caller: Caller) -> None:
    shown = requests.get(caller.authorise_url(), timeout=10).text
    for words in ("Causeway", "Acme &amp; Sons", "Beta Ltd", "bills:read", "sandbox"):
        assert words in shown


def test_the_consent_page_escapes_what_it_was_sent(caller: Caller) -> None:
    shown = requests.get(caller.authorise_url(state='"><script>'), timeout=10).text
    assert "<script>" not in shown


def test_state_and_the_query_of_the_redirect_address_come_back(caller: Caller) -> None:
    back = caller.approved(redirect_uri=CALLBACK + "?tenant=7")
    assert (back["state"], back["tenant"]) == ("st+te", "7")


def test_a_no_comes_back_as_access_denied(caller: Caller) -> None:
    location = consent(caller.authorise_url(), decision="deny")
    assert location.startswith(f"{CALLBACK}?error=access_denied")
    assert "state=st%2Bte" in location


@pytest.mark.parametrize(
    "changed", [{"redirect_uri": CALLBACK + "/"}, {"redirect_uri": None}, {"client_id": "stranger"}]
)
def test_nobody_is_redirected_to_an_address_that_is_not_registered(
    caller: Caller, changed: dict[str, str | None]
) -> None:
    answered = requests.get(caller.authorise_url(**changed), timeout=10, allow_redirects=False)
    assert answered.status_code == 400
    assert "Location" not in answered.headers


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": None}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
    ],
)
def test_other_mistakes_go_back_to_the_application(
    caller: Caller, changed: dict[str, str | None], error: str
) -> None:
    assert caller.approved(**changed)["error"] == error


def test_the_form_is_checked_like_the_page(acme: Acme, caller: Caller) -> None:
    form = {"client_id": CLIENT.id, "redirect_uri": CALLBACK, "decision": "approve", "response_type": "code"}
    sent = requests.post(f"{acme.url}/oauth/authorize", form, timeout=10, allow_redirects=False)
    assert "error=invalid_scope" in sent.headers["Location"]


def test_a_company_that_was_not_offered_cannot_be_chosen(caller: Caller) -> None:
    with pytest.raises(requests.HTTPError, match="400"):
        caller.approved("c99")


def test_plain_is_refused_also_where_pkce_is_optional(lenient: Caller) -> None:
    assert lenient.approved(code_challenge_method="plain")["error"] == "invalid_request"
    assert "code" in lenient.approved(code_challenge=None, code_challenge_method=None)


def test_a_vendor_may_refuse_a_host(lenient: Caller) -> None:
    address = "http://127.0.0.1:9/callback"
    client = {"id": "app", "secret": "s3cret", "redirect_uris": [address]}
    requests.post(f"{lenient.sandbox.url}/_sandbox/clients", json=client, timeout=10)
    assert requests.get(lenient.authorise_url(redirect_uri=address), timeout=10).status_code == 400


def test_a_code_works_once_and_a_second_use_takes_its_tokens_with_it(caller: Caller) -> None:
    code = caller.approved()["code"]
    token = caller.exchange(code).json()["access_token"]
    again = caller.exchange(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert caller.me(token).status_code == 401


def test_a_code_lives_for_a_minute(acme: Acme, caller: Caller) -> None:
    code = caller.approved()["code"]
    acme.clock.advance(61)
    assert caller.exchange(code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"code_verifier": CHALLENGE},
        {"redirect_uri": CALLBACK + "?tenant=7"},
        {"code": "guessed"},
    ],
)
def test_a_code_is_worth_nothing_without_all_that_belongs_to_it(caller: Caller, changed: dict[str, str]) -> None:
    form = {"code": caller.approved()["code"]} | changed
    refused = caller.exchange(**form)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def test_a_verifier_where_none_was_announced_is_refused(lenient: Caller) -> None:
    code = lenient.approved(code_challenge=None, code_challenge_method=None)["code"]
    assert lenient.exchange(code, code_verifier=VERIFIER).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("auth", [("app", "wrong"), ("stranger", "s3cret"), None])
def test_a_client_must_prove_itself(caller: Caller, auth: tuple[str, str] | None) -> None:
    refused = caller.token(auth=auth, grant_type="refresh_token", refresh_token="x")
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert refused.headers["WWW-Authenticate"].startswith("Basic")


def test_the_secret_may_come_in_the_body_where_the_vendor_allows_it(caller: Caller, lenient: Caller) -> None:
    for one, status in ((caller, 400), (lenient, 401)):
        form = {"client_id": CLIENT.id, "client_secret": CLIENT.secret, "refresh_token": "x"}
        assert one.token(auth=None, grant_type="refresh_token", **form).status_code == status


def test_another_clients_code_and_token_are_unknown(acme: Acme, caller: Caller) -> None:
    other = {"id": "other", "secret": "o", "redirect_uris": [CALLBACK]}
    requests.post(f"{acme.url}/_sandbox/clients", json=other, timeout=10)
    code, tokens = caller.approved()["code"], caller.connected()
    form = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    stolen = caller.token(auth=("other", "o"), grant_type="authorization_code", **form)
    assert stolen.json()["error"] == "invalid_grant"
    stolen = caller.token(auth=("other", "o"), grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert stolen.json()["error"] == "invalid_grant"
    assert caller.exchange(code).status_code == 200


def test_other_grants_are_not_supported(caller: Caller) -> None:
    assert caller.token(grant_type="password").json()["error"] == "unsupported_grant_type"


def test_a_refresh_gives_a_new_pair_and_ends_the_old_access_token(caller: Caller) -> None:
    old = caller.connected()
    new = caller.refresh(old["refresh_token"]).json()
    assert new["refresh_token"] != old["refresh_token"]
    assert caller.me(new["access_token"]).status_code == 200
    assert caller.me(old["access_token"]).status_code == 401


def test_a_reused_refresh_token_kills_the_family(caller: Caller) -> None:
    old = caller.connected()
    new = caller.refresh(old["refresh_token"]).json()
    assert caller.refresh(old["refresh_token"]).json()["error"] == "invalid_grant"
    assert caller.refresh(new["refresh_token"]).json()["error"] == "invalid_grant"
    assert caller.me(new["access_token"]).status_code == 401


def test_the_family_of_another_consent_lives_on(caller: Caller) -> None:
    first, second = caller.connected(), caller.connected()
    caller.refresh(first["refresh_token"])
    caller.refresh(first["refresh_token"])
    assert caller.refresh(second["refresh_token"]).status_code == 200


def test_within_the_grace_a_rotated_token_may_be_used_again(lenient: Caller) -> None:
    old = lenient.connected()
    assert lenient.refresh(old["refresh_token"]).status_code == 200
    lenient.sandbox.clock.advance(1799)
    new = lenient.refresh(old["refresh_token"])
    assert new.status_code == 200
    lenient.sandbox.clock.advance(1)
    assert lenient.refresh(old["refresh_token"]).json()["error"] == "invalid_grant"
    assert lenient.refresh(new.json()["refresh_token"]).status_code == 200


def test_a_refresh_token_dies_of_age(acme: Acme, caller: Caller) -> None:
    token = caller.connected()["refresh_token"]
    acme.clock.advance(60 * 24 * 3600)
    assert caller.refresh(token).json()["error"] == "invalid_grant"


def test_without_its_scope_there_is_no_refresh_token(lenient: Caller) -> None:
    assert "refresh_token" not in lenient.exchange(lenient.approved(scope="bills:read")["code"]).json()


def test_access_tokens_expire_when_their_time_is_over_or_a_test_says_so(acme: Acme, caller: Caller) -> None:
    acme.oauth.access_seconds = 5
    tokens = caller.connected()
    assert tokens["expires_in"] == 5
    acme.expire_access_tokens()
    assert caller.me(tokens["access_token"]).status_code == 401
    fresh = caller.refresh(tokens["refresh_token"]).json()["access_token"]
    assert caller.me(fresh).status_code == 200
    acme.clock.advance(5)
    assert caller.me(fresh).status_code == 401


def test_a_revoked_company_is_disconnected_and_the_other_is_not(acme: Acme, caller: Caller) -> None:
    first, second = caller.connected("c1"), caller.connected("c2")
    acme.revoke("c1")
    assert caller.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert [caller.me(one["access_token"]).status_code for one in (first, second)] == [401, 200]


def test_introspection_tells_only_the_owner(acme: Acme, caller: Caller) -> None:
    other = {"id": "other", "secret": "o", "redirect_uris": [CALLBACK]}
    requests.post(f"{acme.url}/_sandbox/clients", json=other, timeout=10)
    form, address = {"token": caller.connected()["access_token"]}, f"{acme.url}/oauth/introspect"
    told = requests.post(address, form, auth=(CLIENT.id, CLIENT.secret), timeout=10).json()
    assert (told["active"], told["exp"] - told["iat"]) == (True, 900)
    assert requests.post(address, form, auth=("other", "o"), timeout=10).json() == {"active": False}


def test_revocation_ends_the_family_and_says_yes_to_anything(acme: Acme, caller: Caller) -> None:
    tokens, address = caller.connected(), f"{acme.url}/oauth/revoke"
    for token in (tokens["refresh_token"], "never seen"):
        answered = requests.post(address, {"token": token}, auth=(CLIENT.id, CLIENT.secret), timeout=10)
        assert (answered.status_code, answered.text) == (200, "")
    assert caller.me(tokens["access_token"]).status_code == 401
