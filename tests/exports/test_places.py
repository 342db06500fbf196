"""Long lists of the source are read once: after a pause they go on where they were, receipts included."""

from collections.abc import Callable

import pytest

from connectors.kit.sandbox import Fault, Kind
from connectors.pleo import api
from database.acting import acting_for
from exports import fetching
from exports.models import ExportJob, Receipt, Record
from jobs import slices
from jobs.slices import work_one
from tests.customer import Customer
from tests.exports.test_receipts import attached, kept, with_files

PAYLOADS, ITEMS = "GET /v3/export-items", "GET /v3/export-jobs/*/items"
PDF = {"type": "application/pdf", "size": 2_000}


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of which two are stored at once."""
    monkeypatch.setattr(api, "PAGE", 10)
    monkeypatch.setattr(fetching, "STORED_AT_ONCE", 20)


def positions(customer: Customer) -> list[int]:
    with acting_for(customer.tenant.pk):
        return sorted(Record.objects.values_list("position", flat=True))


def forget_places(customer: Customer) -> None:
    """The source's cursors are not those of before."""
    with acting_for(customer.tenant.pk):
        ExportJob.objects.exclude(records_after="").update(records_after="no-such-place")
        ExportJob.objects.exclude(entries_after="").update(entries_after="no-such-place")
        Receipt.objects.exclude(page="").update(page="no-such-place")


@pytest.mark.parametrize("after", [0, 1, 2])
@pytest.mark.parametrize("match", [PAYLOADS, ITEMS])
def test_a_page_that_was_read_is_not_read_again_after_a_pause(customer: Customer, match: str, after: int) -> None:
    customer.source.faults.add(Fault(match, Kind.RATE_LIMIT, after=after, retry_after=5))

    job = customer.carry(customer.exports(25))

    assert (customer.source.log.count(match, 200), customer.source.log.count(match, 429)) == (3, 1)
    assert positions(customer) == list(range(25))
    assert (job.state, job.balanced) == ("completed", True)


@pytest.mark.parametrize("at_once", [20, 400])
def test_while_the_control_list_is_in_trouble_only_the_last_page_is_read_again(
    customer: Customer, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(fetching, "STORED_AT_ONCE", at_once)
    customer.source.faults.add(Fault(ITEMS, Kind.RATE_LIMIT, times=2, retry_after=5))

    assert customer.carry(customer.exports(25)).balanced

    assert customer.source.log.count(PAYLOADS, 200) == 3 + 2
    assert positions(customer) == list(range(25))


def test_a_slice_ends_between_two_pages(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    job = customer.exports(25)
    monkeypatch.setattr(slices, "SECONDS", -1.0)

    assert work_one()

    assert customer.source.log.count(PAYLOADS) == 1
    assert positions(customer) == list(range(10))
    monkeypatch.undo()
    assert customer.carry(job).balanced


@pytest.mark.parametrize("match", [PAYLOADS, ITEMS])
def test_places_that_the_source_does_not_know_any_more_begin_the_list_again_and_nothing_is_there_twice(
    customer: Customer, match: str
) -> None:
    customer.source.faults.add(Fault(match, Kind.RATE_LIMIT, after=2, retry_after=5))
    job = customer.exports(25)
    customer.work()
    forget_places(customer)

    customer.later(seconds=30)
    customer.carry(job)

    assert positions(customer) == list(range(25))
    assert (job.state, job.balanced) == ("completed", True)
    assert customer.incidents() == []


@pytest.fixture
def three_receipts(customer: Customer) -> ExportJob:
    """On the first, the second and the last page of the source's list."""
    entries = customer.entries(25, "out_of_pocket")
    job = customer.exports(entries)
    for item in (customer.source.items(job.external_id)[place] for place in (3, 12, 24)):
        with_files(customer, item["accountingEntryId"], PDF)
    return job


@pytest.mark.parametrize("forgets", [None, forget_places], ids=["known", "forgotten"])
def test_of_the_list_only_the_pages_with_receipts_that_are_due_are_read_again(
    customer: Customer,
    three_receipts: ExportJob,
    forgets: Callable[[Customer], None] | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    customer.source.faults.add(Fault(PAYLOADS, Kind.RATE_LIMIT, after=3, retry_after=5))  # all stored
    customer.work()
    assert [one.state for one in kept(customer)] == ["wanted"] * 3
    customer.source.log.clear()
    if forgets:
        forgets(customer)

    customer.later(seconds=30)
    monkeypatch.setattr(slices, "SECONDS", -1.0)  # one receipt a slice
    customer.carry(three_receipts)

    refused = 1 if forgets else 0
    assert customer.source.log.count(PAYLOADS, 400) == refused
    assert customer.source.log.count(PAYLOADS, 200) == 3 + 3 * refused
    assert len(attached(customer)) == 3


def test_a_receipt_that_moved_to_another_page_is_found_there(customer: Customer, three_receipts: ExportJob) -> None:
    customer.source.faults.add(Fault(PAYLOADS, Kind.RATE_LIMIT, after=3, retry_after=5))
    customer.work()
    with acting_for(customer.tenant.pk):
        Receipt.objects.update(page="")

    customer.later(seconds=30)
    customer.carry(three_receipts)

    assert len(attached(customer)) == 3
