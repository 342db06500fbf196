"""Writes that are committed ahead of their calls: several begin at once, and what was never begun goes back."""

import pytest

from connections.models import Exchange
from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from exports import pace
from exports.models import PostingState, SubmissionState
from installations import services as installations
from jobs.lines import AT_MOST
from tests.customer import ACTOR, Customer

BILLS = "PUT /api.xro/2.0/Invoices"
MANY = 24


@pytest.fixture
def entries(customer: Customer) -> list[str]:
    """One document a call, and the vendor's contacts are there already."""
    with acting_for(customer.tenant.pk):
        installations.configure(customer.installation, {"batch_size": 1}, actor=ACTOR)
    customer.carry(customer.exports(customer.entries(1, "out_of_pocket")))
    return customer.entries(MANY, "out_of_pocket")


def states(customer: Customer, entries: list[str]) -> list[str]:
    return [posting.state for entry in entries for posting in customer.postings(entry)]


def test_the_first_goes_alone_and_then_several_at_once(customer: Customer, entries: list[str]) -> None:
    customer.target.faults.add(Fault(BILLS, Kind.DELAY_BEFORE, times=None, seconds=0.05))
    job = customer.carry(customer.exports(entries))

    committed = [one.created_at for one in customer.submissions() if "Invoices" in one.path][1:]
    waves = [committed.count(moment) for moment in sorted(set(committed))]
    assert waves[0] == 1
    assert max(waves) > 1
    assert [len(customer.documents(entry)) for entry in entries] == [1] * MANY
    assert job.balanced


def test_after_a_call_that_stops_the_work_no_other_begins(customer: Customer, entries: list[str]) -> None:
    customer.target.faults.add(Fault(BILLS, Kind.RATE_LIMIT, after=3, times=1, retry_after=5))
    job = customer.exports(entries)

    customer.work()

    asked = customer.target.log.count(BILLS) - 1  # the one of the first job
    assert 4 <= asked <= 4 + 1  # one more may have been under way
    made = states(customer, entries).count(PostingState.POSTED)
    assert made == asked - 1
    assert states(customer, entries).count(PostingState.PLANNED) == MANY - made
    put_back = [one for one in customer.submissions() if one.words == "It was never begun."]
    assert put_back
    assert {one.state for one in put_back} == {SubmissionState.NOT_SENT}
    assert {one.status for one in put_back} == {None}

    customer.carry(job)
    assert [len(customer.documents(entry)) for entry in entries] == [1] * MANY
    epochs = [posting.epoch for entry in entries for posting in customer.postings(entry)]
    assert set(epochs) == {1, 2}
    assert epochs.count(2) <= 2  # the vendor may remember what it refused; one more was refused by our budget


def test_a_vendor_in_trouble_is_sent_nothing_more_than_what_is_under_way(
    customer: Customer, entries: list[str]
) -> None:
    """Each further write would come to be unknown, too, and has to be looked up."""
    customer.target.faults.add(Fault(BILLS, Kind.STATUS_BEFORE, after=3, times=None, status=503))
    job = customer.exports(entries)

    customer.work()

    asked = customer.target.log.count(BILLS) - 1  # the one of the first job
    assert 4 <= asked <= 3 + AT_MOST
    assert states(customer, entries).count(PostingState.UNCERTAIN) == asked - 3
    assert states(customer, entries).count(PostingState.PLANNED) == MANY - asked

    customer.target.faults.clear()
    customer.carry(job)
    assert [len(customer.documents(entry)) for entry in entries] == [1] * MANY
    assert job.balanced


def test_each_call_of_a_wave_leaves_its_exchange(customer: Customer, entries: list[str]) -> None:
    customer.carry(customer.exports(entries))

    sent = [one for one in customer.submissions() if one.state == SubmissionState.ANSWERED]
    with acting_for(customer.tenant.pk):
        told = list(Exchange.objects.exclude(submission_id=None).values_list("submission_id", "status"))
    assert sorted(told) == sorted((one.pk, one.status) for one in sent)


def test_a_wave_takes_no_more_than_a_part_of_a_minutes_calls(customer: Customer, entries: list[str]) -> None:
    customer.carry(customer.exports(entries))

    committed = [one.created_at for one in customer.submissions()]
    most = customer.installation.target.application.limits.per_minute // pace.OF_A_MINUTE
    assert max(committed.count(moment) for moment in set(committed)) <= most
