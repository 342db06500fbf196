"""Work that waits for a vendor or a person: kept open, gone on with, and in the end failed with its reason."""

import pytest

from connectors.kit.failures import FailureClass
from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from exports.models import PostingState, Report, ReportOutcome
from installations import services as installations
from tests.customer import ACTOR, Customer

BILLS = "PUT /api.xro/2.0/Invoices"
ANYTHING = "* /api.xro/*"


def stop_after_one_batch(customer: Customer) -> None:
    """The vendor asks for a pause after the first of several writes."""
    customer.target.faults.add(Fault(BILLS, Kind.RATE_LIMIT, after=1, retry_after=5))


def half_done(customer: Customer, entries: list[str]) -> int:
    return sum(bool(customer.documents(entry)) for entry in entries)


def causes(customer: Customer) -> set[str]:
    """Of the incidents that its failed records name."""
    with acting_for(customer.tenant.pk):
        failed = Report.objects.filter(outcome=ReportOutcome.FAILED)
        return set(failed.order_by().values_list("incident__failure", flat=True))


def assert_each_once(customer: Customer, entries: list[str]) -> None:
    assert [len(customer.documents(entry)) for entry in entries] == [1] * len(entries)


@pytest.mark.parametrize("asked", [None, 0, 30, 400, 3 * 86_400])
def test_a_pause_that_the_vendor_asks_for_is_kept_and_is_nobodys_fault(customer: Customer, asked: int | None) -> None:
    entries = customer.entries(2)
    customer.target.faults.add(Fault(BILLS, Kind.RATE_LIMIT, times=2, retry_after=asked))

    job = customer.exports(entries)
    customer.work()
    assert customer.target.log.count(BILLS) == 1
    customer.carry(job, minutes=20)

    assert_each_once(customer, entries)
    assert job.balanced
    assert customer.incidents() == []


def test_a_vendor_that_is_away_for_a_while_is_asked_again(customer: Customer) -> None:
    entries = customer.entries(2)
    customer.target.faults.add(Fault(ANYTHING, Kind.STATUS_BEFORE, times=6, status=503))

    job = customer.carry(customer.exports(entries), minutes=40)

    assert_each_once(customer, entries)
    assert job.balanced
    assert customer.incidents() == []


def test_after_reconnecting_a_half_posted_job_goes_on(customer: Customer) -> None:
    entries = customer.entries(60)
    stop_after_one_batch(customer)
    job = customer.exports(entries)
    customer.work()
    assert 0 < half_done(customer, entries) < 60

    customer.target.revoke()
    customer.later(minutes=2)
    customer.work()
    assert [one.failure for one in customer.incidents()] == [FailureClass.AUTH_REVOKED]
    assert job.is_open

    customer.reconnect("target")
    customer.carry(job)

    assert_each_once(customer, entries)
    assert job.balanced
    assert customer.incidents() == []


def test_after_the_hold_what_waits_fails_with_the_reason(customer: Customer) -> None:
    entries = customer.entries(60)
    stop_after_one_batch(customer)
    job = customer.exports(entries)
    customer.work()
    posted = half_done(customer, entries)
    customer.target.revoke()

    for _ in range(4):
        customer.later(minutes=11)
        customer.work()

    assert (customer.reread(job).state, job.balanced) == ("completed_with_errors", True)
    told = [item for item in customer.source.items(job.external_id) if item["status"] == "failed"]
    assert len(told) == 60 - posted
    assert all("onnect" in item["failureReason"] for item in told)
    assert causes(customer) == {FailureClass.AUTH_REVOKED}
    assert customer.source.final_events(job.external_id) == 1


def test_the_bookkeeper_reads_the_vendors_name_and_staff_the_address(customer: Customer) -> None:
    customer.target.faults.add(Fault(ANYTHING, Kind.DROP_BEFORE, times=None))

    job = customer.carry(customer.exports(1), minutes=40)

    assert customer.source.job(job.external_id)["failureReason"] == "Xero gave no answer."
    (incident,) = customer.incidents()
    assert incident.sentence == "Xero gave no answer."
    assert customer.target.url in incident.words


def test_a_hold_outlives_the_count_of_attempts(customer: Customer) -> None:
    """It is looked at every half minute for half an hour, and nobody is asked for."""
    job = customer.exports(2)
    customer.target.faults.add(Fault(BILLS, Kind.STATUS_BEFORE, times=None, status=403))
    for _ in range(58):
        customer.work()
        customer.later(seconds=30)
    assert customer.reread(job).is_open

    for _ in range(6):
        customer.work()
        customer.later(seconds=30)
    assert customer.reread(job).state == "failed"


@pytest.mark.parametrize("times", [8, 40])
def test_a_vendor_that_asks_for_a_second_again_and_again_is_asked_less_and_less(
    customer: Customer, times: int
) -> None:
    customer.target.faults.add(Fault(BILLS, Kind.RATE_LIMIT, times=times, retry_after=1))
    job = customer.exports(2)

    for _ in range(130):
        customer.work()
        if not customer.reread(job).is_open:
            break
        assert not [run for run in customer.runs() if "waiting" in run]
        customer.later(seconds=20)

    assert job.state == ("completed" if times == 8 else "failed")  # at the end of the hold
    assert customer.target.log.count(BILLS) < 30


def test_what_failed_after_the_hold_is_posted_once_when_it_is_exported_again(customer: Customer) -> None:
    entries = customer.entries(60)
    stop_after_one_batch(customer)
    job = customer.exports(entries)
    customer.work()
    customer.target.revoke()
    for _ in range(4):
        customer.later(minutes=11)
        customer.work()
    failed = [one["accountingEntryId"] for one in customer.source.items(job.external_id) if one["status"] == "failed"]

    customer.reconnect("target")
    again = customer.carry(customer.exports(failed))

    assert again.state == "completed"
    assert_each_once(customer, entries)


def test_a_job_that_could_not_even_begin_fails_after_the_hold(customer: Customer) -> None:
    customer.target.revoke()
    customer.target.expire_access_tokens()
    job = customer.exports(3)

    for _ in range(4):
        customer.work()
        customer.later(minutes=11)

    assert customer.reread(job).state == "failed"
    assert job.balanced is None
    assert customer.source.events(job.external_id) == ["failed"]
    assert "onnect" in str(customer.source.job(job.external_id)["failureReason"])


def test_what_is_uncertain_is_not_failed_after_the_hold_but_looked_up_when_it_can_be(customer: Customer) -> None:
    entries = customer.entries(30)
    customer.target.faults.add(Fault(BILLS, Kind.DROP_AFTER, after=1))
    job = customer.exports(entries)
    customer.work()
    customer.target.revoke()

    for _ in range(5):
        customer.later(minutes=11)
        customer.work()
    assert customer.reread(job).is_open
    assert {posting.state for posting in customer.postings()} >= {PostingState.UNCERTAIN}

    customer.reconnect("target")
    customer.carry(job)

    assert_each_once(customer, [p.entry for p in customer.postings() if p.state == PostingState.POSTED])
    assert customer.source.final_events(job.external_id) == 1


def test_what_is_uncertain_for_a_day_fails_as_such_and_is_looked_up_when_it_comes_again(customer: Customer) -> None:
    (entry,) = entries = customer.entries(1)
    customer.target.faults.add(Fault(BILLS, Kind.DROP_AFTER))
    job = customer.exports(entries)
    customer.work()
    customer.target.revoke()

    for _ in range(75):
        customer.later(minutes=20)
        customer.work()
    assert customer.reread(job).state == "failed"
    (item,) = customer.source.items(job.external_id)
    assert "it is looked up first" in item["failureReason"]
    assert [one.failure for one in customer.incidents()].count(FailureClass.OUTCOME_UNCERTAIN) == 1
    assert causes(customer) == {FailureClass.OUTCOME_UNCERTAIN}

    customer.reconnect("target")
    again = customer.carry(customer.exports(entries))

    assert (again.state, again.balanced, len(customer.documents(entry))) == ("completed", True, 1)
    assert customer.incidents() == []


def test_while_the_installation_is_paused_nothing_is_posted(customer: Customer) -> None:
    entries = customer.entries(2)
    with acting_for(customer.tenant.pk):
        installations.pause(customer.installation, actor=ACTOR)
    job = customer.exports(entries)
    customer.work()
    assert customer.target.log.count(BILLS) == 0

    with acting_for(customer.tenant.pk):
        installations.activate(customer.installation, actor=ACTOR)
    customer.retry(job)
    customer.carry(job)

    assert_each_once(customer, entries)
