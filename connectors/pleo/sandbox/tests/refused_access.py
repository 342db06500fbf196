"""Who is refused: tokens, scopes, companies, bodies and lists."""

import requests

from connectors.pleo.sandbox.tests.app import SCOPES, App
from connectors.pleo.sandbox.tests.refused import case

JOBS = "/v3/export-jobs"
OTHER = "Harbour & Finch Ltd"


@case("token-missing")
def _(app: App) -> requests.Response:
    return requests.get(app.sandbox.url + JOBS, timeout=10)


@case("token-unknown")
def _(app: App) -> requests.Response:
    app.tokens["access_token"] = "made-up"
    return app.get(JOBS)


@case("token-expired")
def _(app: App) -> requests.Response:
    app.sandbox.clock.advance(900)
    return app.get(JOBS)


@case("token-revoked")
def _(app: App) -> requests.Response:
    app.sandbox.revoke(app.company)
    return app.get(JOBS)


@case("scope-missing")
def _(app: App) -> requests.Response:
    return App(app.sandbox, scopes=SCOPES.replace("export-jobs:read", "")).get(JOBS)


@case("rate-limit")
def _(app: App) -> requests.Response:
    app.sandbox.rate_limit.per_minute = 1
    app.get(JOBS)
    return app.get(JOBS)


@case("company-of-others")
def _(app: App) -> requests.Response:
    return app.get(JOBS, company_id=app.sandbox.company_id(OTHER))


@case("company-id-malformed")
def _(app: App) -> requests.Response:
    return app.get(JOBS, company_id="nordwind")


@case("company-id-missing")
def _(app: App) -> requests.Response:
    return App(app.sandbox, "Nordlicht Holding").get(JOBS)


@case("company-unknown")
def _(app: App) -> requests.Response:
    return app.get(f"/v1/companies/{app.sandbox.company_id(OTHER)}")


@case("organisation-of-others")
def _(app: App) -> requests.Response:
    return app.get("/v1/companies", organization_id=app.sandbox.company_id("Nordlicht Holding"))


@case("body-not-json")
def _(app: App) -> requests.Response:
    return app.call("POST", JOBS, data="{")


@case("body-not-object")
def _(app: App) -> requests.Response:
    return app.post(JOBS, [])


@case("body-unknown-field")
def _(app: App) -> requests.Response:
    return app.post(JOBS, {"companyId": app.company, "colour": "red"})


@case("body-missing-field")
def _(app: App) -> requests.Response:
    return app.post(JOBS, {})


@case("body-not-text")
def _(app: App) -> requests.Response:
    return app.post("/v3/export-job-events", {"jobId": 7, "event": "started"})


@case("cursors-together")
def _(app: App) -> requests.Response:
    return app.get(JOBS, after="GEYTA===", before="GEYTA===")


@case("cursor-malformed")
def _(app: App) -> requests.Response:
    return app.get(JOBS, after="not-a-cursor")


@case("limit-out-of-bounds")
def _(app: App) -> requests.Response:
    assert app.get(JOBS, limit=0).status_code == 400
    return app.get(JOBS, limit=101)


@case("offset-malformed")
def _(app: App) -> requests.Response:
    return app.get(JOBS, offset=-1)


@case("sorting-lengths")
def _(app: App) -> requests.Response:
    return app.get(JOBS, sorting_keys=["createdAt"], sorting_order=["ASC", "DESC"])


@case("sorting-key-unknown")
def _(app: App) -> requests.Response:
    return app.get(JOBS, sorting_keys="amount", sorting_order="ASC")


@case("sorting-order-unknown")
def _(app: App) -> requests.Response:
    return app.get(JOBS, sorting_keys="createdAt", sorting_order="UP")
