import base64
import json

import pytest
import requests

from connectors.kit.sandbox import Client, consent
from connectors.xero.sandbox import GRANULAR, HARBOUR, NORDWIND, XeroSandbox
from connectors.xero.tests.app_in_xero import BACK, CLIENT, SCOPES, AppInXero

VERIFIER = "v" * 43
CHALLENGE = "NGIyOTk1ZWZkMGZmYzk4YjY2YWFmNjJmNTRkZjJkODU"  # not the verifier's hash


@pytest.fixture
def app(sandbox: XeroSandbox) -> AppInXero:
    return AppInXero(sandbox, NORDWIND)


def claims(token: str) -> dict[str, object]:
    payload = token.split(".")[1]
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def test_consent_gives_a_code_and_returns_the_state(app: AppInXero) -> None:
    back = app.authorize()
    assert back.keys() == {"code", "state"}
    assert back["state"] == "s1"


def test_the_access_token_lives_half_an_hour_and_names_the_consent(app: AppInXero) -> None:
    app.connect()
    assert app.tokens["expires_in"] == 1800
    said = claims(app.tokens["access_token"])
    [connection] = app.call("GET", "/connections").json()
    assert said["authentication_event_id"] == connection["authEventId"]
    assert said["xero_userid"]
    assert said["scope"] == SCOPES.split()


def test_without_offline_access_there_is_no_refresh_token(app: AppInXero) -> None:
    app.connect(scope="openid accounting.invoices")
    assert "refresh_token" not in app.tokens


def test_without_openid_there_is_no_id_token(app: AppInXero) -> None:
    app.connect(scope="accounting.invoices")
    assert "id_token" not in app.tokens


@pytest.mark.parametrize("scope", ["accounting.invoices accounting.everything", "", "payroll.employees"])
def test_an_unknown_or_missing_scope_is_an_invalid_scope(app: AppInXero, scope: str) -> None:
    assert app.authorize(scope=scope)["error"] == "invalid_scope"


def test_an_app_of_today_may_not_ask_for_the_broad_scopes(sandbox: XeroSandbox) -> None:
    young = Client("young", "s", (BACK,), scopes=tuple(GRANULAR))
    sandbox.oauth.register([young])
    app = AppInXero(sandbox, NORDWIND, young)
    assert app.authorize(scope="accounting.transactions")["error"] == "invalid_scope"
    assert "code" in app.authorize(scope="accounting.invoices")


def test_the_user_may_say_no(app: AppInXero) -> None:
    assert "error=access_denied" in consent(app.address(), decision="deny")


def test_a_redirect_to_127_0_0_1_is_refused_even_when_registered(app: AppInXero) -> None:
    shown = requests.get(app.address(redirect_uri="http://127.0.0.1:9/back"), timeout=10, allow_redirects=False)
    assert shown.status_code == 400
    assert "Location" not in shown.headers


def test_an_unregistered_redirect_is_refused_without_redirecting(app: AppInXero) -> None:
    shown = requests.get(app.address(redirect_uri="http://localhost:9/other"), timeout=10, allow_redirects=False)
    assert shown.status_code == 400


def test_a_code_works_once(app: AppInXero) -> None:
    code = app.authorize()["code"]
    assert app.exchange(code).status_code == 200
    assert app.exchange(code).json()["error"] == "invalid_grant"


def test_a_code_is_dead_after_five_minutes(app: AppInXero) -> None:
    code = app.authorize()["code"]
    app.sandbox.clock.advance(301)
    assert app.exchange(code).json()["error"] == "invalid_grant"


def test_the_token_endpoint_wants_basic_authentication(app: AppInXero) -> None:
    form = {"grant_type": "authorization_code", "code": app.authorize()["code"], "redirect_uri": BACK}
    form |= {"client_id": CLIENT.id, "client_secret": CLIENT.secret}
    answer = requests.post(f"{app.sandbox.url}/connect/token", form, timeout=10)
    assert answer.json()["error"] == "invalid_client"


def test_pkce_is_optional_but_then_checked(app: AppInXero) -> None:
    code = app.authorize(code_challenge=CHALLENGE, code_challenge_method="S256")["code"]
    assert app.exchange(code, code_verifier=VERIFIER).json()["error"] == "invalid_grant"


def test_another_grant_type_is_unsupported(app: AppInXero) -> None:
    assert app.token(grant_type="password").json()["error"] == "unsupported_grant_type"


def test_every_refresh_returns_a_new_pair_that_works(app: AppInXero) -> None:
    old = app.connect().tokens
    app.tokens = app.refresh(old["refresh_token"]).json()
    assert app.tokens["refresh_token"] != old["refresh_token"]
    assert app.call("GET", "/Organisation").status_code == 200


def test_a_refresh_token_whose_answer_was_lost_works_again_for_half_an_hour(app: AppInXero) -> None:
    old = app.connect().tokens["refresh_token"]
    app.refresh(old)
    app.sandbox.clock.advance(1790)
    again = app.refresh(old)
    assert again.status_code == 200
    assert app.refresh(again.json()["refresh_token"]).status_code == 200


def test_after_the_grace_the_old_refresh_token_is_an_invalid_grant(app: AppInXero) -> None:
    old = app.connect().tokens["refresh_token"]
    new = app.refresh(old).json()["refresh_token"]
    app.sandbox.clock.advance(1801)
    answer = app.refresh(old)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert app.refresh(new).status_code == 200


def test_a_refresh_token_dies_when_unused_for_sixty_days(app: AppInXero) -> None:
    old = app.connect().tokens["refresh_token"]
    app.sandbox.clock.advance(60 * 24 * 3600 + 1)
    assert app.refresh(old).json()["error"] == "invalid_grant"


def test_scopes_add_up_over_consents(app: AppInXero) -> None:
    app.connect(scope="offline_access accounting.invoices")
    app.connect(scope="offline_access accounting.contacts")
    assert set(app.tokens["scope"].split()) == {"offline_access", "accounting.invoices", "accounting.contacts"}


def test_consent_connects_only_the_organisation_chosen(app: AppInXero) -> None:
    app.connect("Harbour & Finch Ltd")
    [connection] = app.call("GET", "/connections").json()
    assert connection["tenantId"] == HARBOUR
    assert connection["tenantType"] == "ORGANISATION"
    assert connection["tenantName"] == "Harbour & Finch Ltd"
    assert connection["id"] not in {connection["tenantId"], connection["authEventId"]}


def test_consent_may_connect_all_organisations_at_once(app: AppInXero) -> None:
    app.connect("All organisations")
    assert {c["tenantId"] for c in app.call("GET", "/connections").json()} == {NORDWIND, HARBOUR}


def test_connections_are_filtered_by_the_consent_that_made_them(app: AppInXero) -> None:
    app.connect()
    [connection] = app.call("GET", f"/connections?authEventId={app.connected_by()}").json()
    assert connection["tenantId"] == NORDWIND
    assert app.call("GET", "/connections?authEventId=another").json() == []


def test_connecting_again_keeps_the_connection(app: AppInXero) -> None:
    [first] = app.connect().call("GET", "/connections").json()
    [again] = app.connect().call("GET", "/connections").json()
    assert again["id"] == first["id"]
    assert again["authEventId"] != first["authEventId"]


def test_connections_have_seven_digits_of_a_second_and_no_zone(app: AppInXero) -> None:
    [connection] = app.connect().call("GET", "/connections").json()
    assert len(connection["createdDateUtc"]) == len("2019-12-07T18:46:19.5165400")


def test_a_deleted_connection_forbids_calls_but_not_refreshing(app: AppInXero) -> None:
    [connection] = app.connect().call("GET", "/connections").json()
    assert app.call("DELETE", f"/connections/{connection['id']}").status_code == 204
    assert app.call("DELETE", f"/connections/{connection['id']}").status_code == 404
    assert app.call("GET", "/Organisation").status_code == 403
    assert app.refresh(app.tokens["refresh_token"]).status_code == 200


def test_a_connection_is_deleted_by_its_own_id_not_the_organisations(app: AppInXero) -> None:
    assert app.connect().call("DELETE", f"/connections/{NORDWIND}").status_code == 404


def test_revocation_kills_the_tokens_and_the_connections_of_that_user(app: AppInXero) -> None:
    app.connect()
    form = {"token": app.tokens["refresh_token"]}
    basic = (CLIENT.id, CLIENT.secret)
    answer = requests.post(f"{app.sandbox.url}/connect/revocation", form, auth=basic, timeout=10)
    assert (answer.status_code, answer.content) == (200, b"")
    assert app.refresh(app.tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.call("GET", "/connections").status_code == 401
    assert app.sandbox.store["connections"].find() == []


def test_revocation_leaves_another_users_connection_alone(app: AppInXero) -> None:
    other = AppInXero(app.sandbox, HARBOUR).connect()
    app.connect()
    form = {"token": app.tokens["refresh_token"]}
    requests.post(f"{app.sandbox.url}/connect/revocation", form, auth=(CLIENT.id, CLIENT.secret), timeout=10)
    assert other.call("GET", "/Organisation").status_code == 200
