"""The source may end a job at any moment: from then on nothing is posted from the old copy."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from werkzeug import Request, Response

from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from exports import living
from exports.models import PostingState, ReportOutcome
from jobs.models import Run
from tests.customer import Customer
from tests.exports.test_every_kind import configure

BILLS = "PUT /api.xro/2.0/Invoices"
OUTCOMES = "PUT /v3/export-jobs/*/items"


def end_by(customer: Customer, how: str, job_id: str) -> None:
    if how == "cancelled":
        customer.source.cancel(job_id)
    else:
        customer.source.clock.advance(timedelta(hours=2).total_seconds())


@pytest.mark.parametrize("how", ["cancelled", "expired"])
def test_a_job_that_ended_before_we_began_is_left_alone(customer: Customer, how: str) -> None:
    job = customer.exports(3)
    end_by(customer, how, job.external_id)

    customer.carry(job)

    assert (job.state, job.balanced) == ("failed", None)
    assert customer.target.log.count(BILLS) == 0
    assert customer.source.events(job.external_id) == []
    assert customer.incidents() == []


@pytest.mark.parametrize("how", ["cancelled", "expired"])
def test_a_job_that_ends_in_mid_batch_posts_nothing_more(customer: Customer, how: str) -> None:
    entries = customer.entries(60)
    customer.target.faults.add(Fault(BILLS, Kind.RATE_LIMIT, after=1, retry_after=5))
    job = customer.exports(entries)
    customer.work()
    before = customer.target.writes

    end_by(customer, how, job.external_id)
    customer.later(seconds=30)
    customer.carry(job)

    assert customer.target.writes == before
    outcomes = customer.outcomes(job)
    assert len(outcomes) == 60
    posted = {entry for entry, outcome in outcomes.items() if outcome == ReportOutcome.POSTED}
    assert posted == {entry for entry in entries if customer.documents(entry)}
    assert {outcome for entry, outcome in outcomes.items() if entry not in posted} == {ReportOutcome.SKIPPED}
    skipped = next(entry for entry in entries if entry not in posted)
    assert "Export it again" in customer.report(job, skipped).reason
    assert (job.state, job.balanced) == ("failed", True)
    assert customer.source.final_events(job.external_id) == 0


@contextmanager
def after_bills(customer: Customer, number: int, do: Callable[[], None]) -> Iterator[None]:
    """While the vendor is just making the bill of this number."""

    def observe(request: Request, _: Response) -> None:
        made = customer.target.log.count(BILLS) + 1  # this one is logged once it is answered
        if made == number and f"{request.method} {request.path}" == BILLS:
            do()

    customer.target.observers.append(observe)
    try:
        yield
    finally:
        customer.target.observers.remove(observe)


@pytest.mark.parametrize("files", [False, True], ids=["plain", "with receipts that hold up the outcomes"])
def test_a_job_that_is_cancelled_in_mid_slice_posts_nothing_more(
    customer: Customer, files: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(customer, batch_size=1)
    monkeypatch.setattr(living, "LISTEN_EVERY", timedelta(0))
    job = customer.exports(customer.entries(12, "out_of_pocket", files=files))

    with after_bills(customer, 3, lambda: customer.source.cancel(job.external_id)):
        customer.carry(job)

    assert customer.target.log.count(BILLS) == 3
    assert list(customer.outcomes(job).values()).count(ReportOutcome.SKIPPED) == 9
    assert (job.state, job.failure) == ("failed", "job.cancelled")


def test_nor_is_anything_sent_a_second_time(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(customer, batch_size=1)
    monkeypatch.setattr(living, "LISTEN_EVERY", timedelta(0))
    customer.target.faults.add(Fault(BILLS, Kind.DROP_BEFORE, times=2))
    job = customer.exports(customer.entries(2, "out_of_pocket"))

    with after_bills(customer, 3, lambda: customer.source.cancel(job.external_id)):
        customer.carry(job)

    assert customer.target.log.count(BILLS) == 3
    assert sorted(customer.outcomes(job).values()) == [ReportOutcome.POSTED, ReportOutcome.SKIPPED]


def test_that_costs_no_call_an_entry(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(customer, batch_size=1)
    monkeypatch.setattr(living, "LISTEN_EVERY", timedelta(hours=1))

    customer.carry(customer.exports(customer.entries(12, "out_of_pocket")))

    assert (customer.target.log.count(BILLS), customer.source.log.count(OUTCOMES)) == (12, 1)


def test_what_was_not_posted_is_posted_by_the_next_job_and_the_rest_is_there_already(customer: Customer) -> None:
    entries = customer.entries(60)
    customer.target.faults.add(Fault(BILLS, Kind.RATE_LIMIT, after=1, retry_after=5))
    job = customer.exports(entries)
    customer.work()
    customer.source.cancel(job.external_id)
    customer.later(seconds=30)
    customer.carry(job)
    posted = sum(bool(customer.documents(entry)) for entry in entries)

    again = customer.carry(customer.exports(entries))

    assert [len(customer.documents(entry)) for entry in entries] == [1] * 60
    told = list(customer.outcomes(again).values())
    assert told.count(ReportOutcome.ALREADY_THERE) == posted
    assert told.count(ReportOutcome.POSTED) == 60 - posted
    assert (again.state, again.balanced) == ("completed", True)


def test_what_was_uncertain_when_the_job_ended_is_only_looked_up(customer: Customer) -> None:
    arrived, lost = entries = customer.entries(2)
    customer.target.faults.add(Fault(BILLS, Kind.DROP_AFTER))
    job = customer.exports(entries)
    customer.work()
    with customer.target.store.transaction():
        customer.target.store["bills"].delete(customer.documents(lost)[0]["id"])
    customer.source.cancel(job.external_id)

    customer.carry(job)

    assert customer.target.log.count(BILLS) == 1
    assert customer.outcomes(job) == {arrived: ReportOutcome.POSTED, lost: ReportOutcome.SKIPPED}


def test_what_a_person_voided_meanwhile_is_left_to_the_next_job(customer: Customer) -> None:
    (entry,) = entries = customer.entries(1)
    customer.target.faults.add(Fault(BILLS, Kind.DROP_AFTER))
    job = customer.exports(entries)
    customer.work()
    customer.source.cancel(job.external_id)
    customer.void(entry)

    customer.carry(job)
    assert {posting.state for posting in customer.postings(entry)} == {PostingState.SKIPPED}

    again = customer.carry(customer.exports(entries))
    assert customer.outcomes(again) == {entry: ReportOutcome.POSTED}
    assert len(customer.documents(entry, revision=2)) == 1


def test_an_ended_job_is_not_worked_on_again_however_often_it_is_noticed(customer: Customer) -> None:
    job = customer.carry(customer.exports(2))
    calls = customer.target.log.count() + customer.source.log.count()

    again = customer.note(job.external_id)
    customer.work()

    assert again == job
    assert customer.target.log.count() + customer.source.log.count() == calls
    with acting_for(customer.tenant.pk):
        assert Run.objects.filter(subject_id=job.pk).count() == 1


def test_a_retry_of_an_ended_job_that_left_nothing_undone_does_nothing(customer: Customer) -> None:
    job = customer.carry(customer.exports(2))

    assert "nothing of it is left undone" in customer.retry(job)
    with acting_for(customer.tenant.pk):
        assert Run.objects.filter(subject_id=job.pk).count() == 1


def test_entries_that_come_in_a_new_job_are_there_already(customer: Customer) -> None:
    entries = customer.entries(3)
    customer.carry(customer.exports(entries))

    again = customer.carry(customer.exports(entries, again=True))

    assert set(customer.outcomes(again).values()) == {ReportOutcome.ALREADY_THERE}
    assert [len(customer.documents(entry)) for entry in entries] == [1, 1, 1]
    assert (again.state, again.balanced) == ("completed", True)
    assert {item["status"] for item in customer.source.items(again.external_id)} == {"successful"}


def test_an_entry_that_changed_after_it_was_posted_fails_with_what_to_do(customer: Customer) -> None:
    (entry,) = entries = customer.entries(1)
    customer.carry(customer.exports(entries))
    customer.source.edit_entry(entry, lambda payload: payload.update(note="Changed my mind"))

    again = customer.carry(customer.exports(entries, again=True))

    (bill,) = customer.documents(entry)
    reason = customer.item(again, entry)["failureReason"]
    assert "changed after it had been posted" in reason
    assert bill["InvoiceNumber"] in reason
