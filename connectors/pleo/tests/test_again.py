"""Entries that failed are asked for once more: a new job, the same entries."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.kit.errors import JobIsClosed, MendSettings, RefuseRecord, TryLater
from connectors.kit.exact_json import loads
from connectors.kit.records import Ending, EntryOutcome, Job, JobState, Result
from connectors.kit.sandbox import Fault, Kind
from connectors.pleo.sandbox.names import COMPANIES
from connectors.pleo.tests.app_at_pleo import AppAtPleo, entries_of

AT = datetime(2026, 3, 2, 9, 5, 11, tzinfo=UTC)


def ended(app: AppAtPleo) -> tuple[Job, str, str]:
    """A job with one entry posted and one failed."""
    app.sandbox.add_entries(app.company, 2, seed=1)
    job = app.pleo.job(app.sandbox.export(app.company)["id"])
    good, bad = entries_of(app.pleo, job)
    app.pleo.start(job)
    app.pleo.report(job, [EntryOutcome(good, Result.SUCCESSFUL, AT, "B-1"), EntryOutcome(bad, Result.FAILED, AT)])
    app.pleo.finish(job, Ending(JobState.COMPLETED_WITH_ERRORS))
    return job, good, bad


def asked(app: AppAtPleo) -> list[Any]:
    sent = app.recorder.exchanges
    return [loads(one.request_body) for one in sent if one.method == "POST" and one.address.endswith("/export-jobs")]


def test_a_failed_entry_comes_in_a_new_job_with_the_old_ones_options(app: AppAtPleo) -> None:
    old, _, bad = ended(app)
    new = app.pleo.export_again(old.id, [bad])
    assert new.id != old.id
    assert (new.company_id, new.state, new.count) == (app.company, JobState.PENDING, 1)
    assert entries_of(app.pleo, new) == [bad]
    assert list(app.pleo.jobs()) == [new]
    assert asked(app) == [
        {
            "companyId": app.company,
            "accountingEntryIds": [bad],
            "isInteractive": False,
            "options": {"vendorBasedBookkeeping": app.sandbox.job(old.id)["vendorBasedBookkeeping"]},
        }
    ]


def test_while_another_job_is_open_it_has_to_wait(app: AppAtPleo) -> None:
    old, _, bad = ended(app)
    app.sandbox.add_entries(app.company, 1)
    app.sandbox.export(app.company)
    with pytest.raises(TryLater, match="one job at a time"):
        app.pleo.export_again(old.id, [bad])


def test_after_a_lost_answer_the_job_that_was_made_is_found(app: AppAtPleo) -> None:
    old, _, bad = ended(app)
    app.sandbox.faults.add(Fault("POST /v3/export-jobs", Kind.DROP_AFTER))
    with pytest.raises(TryLater):
        app.pleo.export_again(old.id, [bad])
    assert [app.pleo.export_again(old.id, [bad])] == list(app.pleo.jobs())


def test_what_pleo_will_not_export_again_is_refused_with_its_words(app: AppAtPleo) -> None:
    old, good, _ = ended(app)
    with pytest.raises(RefuseRecord, match="export them there") as caught:
        app.pleo.export_again(old.id, [good])
    assert "PROCESSING_FAILED" in caught.value.words


def test_contra_accounts_that_are_missing_are_the_customers_to_mend(app: AppAtPleo) -> None:
    old, _, bad = ended(app)
    body = '{"type": "MISSING_CONTRA_ACCOUNTS"}'
    app.sandbox.faults.add(Fault("POST /v3/export-jobs", Kind.STATUS_BEFORE, status=400, body=body))
    with pytest.raises(MendSettings, match="contra account"):
        app.pleo.export_again(old.id, [bad])


def test_the_job_of_another_company_is_not_asked_for(app: AppAtPleo) -> None:
    old, _, bad = ended(app)
    with pytest.raises(JobIsClosed):
        app.for_company(app.sandbox.company_id(COMPANIES[1][0])).export_again(old.id, [bad])
    assert asked(app) == []
