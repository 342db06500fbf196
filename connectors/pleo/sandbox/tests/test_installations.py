"""The installation that comes with an authorisation."""

from connectors.pleo.sandbox import PleoSandbox
from connectors.pleo.sandbox.tests.app import CLIENT, App

ME = "/v1/installations/me"


def test_an_installation_comes_with_the_authorisation(app: App) -> None:
    found = app.get("/v1/installations/me").json()
    assert (found["status"], found["resource"]) == ("ACTIVATED", f"urn:pleo:company:{app.company}")


def test_removing_the_installation_revokes_every_token(app: App, pleo: PleoSandbox) -> None:
    other = App(pleo)
    assert app.call("DELETE", "/v1/installations/me").status_code == 204
    assert [one.get("/v1/introspect").status_code for one in (app, other)] == [401, 401]
    refreshed = app.token(grant_type="refresh_token", refresh_token=app.tokens["refresh_token"])
    assert refreshed.json()["error"] == "invalid_grant"


def test_where_it_needs_activation_the_application_says_when_it_is_ready() -> None:
    with PleoSandbox(clients=[CLIENT], needs_activation=True) as pleo:
        app = App(pleo)
        assert app.get(ME).json()["status"] == "AUTHORIZED"
        waiting = app.put(ME, {"status": "PENDING_INTEGRATION", "metadata": {"a": {}}}).json()
        assert (waiting["status"], waiting["metadata"]) == ("PENDING_INTEGRATION", {"a": {}})
        for _ in range(2):
            active = app.post(f"{ME}:activate").json()
            assert (active["status"], active["metadata"]) == ("ACTIVATED", {"a": {}})


def test_an_error_has_a_code_until_it_is_over(app: App) -> None:
    assert app.put(ME, {"status": "ERROR", "errorCode": "NOT_ENTITLED"}).json()["errorCode"] == "NOT_ENTITLED"
    assert "errorCode" not in app.post(f"{ME}:activate").json()


def test_connecting_again_keeps_the_installation(app: App, pleo: PleoSandbox) -> None:
    assert App(pleo).get(ME).json()["id"] == app.get(ME).json()["id"]


def test_after_its_removal_connecting_again_makes_a_new_one(app: App, pleo: PleoSandbox) -> None:
    old = app.get(ME).json()["id"]
    app.call("DELETE", ME)
    assert App(pleo).get(ME).json()["id"] != old
