"""What is refused of jobs, events, items and receipts."""

from typing import Any

import requests

from connectors.pleo.sandbox.tests.app import App
from connectors.pleo.sandbox.tests.refused import case

JOBS, NOBODY = "/v3/export-jobs", "00000000-0000-4000-8000-000000000000"


def creates(app: App, **more: Any) -> requests.Response:
    return app.post(JOBS, {"companyId": app.company, **more})


def told(app: App, **outcome: Any) -> requests.Response:
    job = app.export(1)
    return app.report(job, {"accountingEntryId": app.entries(job)[0], **outcome})


def ended(app: App) -> str:
    job = app.export(1)
    app.event(job, "failed")
    return job


def a_file(app: App) -> str:
    data = app.get("/v3/export-items", job_id=app.export(20, "receipts")).json()["data"]
    return next(str(file["url"]) for item in data for file in item["files"])


@case("job-unknown")
def _(app: App) -> requests.Response:
    return app.get(f"{JOBS}/{NOBODY}")


@case("job-filter-unknown")
def _(app: App) -> requests.Response:
    return app.get(JOBS, statuses=["pending", "canceled"])


@case("job-open")
def _(app: App) -> requests.Response:
    app.export(1)
    app.sandbox.add_entries(app.company, 1)
    return creates(app)


@case("job-of-nothing")
def _(app: App) -> requests.Response:
    return creates(app)


@case("entries-malformed")
def _(app: App) -> requests.Response:
    return creates(app, accountingEntryIds=["first"])


@case("entry-unknown")
def _(app: App) -> requests.Response:
    return creates(app, accountingEntryIds=[NOBODY])


@case("entry-exported")
def _(app: App) -> requests.Response:
    job = app.export(1)
    app.event(job, "started")
    app.report(job, {"accountingEntryId": app.entries(job)[0], "status": "successful"})
    app.event(job, "completed")
    return creates(app, accountingEntryIds=app.entries(job))


@case("contra-missing")
def _(app: App) -> requests.Response:
    app.sandbox.add_entries(app.company, 1, kinds=["fee"])
    app.sandbox.map_contra_accounts(app.company, False)
    return creates(app)


@case("event-unknown")
def _(app: App) -> requests.Response:
    return app.event(app.export(1), "canceled")


@case("event-without-reason")
def _(app: App) -> requests.Response:
    return app.event(app.export(1), "started", failureReason="none")


@case("event-reason-unknown")
def _(app: App) -> requests.Response:
    return app.event(app.export(1), "failed", failureReasonType="accounting_system_validation_failure")


@case("event-moves-not")
def _(app: App) -> requests.Response:
    return app.event(app.export(1), "completed")


@case("items-not-array")
def _(app: App) -> requests.Response:
    return app.put(f"{JOBS}/{app.export(1)}/items", {"items": []})


@case("items-too-many")
def _(app: App) -> requests.Response:
    job = app.export(101)
    return app.report(job, *({"accountingEntryId": e, "status": "successful"} for e in app.entries(job)))


@case("items-after-end")
def _(app: App) -> requests.Response:
    job = ended(app)
    return app.report(job, {"accountingEntryId": app.entries(job)[0], "status": "successful"})


@case("item-filter-unknown")
def _(app: App) -> requests.Response:
    return app.get(f"{JOBS}/{app.export(1)}/items", status="done")


@case("item-status-unknown")
def _(app: App) -> requests.Response:
    return told(app, status="done")


@case("item-reason-unknown")
def _(app: App) -> requests.Response:
    return told(app, status="failed", failureReasonType="job_expired")


@case("item-without-reason")
def _(app: App) -> requests.Response:
    return told(app, status="successful", failureReasonType="unexpected_failure")


@case("item-moment-malformed")
def _(app: App) -> requests.Response:
    return told(app, status="successful", exportedAt="2026-03-02T09:05:11")


@case("item-not-in-job")
def _(app: App) -> requests.Response:
    return app.report(app.export(1), {"accountingEntryId": NOBODY, "status": "successful"})


@case("item-final")
def _(app: App) -> requests.Response:
    job = app.export(1)
    app.report(job, {"accountingEntryId": app.entries(job)[0], "status": "failed"})
    return app.report(job, {"accountingEntryId": app.entries(job)[0], "status": "successful"})


@case("item-not-updated")
def _(app: App) -> requests.Response:
    job = app.export(1)
    app.sandbox.stubborn.add(app.entries(job)[0])
    return app.report(job, {"accountingEntryId": app.entries(job)[0], "status": "successful"})


@case("payloads-without-job")
def _(app: App) -> requests.Response:
    return app.get("/v3/export-items")


@case("payloads-after-end")
def _(app: App) -> requests.Response:
    return app.get("/v3/export-items", job_id=ended(app))


@case("payloads-without-contra")
def _(app: App) -> requests.Response:
    app.sandbox.add_entries(app.company, 1, kinds=["fee"])
    job = app.sandbox.export(app.company)
    app.sandbox.map_contra_accounts(app.company, False)
    return app.get("/v3/export-items", job_id=job["id"])


@case("file-signature-wrong")
def _(app: App) -> requests.Response:
    return requests.get(a_file(app).replace("expires=", "expires=9"), timeout=10)


@case("file-expired")
def _(app: App) -> requests.Response:
    address = a_file(app)
    app.sandbox.clock.advance(24 * 3600)
    return requests.get(address, timeout=10)
