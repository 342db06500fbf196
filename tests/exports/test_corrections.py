"""What people correct between two exports, and what was left in the ERP meanwhile."""

import pytest

from connectors.kit.documents import Part
from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from exports.models import ExportJob, PostingState, ReportOutcome
from exports.selectors import balance
from jobs import slices
from jobs.slices import work_one
from tests.customer import Customer, of_vendor, on_account
from tests.exports.test_every_kind import configure

REFUSED_BUT_MADE = '{"Type": "ValidationException", "Message": "Something is wrong with it."}'


def refused_but_made(customer: Customer, entry: str) -> ExportJob:
    """The vendor says no and leaves a draft behind."""
    fault = Fault("PUT /api.xro/2.0/Invoices*", Kind.STATUS_AFTER, status=400, body=REFUSED_BUT_MADE)
    customer.target.faults.add(fault)
    job = customer.carry(customer.exports([entry]))
    assert customer.outcomes(job) == {entry: ReportOutcome.FAILED}
    assert len(customer.documents(entry)) == 1
    return job


def test_a_refused_document_that_was_left_behind_is_adopted_and_not_made_twice(customer: Customer) -> None:
    (entry,) = customer.entries(1)
    refused_but_made(customer, entry)

    again = customer.carry(customer.exports([entry]))

    assert customer.outcomes(again)[entry] in {ReportOutcome.POSTED, ReportOutcome.ALREADY_THERE}
    assert len(customer.documents(entry)) == 1
    assert customer.source.final_events(again.external_id) == 1


def test_a_corrected_entry_is_never_told_as_posted_by_the_old_document(customer: Customer) -> None:
    (entry,) = customer.entries(1)
    customer.source.edit_entry(entry, of_vendor("V-1", "Rail AB", "OLD-1"))
    refused_but_made(customer, entry)
    customer.source.edit_entry(entry, on_account("5830"))
    customer.source.edit_entry(entry, of_vendor("V-1", "Rail AB", "NEW-2"))

    again = customer.carry(customer.exports([entry]))

    (bill,) = customer.documents(entry)
    assert customer.outcomes(again) == {entry: ReportOutcome.FAILED}
    assert bill["InvoiceNumber"] in customer.item(again, entry)["failureReason"]


def test_an_older_job_still_balances_after_its_entries_were_exported_again(customer: Customer) -> None:
    entries = customer.entries(2)
    first = customer.carry(customer.exports(entries))

    customer.carry(customer.exports(entries, again=True))

    with acting_for(customer.tenant.pk):
        assert balance(first).balances


def test_a_vendor_that_other_jobs_need_is_not_skipped_with_a_closed_job(customer: Customer) -> None:
    (entry,) = customer.entries(1)
    customer.source.edit_entry(entry, of_vendor("V-77", "Kontor AS"))
    customer.target.faults.add(Fault("PUT *Contacts*", Kind.STATUS_BEFORE, status=429, times=1))
    job = customer.exports([entry])
    customer.work()
    customer.source.cancel(job.external_id)
    customer.later(minutes=3)
    customer.carry(job)

    (vendor,) = customer.postings(part=Part.VENDOR)
    assert vendor.state == PostingState.PLANNED

    assert customer.carry(customer.exports([entry])).state == "completed"


def test_a_hold_is_over_as_soon_as_something_goes_through(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or one bad minute, an hour later, would fail all that is left."""
    monkeypatch.setattr(slices, "SECONDS", -1.0)  # every slice ends at its first save-point
    job = customer.exports(60)
    with acting_for(customer.tenant.pk):
        ExportJob.objects.filter(pk=job.pk).update(held_since=job.noticed_at)

    while not customer.postings() or not any(p.state == PostingState.POSTED for p in customer.postings()):
        assert work_one()

    assert customer.reread(job).held_since is None


def test_a_changed_setting_does_not_hide_what_was_left_behind_as_another_kind(customer: Customer) -> None:
    (entry,) = customer.entries(1, "out_of_pocket")
    refused_but_made(customer, entry)
    configure(customer, out_of_pocket="journal", employee_account="2890")

    customer.carry(customer.exports([entry]))

    (document,) = customer.documents(entry)
    assert "InvoiceNumber" in document
