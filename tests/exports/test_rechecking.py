"""Entries that were posted by an earlier job and come again: is the document still there?"""

import pytest

from connectors.kit.documents import Part
from exports.models import PostingState, ReportOutcome
from tests.customer import Customer, on_account


def test_what_stands_is_told_with_its_document_and_nothing_is_written(customer: Customer) -> None:
    (entry,) = entries = customer.entries(1)
    customer.carry(customer.exports(entries))
    (bill,) = customer.documents(entry)
    writes = customer.target.writes

    again = customer.carry(customer.exports(entries, again=True))

    assert customer.outcomes(again) == {entry: ReportOutcome.ALREADY_THERE}
    assert customer.item(again, entry)["externalId"] == bill["id"]
    assert customer.target.writes == writes


@pytest.mark.parametrize("kind", ["card_purchase", "refund", "mileage", "invoice", "fee", "direct_reimbursement"])
def test_a_document_of_any_kind_that_stands_is_not_written_again(customer: Customer, kind: str) -> None:
    entries = customer.entries(2, kind)
    customer.carry(customer.exports(entries))
    writes = customer.target.writes

    again = customer.carry(customer.exports(entries, again=True))

    assert set(customer.outcomes(again).values()) == {ReportOutcome.ALREADY_THERE}
    assert customer.target.writes == writes


def test_what_a_person_voided_is_posted_anew_as_the_next_revision(customer: Customer) -> None:
    kept, voided = entries = customer.entries(2)
    customer.carry(customer.exports(entries))
    customer.void(voided)

    again = customer.carry(customer.exports(entries, again=True))

    assert customer.outcomes(again) == {kept: ReportOutcome.ALREADY_THERE, voided: ReportOutcome.POSTED}
    (old,), (new,) = customer.documents(voided), customer.documents(voided, revision=2)
    assert (old["Status"], new["Status"]) == ("DELETED", "DRAFT")
    assert customer.item(again, voided)["externalId"] == new["id"]
    first, second = customer.postings(voided)
    assert (first.state, second.state) == (PostingState.SKIPPED, PostingState.POSTED)
    assert (again.state, again.balanced) == ("completed", True)


def test_what_a_person_voided_may_be_corrected_and_is_posted_as_it_is_now(customer: Customer) -> None:
    (entry,) = entries = customer.entries(1)
    customer.carry(customer.exports(entries))
    customer.void(entry)
    customer.source.edit_entry(entry, on_account("5830"))

    again = customer.carry(customer.exports(entries, again=True))

    assert customer.outcomes(again) == {entry: ReportOutcome.POSTED}
    (new,) = customer.documents(entry, revision=2)
    assert {line["AccountCode"] for line in new["LineItems"]} == {"5830"}


def test_a_document_that_the_erp_has_lost_is_posted_again(customer: Customer) -> None:
    """A demo company that was reset."""
    (entry,) = entries = customer.entries(1)
    customer.carry(customer.exports(entries))
    (bill,) = customer.documents(entry)
    with customer.target.store.transaction():
        customer.target.store["bills"].delete(bill["id"])

    again = customer.carry(customer.exports(entries, again=True))

    assert customer.outcomes(again) == {entry: ReportOutcome.POSTED}
    assert len(customer.documents(entry, revision=2)) == 1
    assert len(customer.postings(entry, part=Part.DOCUMENT)) == 2
