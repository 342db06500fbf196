"""One export job's whole way, and what happens to entries that cannot go it."""

from decimal import Decimal

import pytest

from connectors.kit.failures import FailureClass
from connectors.kit.sandbox import Document
from database.acting import acting_for
from exports.models import PostingState, Record
from exports.selectors import balance
from jobs.slices import work_one
from tests.customer import Customer, of_vendor, on_account


def test_a_job_is_carried_and_balances(customer: Customer) -> None:
    entries = customer.entries(8)

    job = customer.carry(customer.exports(entries))

    assert (job.state, job.balanced) == ("completed", True)
    assert [len(customer.documents(entry)) for entry in entries] == [1] * 8
    assert {item["status"] for item in customer.source.items(job.external_id)} == {"successful"}
    assert customer.source.events(job.external_id) == ["started", "completed"]
    assert customer.incidents() == []


def test_the_source_is_told_which_document_it_became_and_where_it_is(customer: Customer) -> None:
    (entry,) = entries = customer.entries(1)

    job = customer.carry(customer.exports(entries))

    (bill,) = customer.documents(entry)
    item = customer.item(job, entry)
    assert item["externalId"] == bill["id"]
    assert bill["id"] in item["externalUrl"]


def test_sums_are_exact_to_the_cent_on_the_whole_way(customer: Customer) -> None:
    job = customer.carry(customer.exports(40))

    with acting_for(customer.tenant.pk):
        fetched = sum((record.amount or Decimal(0) for record in Record.objects.all()), Decimal(0))
        struck = balance(job)
    assert customer.in_the_erp() == fetched
    assert [(one.fetched, one.posted, one.in_the_erp) for one in struck.sums] == [(fetched, fetched, fetched)]


def test_an_entry_that_cannot_be_planned_fails_alone_with_its_reason(customer: Customer) -> None:
    good, bad = entries = customer.entries(2)
    customer.spoil(bad)

    job = customer.carry(customer.exports(entries))

    assert (job.state, job.balanced) == ("completed_with_errors", True)
    assert len(customer.documents(good)) == 1
    assert customer.documents(bad) == []
    assert "no account" in customer.item(job, bad)["failureReason"]
    (incident,) = customer.incidents()
    assert incident.failure == FailureClass.MAPPING_MISSING
    assert "no account" in incident.sentence


def test_an_account_that_the_books_show_as_archived_is_refused_before_anything_is_sent(customer: Customer) -> None:
    (entry,) = entries = customer.entries(1)
    customer.source.edit_entry(entry, on_account("5990"))

    job = customer.carry(customer.exports(entries))

    assert customer.postings(entry) == []
    assert customer.item(job, entry)["failureReasonType"] == "account_unknown"
    assert "5990" in customer.item(job, entry)["failureReason"]
    assert [one.failure for one in customer.incidents()] == [FailureClass.MAPPING_STALE]


def test_an_entry_that_the_erp_refuses_fails_alone_with_its_words(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = entries = customer.entries(2)
    customer.source.edit_entry(bad, on_account("5410"))
    customer.source.edit_entry(good, on_account("5800"))
    job = customer.exports(entries)
    monkeypatch.setenv("FAILPOINTS", "before_intent=raise")
    work_one()  # the books are read, and nothing is sent
    monkeypatch.delenv("FAILPOINTS")
    customer.target.archive_account(customer.organisation, "5410")

    customer.carry(job)

    (refused,) = customer.postings(bad)
    assert refused.state == PostingState.REFUSED
    assert "archived" in refused.words
    assert refused.incident is not None
    assert refused.incident.failure == FailureClass.MAPPING_STALE
    assert "5410" in customer.item(job, bad)["failureReason"]
    assert len(customer.documents(good)) == 1
    assert (job.state, job.balanced) == ("completed_with_errors", True)


def test_a_job_of_which_nothing_could_be_posted_has_failed(customer: Customer) -> None:
    (entry,) = entries = customer.entries(1)
    customer.spoil(entry)

    job = customer.carry(customer.exports(entries))

    assert job.state == "failed"
    assert customer.source.events(job.external_id) == ["started", "failed"]


def test_what_failed_is_corrected_and_exported_again(customer: Customer) -> None:
    (entry,) = entries = customer.entries(1)
    customer.source.edit_entry(entry, on_account("5990"))
    customer.carry(customer.exports(entries))

    customer.source.edit_entry(entry, _correct)
    job = customer.carry(customer.exports(entries))

    assert (job.state, job.balanced) == ("completed", True)
    (bill,) = customer.documents(entry)
    assert Decimal(bill["Total"]) == Decimal("12.34")


def test_a_contact_that_people_made_is_adopted(customer: Customer) -> None:
    (entry,) = entries = customer.entries(1)
    customer.source.edit_entry(entry, of_vendor("V-901", "RAIL AB"))
    before = {one["id"] for one in customer.target.contacts(customer.organisation)}

    customer.carry(customer.exports(entries))

    (bill,) = customer.documents(entry)
    assert bill["Contact"] in before
    assert customer.target.log.count("PUT */Contacts") == 0
    assert {one["id"] for one in customer.target.contacts(customer.organisation)} == before


def test_one_contact_is_made_for_many_entries(customer: Customer) -> None:
    entries = customer.entries(6)
    for entry in entries:
        customer.source.edit_entry(entry, of_vendor("V-900", "Brand New Ltd"))

    customer.carry(customer.exports(entries))

    named = customer.target.contacts(customer.organisation, Name="Brand New Ltd")
    assert len(named) == 1
    assert {customer.documents(entry)[0]["Contact"] for entry in entries} == {named[0]["id"]}


def _correct(payload: Document) -> None:
    """Another account, amount, vendor and number: all that a person may change."""
    on_account("5800")(payload)
    of_vendor("V-900", "Brand New Ltd", number="F-77")(payload)
    amount = {side: {"currency": "EUR", "value": 1234} for side in ("inSupplierCurrency", "inWalletCurrency")}
    line = {**payload["accountingEntryLines"][0], "lineAmount": amount}
    payload |= {"amount": amount, "accountingEntryLines": [line]}
