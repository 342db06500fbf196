"""What the ERP has twice, or otherwise than it was sent, is for a person to judge; nothing else waits for them."""

import pytest
from pytest_django import Settings

from connectors.kit.failures import FailureClass
from connectors.kit.idempotency import Nothing
from connectors.kit.sandbox import Kind
from database.acting import acting_for
from exports.models import ExportJob, PostingState, ReportOutcome
from exports.trip import target_class
from jobs import steering
from jobs.models import Run
from tests.customer import Customer, of_vendor
from tests.exports.test_every_kind import configure
from tests.exports.test_unknown_outcomes import assert_each_once, first_slice, strike


def test_two_documents_of_one_reference_are_for_a_person_to_judge(customer: Customer) -> None:
    twice, other = entries = customer.entries(2)
    job = doubled(customer, entries)

    (posting,) = customer.postings(twice)
    assert posting.state == PostingState.UNCERTAIN
    assert posting.incident is not None
    assert posting.incident.failure == FailureClass.OUTCOME_UNCERTAIN
    assert customer.postings(other)[0].state == PostingState.POSTED

    with customer.target.store.transaction():
        customer.target.store["bills"].delete(customer.documents(twice)[1]["id"])
    customer.later(minutes=3)  # nobody has to click
    customer.carry(job)

    assert_each_once(customer, entries)
    assert job.balanced
    assert customer.incidents() == []


def test_while_a_person_judges_no_other_job_is_held_up_and_nobody_is_blamed(customer: Customer) -> None:
    job = doubled(customer, customer.entries(1))
    for _ in range(12):
        customer.later(minutes=7)
        customer.work()
    assert [one.failure for one in customer.incidents()] == [FailureClass.OUTCOME_UNCERTAIN]

    later = customer.exports(2)
    customer.carry(later)

    assert later.balanced
    assert not customer.reread(job).is_open


def test_while_a_person_judges_the_job_is_kept_alive(customer: Customer, settings: Settings) -> None:
    settings.HOLD_SECONDS = 24 * 3600
    job = doubled(customer, customer.entries(2))

    for _ in range(8):  # four times as long as the source leaves a silent job alive
        customer.later(minutes=25)
        customer.work()

    assert customer.source.job(job.external_id)["status"] == "in_progress"
    assert customer.reread(job).is_open


def test_what_nobody_has_judged_fails_after_the_hold_and_is_posted_by_no_later_export(customer: Customer) -> None:
    (twice, _) = entries = customer.entries(2)
    job = doubled(customer, entries)
    for _ in range(4):
        customer.later(minutes=11)
        customer.work()

    assert (customer.reread(job).state, job.balanced) == ("completed_with_errors", True)
    assert customer.source.final_events(job.external_id) == 1
    (item,) = [item for item in customer.source.items(job.external_id) if item["status"] == "failed"]
    assert "has 2 documents under the reference" in item["failureReason"]

    again = customer.exports([twice])
    customer.work()
    assert len(customer.documents(twice)) == 2
    with customer.target.store.transaction():
        customer.target.store["bills"].delete(customer.documents(twice)[1]["id"])
    customer.carry(again)

    assert again.state == "completed"
    assert_each_once(customer, entries)
    assert customer.incidents() == []


def doubled(customer: Customer, entries: list[str]) -> ExportJob:
    """Exported without an answer, and a person copied the first one's document before it was looked up."""
    strike(customer, Kind.DROP_AFTER)
    job = customer.exports(entries)
    first_slice(customer)
    customer.copy(entries[0])
    customer.later(minutes=7)
    customer.work()
    return job


@pytest.fixture
def ended(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> ExportJob:
    """At an ERP that can be asked for nothing; the source ended it when it had no answer of one of its two writes."""
    monkeypatch.setattr(target_class(customer.installation), "idempotency", Nothing())
    configure(customer, batch_size=1)
    strike(customer, Kind.STATUS_BEFORE, status=500)
    job = customer.exports(2)
    first_slice(customer)
    customer.source.cancel(job.external_id)
    customer.later(minutes=2)
    customer.work()
    assert customer.reread(job).is_open
    return job


def test_a_job_that_the_source_has_ended_waits_for_no_person_beyond_the_hold(
    customer: Customer, ended: ExportJob
) -> None:
    customer.carry(ended, minutes=35)

    assert_nobody_knows_of_one_entry(customer, ended)


def test_it_ends_at_once_if_somebody_cancels_it_here(customer: Customer, ended: ExportJob) -> None:
    with acting_for(customer.tenant.pk):
        steering.cancel_run(Run.objects.get(subject_id=ended.pk), actor="user:1")

    customer.work()

    assert_nobody_knows_of_one_entry(customer, ended)


def test_a_job_that_is_cancelled_waits_for_nobody(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target_class(customer.installation), "idempotency", Nothing())
    strike(customer, Kind.STATUS_BEFORE, status=500)
    job = customer.exports(1)
    first_slice(customer)
    with acting_for(customer.tenant.pk):
        steering.cancel_run(Run.objects.get(subject_id=job.pk), actor="user:1")

    customer.carry(job, minutes=4)

    assert set(customer.outcomes(job).values()) == {ReportOutcome.FAILED}
    assert customer.source.final_events(job.external_id) == 1


def assert_nobody_knows_of_one_entry(customer: Customer, job: ExportJob) -> None:
    assert not customer.reread(job).is_open
    assert job.balanced
    assert sorted(customer.outcomes(job).values()) == [ReportOutcome.FAILED, ReportOutcome.SKIPPED]
    (uncertain,) = [one for one in customer.postings() if one.state == PostingState.UNCERTAIN]
    assert [one.pk for one in customer.incidents()] == [uncertain.incident_id]


def test_two_contacts_of_one_name_are_for_a_person_to_judge(customer: Customer) -> None:
    (entry,) = entries = customer.entries(1)
    first = twin_contacts(customer, entry)
    job = customer.exports(entries)
    customer.work()
    assert [one.failure for one in customer.incidents()] == [FailureClass.OUTCOME_UNCERTAIN]
    assert customer.documents(entry) == []

    with customer.target.store.transaction():
        customer.target.store["contacts"].delete(first)
    customer.retry(job)
    customer.carry(job)

    assert_each_once(customer, entries)
    assert customer.incidents() == []


def test_a_total_that_differs_in_the_erp_opens_an_incident(customer: Customer) -> None:
    (entry,) = entries = customer.entries(1)
    strike(customer, Kind.DROP_AFTER)
    job = customer.exports(entries)
    first_slice(customer)
    with customer.target.store.transaction():
        customer.target.store["bills"].change(customer.documents(entry)[0]["id"], Total=1)

    customer.later(minutes=7)
    customer.carry(job)

    (posting,) = customer.postings(entry)
    assert posting.state == PostingState.POSTED
    assert posting.incident is not None
    assert posting.incident.failure == FailureClass.BALANCE_MISMATCH


def twin_contacts(customer: Customer, entry: str) -> str:
    """Two active contacts in the ERP that both bear the number of the entry's vendor; the first one's id."""
    customer.source.edit_entry(entry, of_vendor("V-950", "Twin Ltd"))
    known, ids = customer.target.contacts(customer.organisation)[0], [customer.target.new_id() for _ in range(2)]
    with customer.target.store.transaction():
        for one in ids:
            twin = {"id": one, "ContactID": one, "Name": f"Twin {one}", "key": one, "ContactNumber": "V-950"}
            customer.target.store["contacts"].put(one, known | twin)
    return ids[0]
