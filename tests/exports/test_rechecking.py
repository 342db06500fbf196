"""Entries that were posted by an earlier job and come again: is the document still there?"""

import pytest

from connectors.kit.documents import Part
from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from exports.models import PostingState, ReportOutcome
from installations.models import Installation, InstallationState
from tests.customer import Customer, on_account
from tests.exports.test_every_kind import configure

LOOKS, PAYMENTS = "GET /api.xro/2.0/Invoices", "PUT /api.xro/2.0/Payments"


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


def test_more_than_a_minute_allows_to_look_at_are_looked_at_in_some_minutes(customer: Customer) -> None:
    """Of such documents Xero gives one a call. What was looked at is written down before the limit is reached."""
    entries = customer.entries(70, "card_purchase")
    customer.carry(customer.exports(entries))

    again = customer.carry(customer.exports(entries, again=True), minutes=8)

    assert customer.outcomes(again) == dict.fromkeys(entries, ReportOutcome.ALREADY_THERE)


class TestAtTheEndOfAHold:
    """Of the second job everything is planned, then its first look into the ERP fails."""

    @pytest.fixture
    def entry(self, customer: Customer) -> str:
        (entry,) = customer.entries(1, "out_of_pocket")
        customer.carry(customer.exports([entry]))
        return entry

    def test_what_could_not_be_looked_at_again_is_not_told_as_there(self, customer: Customer, entry: str) -> None:
        (bill,) = customer.documents(entry)
        away = customer.target.faults.add(Fault(LOOKS, Kind.STATUS_BEFORE, times=None, status=503))

        job = customer.carry(customer.exports([entry], again=True), minutes=40)

        assert customer.outcomes(job) == {entry: ReportOutcome.FAILED}
        told = customer.item(job, entry)
        assert told["failureReasonType"] == "accounting_system_unreachable"
        assert f"posted before as {bill['InvoiceNumber']}" in told["failureReason"]
        assert "could not be looked up" in told["failureReason"]

        away.times = away.struck
        again = customer.carry(customer.exports([entry]))
        assert customer.outcomes(again) == {entry: ReportOutcome.ALREADY_THERE}
        assert len(customer.documents(entry)) == 1

    @pytest.mark.parametrize("voided", [True, False])
    def test_what_can_be_looked_at_again_is(self, customer: Customer, entry: str, voided: bool) -> None:
        customer.target.faults.add(Fault(LOOKS, Kind.RATE_LIMIT, retry_after=5))
        job = customer.exports([entry], again=True)
        customer.work()
        with acting_for(customer.tenant.pk):  # not active, and nobody has halted its work
            Installation.objects.update(state=InstallationState.PAUSED)
        if voided:
            customer.void(entry)

        customer.carry(job, minutes=40)

        outcome = ReportOutcome.FAILED if voided else ReportOutcome.ALREADY_THERE
        assert customer.outcomes(job) == {entry: outcome}
        assert ("not active" in str(customer.item(job, entry)["failureReason"])) is voided


class TestBillAndPayment:
    """Two documents of one entry."""

    @pytest.fixture
    def entry(self, customer: Customer) -> str:
        configure(customer, card_purchase="bill_paid")
        return customer.entries(1, "card_purchase")[0]

    def void(self, customer: Customer, entry: str, *parts: Part) -> None:
        for part in parts:
            (document,) = customer.documents(entry, part=part)
            customer.target.people.void(document["id"])

    def test_both_voided_are_both_posted_anew_one_upon_the_other(self, customer: Customer, entry: str) -> None:
        customer.carry(customer.exports([entry]))
        self.void(customer, entry, Part.PAYMENT, Part.DOCUMENT)

        job = customer.carry(customer.exports([entry], again=True))

        assert customer.outcomes(job) == {entry: ReportOutcome.POSTED}
        (bill,) = customer.documents(entry, revision=2)
        (payment,) = customer.documents(entry, revision=2, part=Part.PAYMENT)
        assert payment["Invoice"] == bill["id"]

    def test_an_entry_that_was_changed_is_not_paid_on_the_bill_of_before(
        self, customer: Customer, entry: str
    ) -> None:
        trouble = customer.target.faults.add(Fault(PAYMENTS, Kind.STATUS_BEFORE, status=503, times=None))
        customer.carry(customer.exports([entry]), minutes=60)
        trouble.times = trouble.struck
        customer.source.edit_entry(entry, on_account("5830"))

        job = customer.carry(customer.exports([entry], again=True))

        assert customer.documents(entry, part=Part.PAYMENT) == []
        assert "changed after it had been posted" in customer.report(job, entry).reason

    def test_a_bill_that_stands_does_not_stretch_the_hold_of_its_payment(
        self, customer: Customer, entry: str
    ) -> None:
        customer.carry(customer.exports([entry]))
        self.void(customer, entry, Part.PAYMENT)
        customer.target.faults.add(Fault(PAYMENTS, Kind.STATUS_BEFORE, status=403, times=None))

        job = customer.carry(customer.exports([entry], again=True), minutes=35)

        assert customer.outcomes(job) == {entry: ReportOutcome.FAILED}

    def test_a_payment_that_was_left_when_the_job_ended_makes_the_entry_no_success(
        self, customer: Customer, entry: str
    ) -> None:
        customer.target.faults.add(Fault("PUT /api.xro/2.0/Invoices", Kind.DROP_AFTER))
        job = customer.exports([entry])
        customer.work()
        customer.source.cancel(job.external_id)

        customer.later(minutes=2)
        customer.carry(job)

        assert len(customer.documents(entry)) == 1
        assert customer.outcomes(job) == {entry: ReportOutcome.SKIPPED}
