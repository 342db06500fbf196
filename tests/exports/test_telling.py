"""What the source says and is told: lists that must agree, outcomes, one final event."""

from collections.abc import Iterator

import pytest

from connectors.kit.connector import Source
from connectors.kit.failures import FailureClass
from connectors.kit.paging import Page
from connectors.kit.records import Job
from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from exports.models import FinalEvent, Report
from exports.trip import source_class
from tests.customer import Customer

EVENTS, OUTCOMES = "POST /v3/export-job-events", "PUT /v3/export-jobs/*/items"


@pytest.mark.parametrize(("match", "after"), [(EVENTS, 0), (EVENTS, 1), (OUTCOMES, 0)])
@pytest.mark.parametrize("kind", [Kind.DROP_AFTER, Kind.DROP_BEFORE, Kind.STATUS_AFTER, Kind.HTML, Kind.TRUNCATE])
def test_the_source_is_told_everything_and_the_end_once(
    customer: Customer, match: str, kind: Kind, after: int
) -> None:
    entries = customer.entries(2)
    customer.source.faults.add(Fault(match, kind, after=after))

    job = customer.carry(customer.exports(entries))

    assert customer.source.events(job.external_id) == ["started", "completed"]
    assert {item["status"] for item in customer.source.items(job.external_id)} == {"successful"}
    assert (job.state, job.balanced) == ("completed", True)
    assert [len(customer.documents(entry)) for entry in entries] == [1, 1]


@pytest.mark.parametrize("place", ["before_final_event", "after_final_event"])
def test_an_end_that_was_decided_is_told_as_it_was_decided_whatever_is_seen_later(
    customer: Customer, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    job = customer.exports(2)
    monkeypatch.setenv("FAILPOINTS", f"{place}=raise")
    customer.work()
    monkeypatch.delenv("FAILPOINTS")
    with acting_for(customer.tenant.pk):  # from this a worker would decide otherwise now
        Report.objects.update(refusal="No.")

    customer.carry(job)

    assert customer.source.events(job.external_id) == ["started", "completed"]
    assert (job.state, job.closed_at) == ("completed", None)
    with acting_for(customer.tenant.pk):
        event = FinalEvent.objects.get(job=job)
    assert (event.state, event.told_at) == ("completed", job.ended_at)


def test_outcomes_are_told_in_batches_as_they_happen(customer: Customer) -> None:
    job = customer.carry(customer.exports(110))

    assert customer.source.log.count(OUTCOMES) >= 2
    assert {item["status"] for item in customer.source.items(job.external_id)} == {"successful"}


def test_an_outcome_that_the_source_refuses_is_kept_with_its_words(customer: Customer) -> None:
    (entry,) = entries = customer.entries(1)
    customer.spoil(entry)
    job = customer.exports(entries)
    with customer.source.store.transaction():
        customer.source.store["items"].change(f"{job.external_id}:{entry}", status="successful")

    customer.carry(job)

    report = customer.report(job, entry)
    assert "cannot become failed" in report.refusal
    assert report.told_at is not None


def test_a_job_of_which_an_outcome_was_refused_is_not_simply_completed(customer: Customer) -> None:
    fine, stubborn = entries = customer.entries(2)
    customer.source.stubborn.add(stubborn)

    job = customer.carry(customer.exports(entries))

    assert customer.item(job, fine)["status"] == "successful"
    assert (job.state, job.balanced) == ("completed_with_errors", True)
    assert "did not accept the outcomes of 1 entries" in job.reason


def test_when_the_sources_lists_disagree_nothing_is_posted(customer: Customer) -> None:
    job = customer.exports(3)
    with customer.source.store.transaction():
        customer.source.store["items"].delete(
            f"{job.external_id}:{customer.source.items(job.external_id)[0]['accountingEntryId']}"
        )

    for _ in range(12):
        customer.work()
        customer.later(minutes=6)

    assert customer.target.writes == 0
    assert job.is_open
    words = [incident.words for incident in customer.incidents()]
    assert "announced 3, listed 2, sent 2" in words


def test_a_page_that_lists_an_entry_twice_hides_none(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    source = source_class(customer.installation)
    listed = source.entries

    def first_for_last(self: Source, job: Job, after: str = "") -> Iterator[Page[str]]:
        for page in listed(self, job, after):
            yield Page((*page.items[:-1], page.items[0]), page.next)

    monkeypatch.setattr(source, "entries", first_for_last)
    job = customer.exports(3)

    customer.work()

    assert customer.target.writes == 0
    assert customer.reread(job).entries_listed == 0

    monkeypatch.undo()
    customer.later(minutes=6)
    customer.carry(job)

    assert job.balanced


def test_a_source_that_does_not_keep_its_contract_is_shown_with_the_evidence(customer: Customer) -> None:
    customer.source.faults.add(Fault("GET /v3/export-items", Kind.HTML, times=None, status=200))
    customer.exports(2)

    customer.work()

    (incident,) = customer.incidents()
    assert incident.failure == FailureClass.CODE_CRASH
    assert "Something went wrong" in incident.words
