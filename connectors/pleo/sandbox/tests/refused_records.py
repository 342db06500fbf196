"""What is refused of subscriptions, of the installation and of vendors."""

from typing import Any

import requests

from connectors.pleo.sandbox.tests.app import SCOPES, App
from connectors.pleo.sandbox.tests.refused import case

NOBODY = "00000000-0000-4000-8000-000000000000"
INSTALLATION = "/v1/installations/me"


def subscribes(app: App, **changed: Any) -> requests.Response:
    body = {"endpointUrl": "https://mw.example/hooks", "eventTypes": ["v1.export-job.created"]}
    return app.post("/v1/subscriptions", body | changed)


def keeper(app: App) -> App:
    """The application, with the rights to vendors too."""
    return App(app.sandbox, scopes=f"{SCOPES} vendors:read vendors:write")


def names_a_vendor(app: App, **changed: Any) -> requests.Response:
    body = {"companyId": app.company, "name": "Rail AB", "defaultCurrency": "SEK", "code": "V-1"}
    return app.post("/v1/vendors", body | changed)


@case("subscription-unknown")
def _(app: App) -> requests.Response:
    return app.get(f"/v1/subscriptions/{NOBODY}")


@case("subscription-filter-unknown")
def _(app: App) -> requests.Response:
    return app.get("/v1/subscriptions", event_types="v1.tag.created")


@case("subscription-events-unknown")
def _(app: App) -> requests.Response:
    return subscribes(app, eventTypes=["v1.export.job-created"])


@case("subscription-address")
def _(app: App) -> requests.Response:
    assert subscribes(app, endpointUrl="mw.example").status_code == 400
    return subscribes(app, endpointUrl="http://mw.example/hooks")


@case("subscription-headers")
def _(app: App) -> requests.Response:
    return subscribes(app, customHeaders={"x-tenant": 1})


@case("subscription-status")
def _(app: App) -> requests.Response:
    return subscribes(app, status="ON")


@case("subscription-auth")
def _(app: App) -> requests.Response:
    return subscribes(app, endpointAuth={"type": "DIGEST"})


@case("installation-unknown")
def _(app: App) -> requests.Response:
    with app.sandbox.store.transaction():
        for found in app.sandbox.store["installations"].find():
            app.sandbox.store["installations"].delete(f"{found['applicationId']} {app.company}")
    return app.post(f"{INSTALLATION}:activate")


@case("installation-exists")
def _(app: App) -> requests.Response:
    return app.post(INSTALLATION, {"metadata": {}})


@case("installation-status-unknown")
def _(app: App) -> requests.Response:
    return app.put(INSTALLATION, {"status": "ON"})


@case("installation-error-unknown")
def _(app: App) -> requests.Response:
    return app.put(INSTALLATION, {"status": "ERROR", "errorCode": "TIRED"})


@case("installation-error-alone")
def _(app: App) -> requests.Response:
    return app.put(INSTALLATION, {"status": "INACTIVE", "errorCode": "AUTH_ERROR"})


@case("installation-metadata")
def _(app: App) -> requests.Response:
    return app.put(INSTALLATION, {"status": "ACTIVATED", "metadata": []})


@case("installation-moves-not")
def _(app: App) -> requests.Response:
    return app.put(INSTALLATION, {"status": "AUTHORIZED"})


@case("vendor-unknown")
def _(app: App) -> requests.Response:
    return keeper(app).get(f"/v1/vendors/{NOBODY}")


@case("vendor-exists")
def _(app: App) -> requests.Response:
    names_a_vendor(keeper(app))
    return names_a_vendor(keeper(app), name="Another")


@case("vendor-currency")
def _(app: App) -> requests.Response:
    return names_a_vendor(keeper(app), defaultCurrency="kronor")


@case("vendor-state-unknown")
def _(app: App) -> requests.Response:
    made = names_a_vendor(keeper(app)).json()["data"]
    body = {"companyId": app.company, "name": "Rail AB", "defaultCurrency": "SEK", "externalId": "x", "state": "ON"}
    return keeper(app).put(f"/v1/vendors/{made['id']}", body)


@case("vendor-moves-not")
def _(app: App) -> requests.Response:
    path = f"/v1/vendors/{names_a_vendor(keeper(app)).json()['data']['id']}"
    assert keeper(app).post(f"{path}:archive").status_code == 204
    return keeper(app).post(f"{path}:activate", {"externalId": "erp-1"})


@case("vendor-filter")
def _(app: App) -> requests.Response:
    return keeper(app).post("/v1/vendors:search", {"codes": ["V-1"] * 101})
