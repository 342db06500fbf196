"""A job that Pleo has ended: whatever is tried with it, the person reads how it ended."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.kit.errors import ContractBroken, JobIsClosed, TryLater
from connectors.kit.exact_json import dumps
from connectors.kit.failures import FailureClass
from connectors.kit.records import Ending, EntryOutcome, Job, JobState, Result
from connectors.kit.sandbox import Fault, Kind
from connectors.pleo.connector import Pleo
from connectors.pleo.tests.app_at_pleo import AppAtPleo, entries_of

AT = datetime(2026, 3, 2, 9, 5, 11, tzinfo=UTC)
Try = Callable[[Pleo, Job], Any]
TRIES: dict[str, Try] = {
    "records": lambda pleo, job: list(pleo.records(job)),
    "report": lambda pleo, job: pleo.report(job, [EntryOutcome("e", Result.SUCCESSFUL, AT)]),
    "keep_alive": lambda pleo, job: pleo.keep_alive(job, ["e"]),
    "start": lambda pleo, job: pleo.start(job),
    "completed": lambda pleo, job: pleo.finish(job, Ending(JobState.COMPLETED)),
    "failed": lambda pleo, job: pleo.finish(job, Ending(JobState.FAILED, FailureClass.ERP_UNAVAILABLE, "Silent.")),
}
ALL = pytest.mark.parametrize("attempt", TRIES.values(), ids=TRIES)
WORKING = pytest.mark.parametrize("attempt", list(TRIES.values())[:3], ids=list(TRIES)[:3])


@pytest.fixture
def job(app: AppAtPleo) -> Job:
    """Two entries, waiting for us."""
    app.sandbox.add_entries(app.company, 2, seed=1)
    return app.pleo.job(app.sandbox.export(app.company)["id"])


@ALL
def test_an_expired_job_says_so(app: AppAtPleo, job: Job, attempt: Try) -> None:
    app.sandbox.clock.advance(3700)
    with pytest.raises(JobIsClosed, match="expired in Pleo") as caught:
        attempt(app.pleo, job)
    assert caught.value.failure is FailureClass.JOB_EXPIRED
    assert "again" in caught.value.sentence


@ALL
def test_a_cancelled_job_says_so(app: AppAtPleo, job: Job, attempt: Try) -> None:
    app.sandbox.cancel(job.id)
    with pytest.raises(JobIsClosed, match="A user cancelled") as caught:
        attempt(app.pleo, job)
    assert caught.value.failure is FailureClass.JOB_CANCELLED


@WORKING
def test_a_finished_job_says_so(app: AppAtPleo, job: Job, attempt: Try) -> None:
    app.pleo.start(job)
    app.pleo.finish(job, Ending(JobState.COMPLETED))
    with pytest.raises(JobIsClosed, match="finished in Pleo already"):
        attempt(app.pleo, job)


@WORKING
def test_a_failed_job_says_of_what(app: AppAtPleo, job: Job, attempt: Try) -> None:
    app.pleo.finish(job, Ending(JobState.FAILED, FailureClass.ERP_UNAVAILABLE, "Xero is silent."))
    with pytest.raises(JobIsClosed, match="accounting_system_unreachable: Xero is silent") as caught:
        attempt(app.pleo, job)
    assert caught.value.failure is FailureClass.ERP_UNAVAILABLE


def test_the_class_of_an_ended_job_is_read_back(app: AppAtPleo, job: Job) -> None:
    assert app.pleo.job(job.id).failure_class is None
    app.sandbox.cancel(job.id)
    found = app.pleo.job(job.id)
    assert (found.state, found.failure_class) == (JobState.FAILED, FailureClass.JOB_CANCELLED)


@pytest.mark.parametrize(
    ("fields", "state", "failure"),
    [
        ({"status": "failed", "failureReasonType": "job_expired"}, JobState.FAILED, FailureClass.JOB_EXPIRED),
        ({"status": "failed", "expiredAt": "2026-03-02T10:00:00Z"}, JobState.FAILED, FailureClass.JOB_EXPIRED),
        ({"status": "expired", "expiredAt": "2026-03-02T10:00:00Z"}, JobState.FAILED, FailureClass.JOB_EXPIRED),
        ({"status": "failed", "failureReasonType": "solar_flare"}, JobState.FAILED, None),
        ({"status": "archived", "completedAt": "2026-03-02T10:00:00Z"}, JobState.FAILED, None),
        ({"status": "completed", "completedAt": "2026-03-02T10:00:00Z"}, JobState.COMPLETED, None),
        ({"status": "pending", "createdAt": "2026-03-02T09:00:00.123456789Z"}, JobState.PENDING, None),
    ],
)
def test_whatever_pleo_calls_it_an_ended_job_is_ended(
    app: AppAtPleo, job: Job, fields: dict[str, Any], state: JobState, failure: FailureClass | None
) -> None:
    pretend(app, job, **fields)
    found = app.pleo.job(job.id)
    assert (found.state, found.failure_class) == (state, failure)


def test_a_state_that_nobody_knows_is_a_broken_contract_and_no_work(app: AppAtPleo, job: Job) -> None:
    pretend(app, job, status="queued")
    with pytest.raises(ContractBroken, match="queued"):
        app.pleo.job(job.id)
    app.sandbox.faults.clear()
    app.sandbox.store["jobs"].change(job.id, status="queued")
    listed = {"data": [app.sandbox.store["jobs"].get(job.id)], "pagination": {"hasNextPage": False}}
    app.sandbox.faults.add(Fault("GET /v3/export-jobs", Kind.STATUS_BEFORE, status=200, body=dumps(listed)))
    assert list(app.pleo.jobs()) == []


def test_a_job_that_pleo_refuses_and_shows_as_open_is_a_broken_contract(app: AppAtPleo, job: Job) -> None:
    body = '{"type": "EXPORT_JOB_STATUS_UNPROCESSABLE"}'
    app.sandbox.faults.add(Fault("PUT /v3/*", Kind.STATUS_BEFORE, status=422, body=body))
    with pytest.raises(ContractBroken, match="pending"):
        app.pleo.keep_alive(job, ["e"])


def test_a_job_that_is_closed_stays_so_if_pleo_then_falls_silent(app: AppAtPleo, job: Job) -> None:
    app.sandbox.cancel(job.id)
    app.sandbox.faults.add(Fault("GET /v3/export-jobs/*", Kind.STATUS_BEFORE, status=503))
    with pytest.raises(JobIsClosed, match="Pleo has ended this export job"):
        app.pleo.keep_alive(job, ["e"])


def test_an_unknown_job_is_unknown_to_all(app: AppAtPleo, job: Job) -> None:
    app.sandbox.store["jobs"].delete(job.id)
    for attempt in TRIES.values():
        with pytest.raises(JobIsClosed, match="does not know this export job"):
            attempt(app.pleo, job)


# Kept alive


def test_work_that_goes_on_keeps_the_job_alive(app: AppAtPleo, job: Job) -> None:
    entries = entries_of(app.pleo, job)
    for _ in range(3):
        app.sandbox.clock.advance(3000)
        app.pleo.keep_alive(job, entries)
    assert app.pleo.job(job.id).state is JobState.PENDING
    assert {one["status"] for one in app.sandbox.items(job.id)} == {"in_progress"}
    app.sandbox.clock.advance(3700)
    assert app.pleo.job(job.id).failure_class is FailureClass.JOB_EXPIRED


def test_an_entry_that_is_posted_already_does_not_mind(app: AppAtPleo, job: Job) -> None:
    done, waiting = entries_of(app.pleo, job)
    app.pleo.report(job, [EntryOutcome(done, Result.SUCCESSFUL, AT, "BILL-1")])
    app.sandbox.clock.advance(3000)
    app.pleo.keep_alive(job, [done, waiting])
    app.sandbox.clock.advance(3000)
    assert app.pleo.job(job.id).state.is_open
    told = {one["accountingEntryId"]: one["status"] for one in app.sandbox.items(job.id)}
    assert told == {done: "successful", waiting: "in_progress"}


def test_at_most_a_batch_is_named_and_nothing_is_asked_for_nobody(app: AppAtPleo, job: Job) -> None:
    app.pleo.keep_alive(job, [])
    assert all(one.method == "GET" for one in app.recorder.exchanges)
    app.pleo.keep_alive(job, [f"e-{n}" for n in range(150)])


def test_a_lost_answer_is_asked_again(app: AppAtPleo, job: Job) -> None:
    app.sandbox.faults.add(Fault("PUT /v3/*", Kind.DROP_AFTER))
    with pytest.raises(TryLater):
        app.pleo.keep_alive(job, entries_of(app.pleo, job))


def pretend(app: AppAtPleo, job: Job, **fields: Any) -> None:
    """Pleo shows the job with these fields."""
    shown = {**(app.sandbox.store["jobs"].get(job.id) or {}), "failureReasonType": None, **fields}
    body = dumps({"data": shown})
    app.sandbox.faults.add(Fault("GET /v3/export-jobs/*", Kind.STATUS_BEFORE, status=200, body=body))
