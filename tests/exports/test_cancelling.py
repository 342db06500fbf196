"""A job is paused, resumed or cancelled here, in the middle of its work."""

from collections.abc import Callable

from connectors.kit.failures import FailureClass
from connectors.kit.sandbox import Fault, Kind
from database.acting import across_tenants, acting_for
from exports.models import ExportJob, Posting, PostingState
from jobs import steering
from jobs.models import Run, RunState, Stop
from jobs.slices import work_one
from jobs.steering import Scope
from tests.customer import ACTOR, Customer
from tests.meanwhile import BILLS, Meanwhile


def run_of(customer: Customer, job: ExportJob) -> Run:
    with acting_for(customer.tenant.pk):
        return Run.objects.get(kind="export", subject_id=job.pk)


def steer(customer: Customer, act: Callable[..., object], of: object) -> None:
    with acting_for(customer.tenant.pk):
        assert act(of, actor=ACTOR)


def all_of(customer: Customer) -> Scope:
    return Scope(customer.installation, customer.tenant.pk)


def states(customer: Customer) -> set[str]:
    with acting_for(customer.tenant.pk):
        return set(Posting.objects.values_list("state", flat=True))


def posted(customer: Customer, entries: list[str]) -> list[str]:
    return [entry for entry in entries if customer.documents(entry)]


def test_a_pause_lets_the_write_under_way_be_saved_and_begins_no_other(
    customer: Customer, while_the_first_bills_are_written: Meanwhile
) -> None:
    entries = customer.entries(60)  # two calls
    job = customer.exports(entries)
    while_the_first_bills_are_written(lambda: steer(customer, steering.pause, all_of(customer)))

    customer.work()

    first = posted(customer, entries)
    assert 0 < len(first) < 60
    assert customer.target.log.count(BILLS) == 1
    assert states(customer) == {PostingState.POSTED, PostingState.PLANNED}
    assert run_of(customer, job).state == RunState.READY

    steer(customer, steering.resume, all_of(customer))
    customer.carry(job)

    assert [len(customer.documents(entry)) for entry in entries] == [1] * 60
    assert (job.state, job.balanced) == ("completed", True)
    assert customer.source.final_events(job.external_id) == 1


def test_a_job_that_is_cancelled_in_the_middle_says_what_became_of_each_entry(
    customer: Customer, while_the_first_bills_are_written: Meanwhile
) -> None:
    entries = customer.entries(60)
    job = customer.exports(entries)
    while_the_first_bills_are_written(lambda: steer(customer, steering.cancel_run, run_of(customer, job)))

    customer.work()

    first = posted(customer, entries)
    assert 0 < len(first) < 60
    assert (customer.reread(job).state, job.balanced) == ("completed_with_errors", True)
    assert customer.outcomes(job) == {entry: "posted" if entry in first else "failed" for entry in entries}
    told = {item["accountingEntryId"]: item for item in customer.source.items(job.external_id)}
    assert {told[entry]["status"] for entry in first} == {"successful"}
    left = [told[entry] for entry in entries if entry not in first]
    assert {item["status"] for item in left} == {"failed"}
    assert all("cancelled" in item["failureReason"] for item in left)
    assert customer.source.final_events(job.external_id) == 1
    run = run_of(customer, job)
    assert (run.state, run.stop, run.remark) == (RunState.ENDED, Stop.CANCEL, "Cancelled.")


def test_what_was_cancelled_can_be_exported_again_and_is_posted_once(
    customer: Customer, while_the_first_bills_are_written: Meanwhile
) -> None:
    entries = customer.entries(60)
    job = customer.exports(entries)
    while_the_first_bills_are_written(lambda: steer(customer, steering.cancel_run, run_of(customer, job)))
    customer.work()

    customer.retry(customer.reread(job))
    customer.work()
    with acting_for(customer.tenant.pk):
        again = ExportJob.objects.exclude(pk=job.pk).get()
    customer.carry(again)

    assert [len(customer.documents(entry)) for entry in entries] == [1] * 60


def test_a_job_that_had_not_begun_is_cancelled_at_the_source_and_posts_nothing(customer: Customer) -> None:
    job = customer.exports(3)
    steer(customer, steering.cancel_run, run_of(customer, job))

    customer.work()

    assert customer.reread(job).state == "failed"
    assert "cancelled" in job.reason
    assert customer.target.writes == 0
    assert customer.source.final_events(job.external_id) == 1


def test_a_write_whose_answer_was_lost_is_looked_up_before_the_cancelled_job_ends(customer: Customer) -> None:
    entries = customer.entries(3)
    job = customer.exports(entries)
    customer.target.faults.add(Fault(BILLS, Kind.DROP_AFTER))
    customer.target.faults.add(Fault("GET *", Kind.STATUS_BEFORE, status=503))
    while PostingState.UNCERTAIN not in states(customer):
        work_one()
        customer.later(seconds=1)

    steer(customer, steering.cancel_run, run_of(customer, job))
    customer.carry(job)

    assert customer.target.log.count(BILLS) == 1
    assert set(customer.outcomes(job).values()) == {"posted"}
    assert [len(customer.documents(entry)) for entry in entries] == [1] * 3
    assert (job.state, job.balanced) == ("completed", True)


def test_a_source_that_is_away_is_told_of_the_cancellation_when_it_is_back(customer: Customer) -> None:
    job = customer.exports(3)
    steer(customer, steering.cancel_run, run_of(customer, job))
    customer.source.faults.add(Fault("* /v3/*", Kind.STATUS_BEFORE, times=3, status=503))

    customer.carry(job, minutes=20)

    assert job.state == "failed"
    assert customer.source.final_events(job.external_id) == 1


def test_a_cancelled_job_of_a_source_that_must_be_connected_again_waits_for_that(customer: Customer) -> None:
    job = customer.exports(3)
    steer(customer, steering.cancel_run, run_of(customer, job))
    customer.source.revoke()
    customer.work()
    assert [one.failure for one in customer.incidents()] == [FailureClass.AUTH_REVOKED]
    assert "cancelled as soon as this is mended" in run_of(customer, job).remark

    customer.reconnect("source")
    customer.carry(job)

    assert job.state == "failed"
    assert customer.target.writes == 0


def test_a_job_that_ends_at_the_source_while_it_is_cancelled_ends_here_too(customer: Customer) -> None:
    job = customer.exports(3)
    customer.source.cancel(job.external_id)
    steer(customer, steering.cancel_run, run_of(customer, job))

    customer.carry(job)

    assert job.state == "failed"
    assert customer.target.writes == 0


def test_an_application_that_is_paused_stops_every_kind_of_its_work(customer: Customer) -> None:
    job = customer.exports(3)
    with across_tenants("a test pauses an application"):
        steering.pause(Scope(customer.installation.target.application), actor=ACTOR)
    customer.work()
    assert customer.target.log.count("* /api.xro/*") == 0
    assert customer.reread(job).is_open
