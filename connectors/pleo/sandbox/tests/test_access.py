"""Tokens, scopes, companies and the rate limit."""

import pytest
import requests

from connectors.pleo.sandbox import PleoSandbox
from connectors.pleo.sandbox.tests.app import CLIENT, SCOPES, App, refusal

ANY_JOB = "00000000-0000-4000-8000-000000000000"


def test_tokens_live_for_fifteen_minutes(app: App, pleo: PleoSandbox) -> None:
    assert app.tokens["expires_in"] == 900
    pleo.clock.advance(899)
    assert app.get("/v1/introspect").status_code == 200
    pleo.clock.advance(1)
    assert refusal(app.get("/v1/introspect")) == (401, "UNAUTHORIZED")


def test_the_client_may_prove_itself_in_the_body(app: App, pleo: PleoSandbox) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": app.tokens["refresh_token"]}
    form |= {"client_id": CLIENT.id, "client_secret": CLIENT.secret}
    assert requests.post(f"{pleo.url}/oauth/token", form, timeout=10).status_code == 200


def test_a_reused_refresh_token_kills_the_family(app: App) -> None:
    old = app.tokens["refresh_token"]
    app.tokens = app.token(grant_type="refresh_token", refresh_token=old).json()
    assert app.get("/v1/introspect").status_code == 200
    assert app.token(grant_type="refresh_token", refresh_token=old).status_code == 400
    assert app.get("/v1/introspect").status_code == 401


def test_introspection_names_the_company(app: App, pleo: PleoSandbox) -> None:
    address, form = f"{pleo.url}/oauth/token/introspect", {"token": app.tokens["access_token"]}
    told = requests.post(address, form, auth=(CLIENT.id, CLIENT.secret), timeout=10).json()
    assert told["active"] is True
    assert told["urn:pleo:params:oauth:subject_urn"] == f"urn:pleo:company:{app.company}"
    assert {"sub", "exp", "iat", "client_id", "aud", "iss", "jti"} <= told.keys()


def test_who_am_i_names_company_and_scopes(app: App) -> None:
    about = app.get("/v1/introspect").json()["data"]
    assert about["subjectURN"] == f"urn:pleo:company:{app.company}"
    assert (about["clientId"], about["scope"]) == (CLIENT.id, SCOPES)


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/v3/export-jobs", "export-jobs:read"),
        ("POST", "/v3/export-jobs", "export-jobs:write"),
        ("GET", f"/v3/export-jobs/{ANY_JOB}", "export-jobs:read"),
        ("GET", f"/v3/export-jobs/{ANY_JOB}/items", "export-jobs:read"),
        ("PUT", f"/v3/export-jobs/{ANY_JOB}/items", "export-jobs:write"),
        ("GET", f"/v3/export-items?job_id={ANY_JOB}", "export-items:read"),
        ("POST", "/v3/export-job-events", "export-jobs:write"),
        ("GET", "/v1/companies", "companies:read"),
    ],
)
def test_each_endpoint_wants_its_scope(pleo: PleoSandbox, method: str, path: str, scope: str) -> None:
    all_others = " ".join(word for word in SCOPES.split() if word != scope)
    assert refusal(App(pleo, scopes=all_others).call(method, path, json=[])) == (403, "FORBIDDEN")
    assert App(pleo, scopes=scope).call(method, path, json=[]).status_code not in (401, 403)


@pytest.mark.parametrize("path", ["/v3/export-jobs", "/v1/introspect", "/v1/subscriptions"])
def test_nothing_without_a_token(pleo: PleoSandbox, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic YTpi"}):
        refused = requests.get(pleo.url + path, headers=headers, timeout=10)
        assert refusal(refused) == (401, "UNAUTHORIZED")


def test_another_company_is_forbidden_and_its_jobs_do_not_exist(app: App, outsider: App) -> None:
    job = app.export(1)
    asked = {"companyId": app.company}
    assert refusal(outsider.get("/v3/export-jobs", company_id=app.company)) == (403, "FORBIDDEN")
    assert refusal(outsider.post("/v3/export-jobs", asked)) == (403, "FORBIDDEN")
    for response in (
        outsider.get(f"/v3/export-jobs/{job}"),
        outsider.get(f"/v3/export-jobs/{job}/items"),
        outsider.get("/v3/export-items", job_id=job),
        outsider.report(job),
        outsider.event(job, "started"),
    ):
        assert refusal(response) == (404, "EXPORT_NOT_FOUND")
    assert outsider.get("/v3/export-jobs").json()["data"] == []
    assert refusal(outsider.get(f"/v1/companies/{app.company}")) == (404, "COMPANY_NOT_FOUND")


def test_the_tokens_company_is_shown(app: App) -> None:
    assert app.get(f"/v1/companies/{app.company}").json()["data"]["name"] == "Nordwind GmbH"
    assert [one["id"] for one in app.get("/v1/companies").json()["data"]] == [app.company]


def test_more_than_the_rate_limit_is_429_until_the_minute_is_over() -> None:
    with PleoSandbox(clients=[CLIENT], rate_limit=3) as pleo:
        app, neighbour = App(pleo), App(pleo)
        assert [app.get("/v1/introspect").status_code for _ in range(3)] == [200, 200, 200]
        refused = app.get("/v1/introspect")
        assert refusal(refused) == (429, "TOO_MANY_REQUESTS")
        assert 0 < int(refused.headers["Retry-After"]) <= 61
        assert neighbour.get("/v1/introspect").status_code == 200
        pleo.clock.advance(int(refused.headers["Retry-After"]))
        assert app.get("/v1/introspect").status_code == 200


def test_a_company_that_removed_the_app_is_closed(app: App, outsider: App, pleo: PleoSandbox) -> None:
    pleo.revoke(app.company)
    assert [one.get("/v1/introspect").status_code for one in (app, outsider)] == [401, 200]
