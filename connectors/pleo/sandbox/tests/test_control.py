"""What a test or a demo does to the sandbox by HTTP."""

import requests
import simplejson

from connectors.pleo.sandbox import PleoSandbox
from connectors.pleo.sandbox.tests.app import App, endpoint, refusal


def control(pleo: PleoSandbox, path: str, **body: object) -> requests.Response:
    return requests.post(f"{pleo.url}/_sandbox/{path}", json=body, timeout=30)


def test_an_export_of_a_named_seed(app: App, pleo: PleoSandbox) -> None:
    exported = control(pleo, "export", company=app.company, entries=40, seed="hostile/2")
    job = exported.json()["job"]
    assert (exported.status_code, pleo.job(job)["numberOfItems"]) == (201, 40)
    assert set(app.entries(job)) == set(pleo.add_entries(app.company, 40, "hostile/2"))
    spoiled = requests.get(f"{pleo.url}/_sandbox/spoiled", {"job": job}, timeout=10).json()
    assert 5 < len(spoiled) < 30
    assert spoiled == pleo.spoiled(app.entries(job))


def test_an_export_of_a_seed_that_is_not_there_is_refused(app: App, pleo: PleoSandbox) -> None:
    refused = control(pleo, "export", company=app.company, entries=4, seed="everyone")
    assert (refused.status_code, "month-end" in refused.text) == (400, True)
    assert pleo.store["queue"].count() == 0


def test_the_user_cancels(app: App, pleo: PleoSandbox) -> None:
    job = app.export(2)
    assert control(pleo, "cancel", job=job).json()["job"]["failureReasonType"] == "canceled_by_user"
    assert {item["status"] for item in pleo.items(job)} == {"abandoned"}
    assert control(pleo, "cancel", job="nothing").status_code == 404


def test_contra_accounts_are_taken_away(app: App, pleo: PleoSandbox) -> None:
    pleo.add_entries(app.company, 1, kinds=["card_purchase"])
    control(pleo, "contra-accounts", company=app.company, mapped=False)
    refused = app.post("/v3/export-jobs", {"companyId": app.company})
    assert refusal(refused) == (400, "MISSING_CONTRA_ACCOUNTS")
    control(pleo, "contra-accounts", company=app.company, mapped=True)
    assert app.post("/v3/export-jobs", {"companyId": app.company}).status_code == 201


def test_entries_without_contra_account_do_not_need_them(app: App, pleo: PleoSandbox) -> None:
    pleo.map_contra_accounts(app.company, False)
    assert len(app.entries(app.export(3))) == 3


def test_events_are_called_as_in_the_prose(app: App, pleo: PleoSandbox) -> None:
    control(pleo, "webhooks", prose_names=True)
    with endpoint() as listening:
        app.post("/v1/subscriptions", {"endpointUrl": listening.address, "eventTypes": ["v1.export-job.created"]})
        app.export(1)
        _, body = listening.next()
    assert simplejson.loads(body)["eventType"] == "v1.export.job-created"


def test_somebody_makes_a_vendor(app: App, pleo: PleoSandbox) -> None:
    made = control(pleo, "vendors", company=app.company, name="Möbel Huber", defaultCurrency="EUR")
    assert (made.status_code, made.json()["state"]) == (201, "DRAFT")
