"""The connector against the Pleo sandbox: real HTTP, real OAuth, a real ledger of what was told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.kit.errors import (
    AskForPermission,
    ContractBroken,
    JobIsClosed,
    MendSettings,
    RateLimited,
    Reconnect,
    TryLater,
)
from connectors.kit.exact_json import dumps
from connectors.kit.failures import FailureClass
from connectors.kit.money import total
from connectors.kit.records import Ending, EntryOutcome, Job, JobState, Result
from connectors.kit.sandbox import Fault, Kind
from connectors.pleo.sandbox import PleoSandbox
from connectors.pleo.sandbox.names import COMPANIES
from connectors.pleo.tests.app_at_pleo import FLOW, AppAtPleo, entries_of
from connectors.pleo.tests.samples import JOB, item

FIRST, SECOND = COMPANIES[0][0], COMPANIES[1][0]
AT = datetime(2026, 3, 2, 9, 5, 11, tzinfo=UTC)


def exported(app: AppAtPleo, entries: int = 3) -> Job:
    """The customer clicks Export."""
    app.sandbox.add_entries(app.company, entries, spoiled=False)
    return app.pleo.job(app.sandbox.export(app.company)["id"])


def posted(entry: str) -> EntryOutcome:
    return EntryOutcome(entry, Result.SUCCESSFUL, AT, "BILL-1", "https://erp.example/bills/1")


def failed(entry: str, failure: FailureClass = FailureClass.PERIOD_CLOSED, reason: str = "Closed.") -> EntryOutcome:
    return EntryOutcome(entry, Result.FAILED, AT, failure=failure, reason=reason)


# Who it is


def test_a_probe_says_which_company_answered(app: AppAtPleo) -> None:
    probe = app.pleo.probe()
    assert (probe.company.id, probe.company.name) == (app.company, FIRST)


def test_one_company_needs_no_choice(app: AppAtPleo) -> None:
    assert app.for_company("").probe().company.id == app.company


def test_another_company_than_the_chosen_one_must_reconnect(app: AppAtPleo) -> None:
    with pytest.raises(Reconnect):
        app.for_company(app.sandbox.company_id(SECOND)).probe()


def test_a_company_whose_name_may_not_be_read_is_known_by_its_id(sandbox: PleoSandbox) -> None:
    app = AppAtPleo(sandbox, FIRST, [scope for scope in FLOW.scopes if scope != "companies:read"])
    (company,) = app.pleo.companies()
    assert company.name == f"Pleo company {app.company[:8]}"


def test_a_missing_right_is_the_administrators_to_grant(sandbox: PleoSandbox) -> None:
    app = AppAtPleo(sandbox, FIRST, ["export-items:read", "companies:read"])
    with pytest.raises(AskForPermission):
        app.pleo.probe()


def test_a_removed_application_must_reconnect(app: AppAtPleo) -> None:
    app.sandbox.revoke(app.company)
    with pytest.raises(Reconnect):
        app.pleo.probe()


def test_an_expired_token_is_renewed_in_the_middle_of_things(app: AppAtPleo) -> None:
    job = exported(app)
    app.sandbox.expire_access_tokens()
    assert len(entries_of(app.pleo, job)) == 3


# Jobs


def test_without_a_job_there_is_nothing_to_do(app: AppAtPleo) -> None:
    assert list(app.pleo.jobs()) == []


def test_a_new_job_is_seen_as_pleo_tells_it(app: AppAtPleo) -> None:
    exported(app, 3)
    (job,) = app.pleo.jobs()
    assert (job.company_id, job.state, job.count) == (app.company, JobState.PENDING, 3)
    assert job.expires_after == timedelta(hours=1)
    assert abs(job.created_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_looking_at_jobs_changes_nothing(app: AppAtPleo) -> None:
    job = exported(app)
    assert list(app.pleo.jobs()) == list(app.pleo.jobs()) == [job]
    assert app.sandbox.events(job.id) == []


def test_a_started_job_is_found_again_and_an_ended_one_is_not(app: AppAtPleo) -> None:
    job = exported(app)
    app.pleo.start(job)
    assert [found.state for found in app.pleo.jobs()] == [JobState.IN_PROGRESS]
    app.pleo.finish(job, Ending(JobState.COMPLETED))
    assert list(app.pleo.jobs()) == []


def test_the_oldest_job_comes_first_whatever_pleos_order(app: AppAtPleo) -> None:
    newest = app.sandbox.store["jobs"].get(exported(app).id)
    assert newest is not None
    older = {**newest, "id": JOB, "createdAt": "2026-03-01T00:00:00Z", "lastUpdatedAt": newest["createdAt"]}
    app.sandbox.store["job_clocks"].put(JOB, {"at": app.sandbox.clock.time()})
    app.sandbox.store["jobs"].put(JOB, older)
    assert [job.id for job in app.pleo.jobs()] == [JOB, newest["id"]]


def test_an_unknown_job_is_closed(app: AppAtPleo) -> None:
    with pytest.raises(JobIsClosed):
        app.pleo.job(JOB)


def test_an_id_that_is_a_path_goes_nowhere_else(app: AppAtPleo) -> None:
    with pytest.raises((JobIsClosed, ContractBroken)):
        app.pleo.job("../../v1/introspect")
    assert app.recorder.exchanges[-1].address.endswith("/v3/export-jobs/..%2F..%2Fv1%2Fintrospect")


def test_the_job_of_another_company_does_not_exist(app: AppAtPleo) -> None:
    other = app.sandbox.company_id(SECOND)
    app.sandbox.add_entries(other, 1)
    job = app.sandbox.export(other)
    with pytest.raises(JobIsClosed):
        app.pleo.job(job["id"])


def test_a_job_that_pleo_shows_but_that_is_not_of_the_chosen_company_is_closed(app: AppAtPleo) -> None:
    job = exported(app)
    with pytest.raises(JobIsClosed):
        app.for_company(app.sandbox.company_id(SECOND)).job(job.id)


# Entries and records


def test_every_entry_and_every_record_is_read_page_by_page(app: AppAtPleo) -> None:
    job = exported(app, 230)
    pages = list(app.pleo.records(job))
    assert [len(page) for page in pages] == [100, 100, 30]
    fetched = [record.entry for page in pages for record in page]
    assert fetched == entries_of(app.pleo, job)
    assert len(set(fetched)) == job.count == 230


def test_every_record_can_be_interpreted_and_its_lines_add_up(app: AppAtPleo) -> None:
    job = exported(app, 60)
    for page in app.pleo.records(job):
        for fetched in page:
            record = app.pleo.interpret(fetched.payload)
            assert record.entry == fetched.entry
            assert total((line.amount for line in record.lines), record.amount.currency) == record.amount


def test_no_signed_address_leaves_the_connector(app: AppAtPleo) -> None:
    job = exported(app, 30)
    files = [file for page in app.pleo.records(job) for one in page for file in one.payload["files"]]
    assert files
    assert {"url"} & {name for file in files for name in file} == set()
    assert all(file["type"] and file["size"] for file in files)
    assert "sig" not in " ".join(exchange.answer_body for exchange in app.recorder.exchanges).lower()


def test_records_of_an_ended_job_cannot_be_read_any_more(app: AppAtPleo) -> None:
    job = exported(app)
    app.sandbox.cancel(job.id)
    with pytest.raises(JobIsClosed):
        list(app.pleo.records(job))


def test_missing_contra_accounts_are_the_customers_to_mend(app: AppAtPleo) -> None:
    job = exported(app)
    entry = entries_of(app.pleo, job)[0]
    known = app.sandbox.store["entries"].get(entry)
    assert known is not None
    payload = known["payload"] | {"type": "card_purchase", "contraAccount": None}
    app.sandbox.store["entries"].change(entry, payload=payload)
    with pytest.raises(MendSettings, match="contra account") as caught:
        list(app.pleo.records(job))
    assert caught.value.failure is FailureClass.MAPPING_MISSING


# Start, report, finish


def test_a_job_is_started_once(app: AppAtPleo) -> None:
    job = exported(app)
    app.pleo.start(job)
    app.pleo.start(app.pleo.job(job.id))  # a resumed run: no second event leaves us
    events = [one for one in app.recorder.exchanges if one.address.endswith("/export-job-events")]
    assert len(events) == 1


def test_a_start_whose_answer_was_lost_may_be_repeated(app: AppAtPleo) -> None:
    job = exported(app)
    app.sandbox.faults.add(Fault("POST /v3/export-job-events", Kind.DROP_AFTER))
    with pytest.raises(TryLater):
        app.pleo.start(job)
    app.pleo.start(job)
    assert app.sandbox.events(job.id) == ["started"]


def test_a_job_that_was_cancelled_cannot_be_started(app: AppAtPleo) -> None:
    job = exported(app)
    app.sandbox.cancel(job.id)
    with pytest.raises(JobIsClosed):
        app.pleo.start(job)


def test_outcomes_arrive_as_they_were_told(app: AppAtPleo) -> None:
    job = exported(app, 2)
    good, bad = entries_of(app.pleo, job)
    assert app.pleo.report(job, [posted(good), failed(bad, reason="The period is closed.")]) == ()
    told = {item["accountingEntryId"]: item for item in app.sandbox.items(job.id)}
    assert told[good]["status"] == "successful"
    assert told[good]["exportedAt"] == "2026-03-02T09:05:11Z"
    assert (told[good]["externalId"], told[good]["externalUrl"]) == ("BILL-1", "https://erp.example/bills/1")
    assert told[bad]["status"] == "failed"
    assert told[bad]["failureReasonType"] == "accounting_system_validation_failure"
    assert told[bad]["failureReason"] == "The period is closed."


def test_a_refusal_concerns_its_own_entry(app: AppAtPleo) -> None:
    job = exported(app, 1)
    (entry,) = entries_of(app.pleo, job)
    (refusal,) = app.pleo.report(job, [posted(entry), posted(JOB)])
    assert refusal.entry == JOB
    assert "ACCOUNTING_ENTRY_DOES_NOT_EXIST" in refusal.words
    assert app.sandbox.items(job.id)[0]["status"] == "successful"


def test_an_entry_that_the_answer_passes_over_is_not_taken_for_accepted(app: AppAtPleo) -> None:
    job = exported(app, 1)
    (entry,) = entries_of(app.pleo, job)
    app.sandbox.faults.add(Fault("PUT /v3/*", Kind.STATUS_AFTER, status=200, body='{"data": [], "errors": []}'))
    assert [refusal.entry for refusal in app.pleo.report(job, [posted(entry)])] == [entry]


def test_a_report_whose_answer_was_lost_may_be_repeated(app: AppAtPleo) -> None:
    job = exported(app, 1)
    (entry,) = entries_of(app.pleo, job)
    app.sandbox.faults.add(Fault("PUT /v3/*", Kind.DROP_AFTER))
    with pytest.raises(TryLater):
        app.pleo.report(job, [posted(entry)])
    assert app.pleo.report(job, [posted(entry)]) == ()


def test_a_hundred_outcomes_go_at_once_and_no_more(app: AppAtPleo) -> None:
    job = exported(app, 101)
    outcomes = [posted(entry) for entry in entries_of(app.pleo, job)]
    with pytest.raises(ValueError):
        app.pleo.report(job, outcomes)
    assert app.pleo.report(job, outcomes[: app.pleo.report_batch]) == ()
    assert app.pleo.report(job, []) == ()


def test_a_report_keeps_the_job_alive_and_a_late_one_finds_it_closed(app: AppAtPleo) -> None:
    job = exported(app, 1)
    (entry,) = entries_of(app.pleo, job)
    for _ in range(3):
        app.sandbox.clock.advance(2400)
        app.pleo.report(job, [failed(entry)])
    app.sandbox.clock.advance(3700)
    with pytest.raises(JobIsClosed):
        app.pleo.report(job, [posted(entry)])
    assert app.pleo.job(job.id).failure == "job_expired"


@pytest.mark.parametrize("failure", FailureClass)
def test_pleo_understands_every_class_of_failure(app: AppAtPleo, failure: FailureClass) -> None:
    job = exported(app, 1)
    (entry,) = entries_of(app.pleo, job)
    assert app.pleo.report(job, [failed(entry, failure, "x" * 5000)]) == ()
    app.pleo.finish(job, Ending(JobState.FAILED, failure, "x" * 5000))
    assert app.sandbox.job(job.id)["failureReasonType"]


@pytest.mark.parametrize("state", [JobState.COMPLETED, JobState.COMPLETED_WITH_ERRORS, JobState.FAILED])
def test_a_final_event_whose_answer_was_lost_may_be_repeated(app: AppAtPleo, state: JobState) -> None:
    job = exported(app)
    app.pleo.start(job)
    ending = Ending(state, FailureClass.ERP_UNAVAILABLE, "The ERP did not answer.")
    app.sandbox.faults.add(Fault("POST /v3/export-job-events", Kind.DROP_AFTER))
    with pytest.raises(TryLater):
        app.pleo.finish(job, ending)
    app.pleo.finish(job, ending)
    assert app.sandbox.final_events(job.id) == 1
    assert app.pleo.job(job.id).state is state


def test_a_failed_job_says_why_and_a_completed_one_has_no_reason(app: AppAtPleo) -> None:
    job = exported(app)
    app.pleo.finish(job, Ending(JobState.FAILED, FailureClass.ERP_UNAVAILABLE, "The ERP did not answer."))
    assert app.pleo.job(job.id).failure == "accounting_system_unreachable: The ERP did not answer."
    other = exported(app)
    app.pleo.start(other)
    app.pleo.finish(other, Ending(JobState.COMPLETED_WITH_ERRORS, FailureClass.PERIOD_CLOSED, "Some failed."))
    assert app.pleo.job(other.id).failure == ""


def test_a_job_that_ended_otherwise_is_closed(app: AppAtPleo) -> None:
    job = exported(app)
    app.pleo.start(job)
    app.sandbox.cancel(job.id)
    with pytest.raises(JobIsClosed):
        app.pleo.finish(job, Ending(JobState.COMPLETED))


def test_a_completion_that_pleo_refuses_for_an_open_job_is_our_mistake(app: AppAtPleo) -> None:
    job = exported(app)
    with pytest.raises(ContractBroken):
        app.pleo.finish(job, Ending(JobState.COMPLETED))
    assert app.pleo.job(job.id).state is JobState.PENDING


# Bad days


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": Kind.RATE_LIMIT, "retry_after": 7}, RateLimited),
        ({"kind": Kind.RATE_LIMIT}, RateLimited),
        ({"kind": Kind.STATUS_BEFORE, "status": 503}, TryLater),
        ({"kind": Kind.STATUS_BEFORE, "status": 500, "body": "<html>"}, TryLater),
        ({"kind": Kind.DROP_BEFORE}, TryLater),
        ({"kind": Kind.TRUNCATE}, TryLater),
        ({"kind": Kind.HTML, "status": 200}, ContractBroken),
        ({"kind": Kind.STATUS_BEFORE, "status": 403, "body": "{}"}, AskForPermission),
        ({"kind": Kind.STATUS_BEFORE, "status": 404, "body": "{}"}, ContractBroken),
        ({"kind": Kind.STATUS_BEFORE, "status": 200, "body": "[]"}, ContractBroken),
        ({"kind": Kind.STATUS_BEFORE, "status": 200, "body": '{"data": [1], "pagination": {}}'}, ContractBroken),
    ],
)
def test_every_trouble_has_its_name(app: AppAtPleo, fault: dict[str, Any], error: type[Exception]) -> None:
    job = exported(app)
    app.sandbox.faults.add(Fault("GET /v3/*", **fault))
    with pytest.raises(error) as caught:
        list(app.pleo.records(job))
    assert caught.type is error
    assert len(list(app.pleo.records(job))) == 1  # and it is over when the fault is over


def test_a_pause_is_as_long_as_pleo_says(app: AppAtPleo) -> None:
    app.sandbox.faults.add(Fault("GET /v3/*", Kind.RATE_LIMIT, retry_after=7))
    with pytest.raises(RateLimited) as caught:
        list(app.pleo.jobs())
    assert caught.value.wait == timedelta(seconds=7)


@pytest.mark.parametrize(
    "pagination",
    [
        {"hasNextPage": True, "hasPreviousPage": False},
        {"hasNextPage": True, "hasPreviousPage": False, "endCursor": "GEZDA==="},
    ],
)
def test_a_list_that_leads_nowhere_or_round_is_a_broken_contract(app: AppAtPleo, pagination: dict[str, Any]) -> None:
    body = dumps({"data": [item()], "pagination": pagination})
    app.sandbox.faults.add(Fault("GET /v3/export-items", Kind.STATUS_BEFORE, times=None, status=200, body=body))
    with pytest.raises(ContractBroken):
        list(app.pleo.records(exported(app)))


def test_an_item_without_its_id_is_a_broken_contract(app: AppAtPleo) -> None:
    body = '{"data": [{"type": "card_purchase"}], "pagination": {"hasNextPage": false}}'
    app.sandbox.faults.add(Fault("GET /v3/export-items", Kind.STATUS_BEFORE, status=200, body=body))
    with pytest.raises(ContractBroken, match="accountingEntryId"):
        list(app.pleo.records(exported(app)))
