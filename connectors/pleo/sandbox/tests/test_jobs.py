"""Export jobs: their moves, their end, and what it does to entries."""

from typing import Any

import pytest

from connectors.kit.sandbox import Refused
from connectors.pleo.sandbox import PleoSandbox
from connectors.pleo.sandbox.tests.app import App, refusal

FINAL = ["completed", "completed_with_errors", "failed"]
BAD_MOVE = (422, "INVALID_EXPORT_JOB_STATUS_CHANGE")


def test_a_job_goes_from_pending_over_in_progress_to_completed(app: App, pleo: PleoSandbox) -> None:
    job = app.export(1)
    shown = app.get(f"/v3/export-jobs/{job}").json()["data"]
    assert (shown["status"], shown["numberOfItems"], shown["expiresIn"]) == ("pending", 1, 3600)
    started = app.event(job, "started")
    assert (started.status_code, started.text) == (202, "")
    shown = app.get(f"/v3/export-jobs/{job}").json()["data"]
    assert shown["status"] == "in_progress"
    assert shown["startedAt"]
    assert shown["lastUpdatedAt"]
    assert app.event(job, "completed").status_code == 202
    assert app.get(f"/v3/export-jobs/{job}").json()["data"]["status"] == "completed"
    assert pleo.events(job) == ["started", "completed"]
    assert pleo.final_events(job) == 1


@pytest.mark.parametrize("event", ["completed", "completed_with_errors"])
def test_a_job_that_was_not_started_cannot_be_completed(app: App, event: str) -> None:
    assert refusal(app.event(app.export(1), event)) == BAD_MOVE


def test_a_job_cannot_be_started_twice(app: App) -> None:
    job = app.export(1)
    app.event(job, "started")
    assert refusal(app.event(job, "started")) == BAD_MOVE


@pytest.mark.parametrize("final", FINAL)
def test_a_finished_job_moves_no_more(app: App, pleo: PleoSandbox, final: str) -> None:
    job = app.export(1)
    app.event(job, "started")
    assert app.event(job, final).status_code == 202
    for event in ["started", *FINAL]:
        assert refusal(app.event(job, event)) == BAD_MOVE
    assert pleo.job(job)["status"] == final
    assert pleo.final_events(job) == 1


def test_a_job_may_fail_before_it_starts_and_say_why(app: App) -> None:
    job = app.export(1)
    reason = {"failureReason": "No answer", "failureReasonType": "accounting_system_unreachable"}
    assert app.event(job, "failed", **reason).status_code == 202
    shown = app.get(f"/v3/export-jobs/{job}").json()["data"]
    assert {name: shown[name] for name in reason} == reason


@pytest.mark.parametrize(
    "body",
    [
        {"event": "exploded"},
        {"event": "started", "failureReason": "no"},
        {"event": "completed", "failureReasonType": "validation_failure"},
        {"event": "failed", "failureReasonType": "accounting_system_validation_failure"},
        {"event": "failed", "failureReasonType": "tax_code_unknown"},
        {"event": "failed", "failureReason": 7},
        {"event": None},
        {"event": "failed", "exportJobId": "x"},
    ],
)
def test_an_event_that_is_not_in_the_contract_is_refused(app: App, pleo: PleoSandbox, body: dict[str, Any]) -> None:
    job = app.export(1)
    assert app.post("/v3/export-job-events", {"jobId": job, **body}).status_code == 400
    assert pleo.job(job)["status"] == "pending"


def test_an_event_for_an_unknown_job_is_404(app: App) -> None:
    assert refusal(app.event("00000000-0000-4000-8000-000000000000", "started")) == (404, "EXPORT_NOT_FOUND")


def test_a_company_has_one_open_job(app: App, outsider: App) -> None:
    job = app.export(2)
    app.sandbox.add_entries(app.company, 1, seed=2)
    again = app.post("/v3/export-jobs", {"companyId": app.company})
    assert refusal(again) == (409, "EXPORT_ALREADY_IN_PROGRESS")
    outsider.export(1)
    app.event(job, "failed")
    assert app.post("/v3/export-jobs", {"companyId": app.company}).status_code == 201


def test_the_application_may_create_a_job(app: App, pleo: PleoSandbox) -> None:
    first, second, _ = pleo.add_entries(app.company, 3)
    body = {"companyId": app.company, "accountingEntryIds": [first, second], "isInteractive": False}
    made = app.post("/v3/export-jobs", body | {"options": {"vendorBasedBookkeeping": True}})
    job = made.json()["data"]
    assert (made.status_code, job["numberOfItems"], job["isInteractive"]) == (201, 2, False)
    assert sorted(app.entries(job["id"])) == sorted([first, second])


def test_a_job_of_nothing_or_of_strangers_is_refused(app: App, outsider: App, pleo: PleoSandbox) -> None:
    body = {"companyId": app.company}
    assert refusal(app.post("/v3/export-jobs", body)) == (400, "PROCESSING_FAILED")
    theirs = pleo.add_entries(outsider.company, 1)
    asked = body | {"accountingEntryIds": theirs}
    assert refusal(app.post("/v3/export-jobs", asked)) == (404, "EXPORT_ENTRY_NOT_FOUND")
    asked = body | {"accountingEntryIds": ["x"]}
    assert refusal(app.post("/v3/export-jobs", asked)) == (400, "JSON_MAPPING_EXCEPTION")
    assert refusal(app.post("/v3/export-jobs", {})) == (400, "VALIDATION_FAILED")


def test_jobs_are_listed_by_status_and_company(app: App) -> None:
    first = app.export(1)
    app.event(first, "failed")
    second = str(app.sandbox.export(app.company)["id"])
    for statuses, jobs in (
        ([], [first, second]),
        (["pending"], [second]),
        (["pending", "failed"], [first, second]),
        (["completed"], []),
    ):
        listed = app.get("/v3/export-jobs", statuses=statuses, company_id=app.company).json()
        assert [job["id"] for job in listed["data"]] == jobs
    assert app.get("/v3/export-jobs", statuses="open").status_code == 400
    assert app.get("/v3/export-jobs", company_id="x").status_code == 400


def test_an_hour_after_the_last_action_a_job_expires(app: App, pleo: PleoSandbox) -> None:
    job = app.export(2)
    pleo.clock.advance(3599)
    app.tokens = app.token(grant_type="refresh_token", refresh_token=app.tokens["refresh_token"]).json()
    assert app.event(job, "started").status_code == 202
    pleo.clock.advance(3599)
    app.tokens = app.token(grant_type="refresh_token", refresh_token=app.tokens["refresh_token"]).json()
    kept = app.report(job, {"accountingEntryId": app.entries(job)[0], "status": "in_progress"})
    assert kept.status_code == 200
    pleo.clock.advance(3599)
    assert pleo.job(job)["status"] == "in_progress"
    pleo.clock.advance(1)
    ended = pleo.job(job)
    assert (ended["status"], ended["failureReasonType"]) == ("failed", "job_expired")
    assert ended["expiredAt"]
    assert {item["status"] for item in pleo.items(job)} == {"abandoned"}
    assert pleo.final_events(job) == 0


def test_reading_does_not_keep_a_job_alive(app: App, pleo: PleoSandbox) -> None:
    pleo.expires_in = 600
    job = app.export(1)
    pleo.clock.advance(599)
    app.get("/v3/export-items", job_id=job)
    app.get(f"/v3/export-jobs/{job}")
    pleo.clock.advance(1)
    assert app.get(f"/v3/export-jobs/{job}").json()["data"]["status"] == "failed"


def test_the_user_may_cancel(app: App, pleo: PleoSandbox) -> None:
    job = app.export(1)
    app.event(job, "started")
    pleo.cancel(job)
    assert pleo.job(job)["failureReasonType"] == "canceled_by_user"
    assert refusal(app.event(job, "completed")) == BAD_MOVE
    pleo.cancel(job)
    assert pleo.job(job)["status"] == "failed"


def test_entries_are_locked_during_a_job_and_failed_ones_may_come_again(app: App, pleo: PleoSandbox) -> None:
    job = app.export(3)
    good, bad, left = app.entries(job)
    with pytest.raises(PermissionError):
        pleo.edit_entry(bad, lambda payload: payload.update(note="new"))
    app.event(job, "started")
    app.report(
        job, {"accountingEntryId": good, "status": "successful"}, {"accountingEntryId": bad, "status": "failed"}
    )
    app.event(job, "completed_with_errors")
    assert [item["status"] for item in pleo.items(job)] == ["successful", "failed", "abandoned"]
    pleo.edit_entry(bad, lambda payload: payload.update(note="corrected"))
    again = str(pleo.export(app.company)["id"])
    assert app.entries(again) == [bad, left]
    notes = {item["accountingEntryId"]: item["note"] for item in _data(app, again)}
    assert notes[bad] == "corrected"


def test_an_exported_entry_comes_again_only_when_it_is_asked_for(app: App, pleo: PleoSandbox) -> None:
    job = app.export(1)
    entries = app.entries(job)
    app.event(job, "started")
    app.report(job, {"accountingEntryId": entries[0], "status": "successful"})
    app.event(job, "completed")
    body = {"companyId": app.company, "accountingEntryIds": entries}
    assert refusal(app.post("/v3/export-jobs", body)) == (400, "PROCESSING_FAILED")
    with pytest.raises(Refused):
        pleo.export(app.company)
    assert pleo.export(app.company, entries, again=True)["numberOfItems"] == 1


def test_missing_contra_accounts_stop_the_export(app: App, pleo: PleoSandbox) -> None:
    (entry,) = pleo.add_entries(app.company, 1, kinds=["card_purchase"])
    pleo.edit_entry(entry, lambda payload: payload.update(contraAccount=None))
    refused = app.post("/v3/export-jobs", {"companyId": app.company})
    assert refusal(refused) == (400, "MISSING_CONTRA_ACCOUNTS")


def _data(app: App, job: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = app.get("/v3/export-items", job_id=job).json()["data"]
    return found
