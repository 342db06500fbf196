"""Receipts that do not come, or are not taken: nothing else waits for them longer than it must, and no file stays."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from connections.models import Connection, ConnectionState
from connectors.kit.sandbox import Fault, Kind
from connectors.pleo.sandbox.file_troubles import Trouble
from database.acting import acting_for
from exports import attaching_later, leaving_out, receipt_files
from exports.models import ExportJob, ReceiptState, ReportOutcome
from installations import services as installations
from jobs import slices
from tests.customer import ACTOR, Customer, on_account
from tests.exports.test_every_kind import configure, same_invoice
from tests.exports.test_receipts import PDF, UPLOADS, attached, files_of, kept, with_files


@pytest.fixture
def uploads_fail(customer: Customer) -> Fault:
    return customer.target.faults.add(Fault(UPLOADS, Kind.STATUS_BEFORE, times=None, status=500))


@pytest.fixture
def entry(customer: Customer) -> str:
    return with_files(customer, customer.entries(1, "out_of_pocket")[0], PDF)


def to_the_second(customer: Customer, job: ExportJob, at_most: int = 700) -> None:
    """Until the job has ended, each slice in the second in which it is due; no person is asked for on the way."""
    passed = 0
    while passed < at_most:
        customer.work()
        if not customer.reread(job).is_open:
            return
        assert not [run for run in customer.runs() if "waiting" in run]
        seconds = customer.seconds_of_rest()
        customer.later(seconds=seconds)
        passed += seconds
    raise AssertionError(f"{job} did not end: {customer.runs()}")


def test_many_that_the_erp_does_not_take_delay_their_job_by_the_patience_and_no_more(
    customer: Customer, uploads_fail: Fault
) -> None:
    entries = customer.entries(4, "out_of_pocket")
    for one in entries:
        with_files(customer, one, *[PDF] * 5)
    job = customer.exports(entries)

    to_the_second(customer, job)

    assert set(customer.outcomes(job).values()) == {ReportOutcome.POSTED}
    assert uploads_fail.struck < 60


def test_those_of_an_entry_that_failed_do_not_hasten_the_wait_for_others(
    customer: Customer, entry: str, uploads_fail: Fault
) -> None:
    bad = with_files(customer, customer.entries(1, "out_of_pocket")[0], PDF)
    customer.spoil(bad)
    job = customer.exports([entry, bad])

    to_the_second(customer, job)

    assert customer.outcomes(job) == {entry: ReportOutcome.POSTED, bad: ReportOutcome.FAILED}


def test_what_takes_all_the_time_of_a_slice_keeps_nothing_from_being_posted(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [with_files(customer, one, PDF) for one in customer.entries(3, "out_of_pocket")]
    customer.source.file_trouble = Trouble("down")
    monkeypatch.setattr(slices, "SECONDS", -1.0)
    job = customer.exports(entries)

    customer.work()

    assert [len(customer.documents(one)) for one in entries] == [1, 1, 1]
    assert job.is_open


def test_a_storage_that_is_full_keeps_nothing_from_being_posted(
    customer: Customer, entry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(receipt_files, "keep", full)

    job = customer.carry(customer.exports([entry]), minutes=15)

    assert customer.outcomes(job) == {entry: ReportOutcome.POSTED}
    assert [one.state for one in kept(customer)] == [ReceiptState.FAILED]


def test_those_whose_entry_came_again_are_left_to_the_new_job(
    customer: Customer, entry: str, uploads_fail: Fault
) -> None:
    customer.carry(customer.exports([entry]), minutes=15)
    uploads_fail.times = uploads_fail.struck
    customer.carry(customer.exports([entry], again=True))

    customer.later(minutes=10)
    customer.work()

    assert customer.runs() == []
    assert {one.state for one in kept(customer)} == {ReceiptState.LEFT_OUT, ReceiptState.ATTACHED}
    assert len(attached(customer)) == 1


class TestFiles:
    """What is stored goes, whatever becomes of its job."""

    @pytest.fixture
    def days_pass(self, customer: Customer) -> Callable[[], None]:
        def pass_them() -> None:
            for _ in range(2):
                customer.later(days=settings.RECEIPT_DAYS + 1)
                customer.work()
                receipt_files.sweep()

        return pass_them

    def test_of_an_installation_that_was_paused(
        self, customer: Customer, entry: str, uploads_fail: Fault, days_pass: Callable[[], None]
    ) -> None:
        job = customer.carry(customer.exports([entry]), minutes=15)
        with acting_for(customer.tenant.pk):
            installations.pause(customer.installation, actor=ACTOR)
        customer.later(days=settings.RECEIPT_DAYS + 1)
        customer.work()
        assert len(files_of(kept(customer)[0])) == 1

        days_pass()
        assert files_of(kept(customer)[0]) == []

        uploads_fail.times = uploads_fail.struck
        with acting_for(customer.tenant.pk):
            installations.activate(customer.installation, actor=ACTOR)
        customer.work()
        assert [one.state for one in kept(customer)] == [ReceiptState.FAILED]
        assert not customer.reread(job).is_open

    def test_of_a_crash_before_it_was_written_down(
        self, customer: Customer, entry: str, days_pass: Callable[[], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = customer.exports([entry])
        monkeypatch.setenv("FAILPOINTS", "after_receipt=raise")
        customer.work(slices=2)
        monkeypatch.delenv("FAILPOINTS")
        assert len(files_of(kept(customer)[0])) == 1
        customer.source.cancel(job.external_id)
        customer.later(minutes=2)
        customer.carry(job)

        with acting_for(customer.tenant.pk):
            assert "no receipts" in attaching_later.retry(job, actor=ACTOR)  # it may not be whole
        days_pass()

        assert files_of(kept(customer)[0]) == []

    def test_of_a_retry_that_nobody_could_work_on(
        self, customer: Customer, entry: str, uploads_fail: Fault, days_pass: Callable[[], None]
    ) -> None:
        job = customer.carry(customer.exports([entry]), minutes=15)
        customer.later(days=settings.RECEIPT_DAYS + 1)
        customer.work()
        with acting_for(customer.tenant.pk):
            installations.pause(customer.installation, actor=ACTOR)
            assert attaching_later.retry(job, actor=ACTOR).startswith("1 receipts")

        days_pass()

        assert files_of(kept(customer)[0]) == []

    def test_while_it_arrives_it_has_no_name(self) -> None:
        with receipt_files.arriving() as file:
            assert "deleted" in str(Path(os.readlink(f"/proc/self/fd/{file.fileno()}")))


def test_those_of_an_entry_that_cannot_be_planned_are_not_even_fetched(customer: Customer, entry: str) -> None:
    customer.spoil(entry)

    customer.carry(customer.exports([entry]))

    assert customer.source.log.count("GET /files/*") == 0
    assert [(one.state, one.reason) for one in kept(customer)] == [(ReceiptState.LEFT_OUT, leaving_out.NOT_POSTED)]


def test_those_of_an_entry_that_was_changed_are_not_put_on_its_document_of_before(
    customer: Customer, entry: str
) -> None:
    customer.carry(customer.exports([entry]))
    customer.source.edit_entry(entry, on_account("5830"))
    with_files(customer, entry, PDF, PDF)

    job = customer.carry(customer.exports([entry], again=True))

    assert customer.outcomes(job) == {entry: ReportOutcome.FAILED}
    assert len(attached(customer)) == 1
    assert [one.state for one in kept(customer)].count(ReceiptState.LEFT_OUT) == 2


@pytest.mark.parametrize("policy", ["attach", "require"])
def test_one_on_a_payment_is_left_out_and_is_nobodys_trouble(customer: Customer, policy: str) -> None:
    configure(customer, receipts=policy, invoice_status="authorised")
    invoice, payment = customer.entries(2, "invoice", "invoice_payment")
    customer.source.edit_entry(payment, same_invoice(customer, invoice))
    with_files(customer, payment, PDF)

    job = customer.carry(customer.exports([payment, invoice]))

    (receipt,) = kept(customer)
    assert (receipt.state, receipt.reason) == (ReceiptState.LEFT_OUT, "Xero takes no file on a payment.")
    assert customer.outcomes(job) == dict.fromkeys([invoice, payment], ReportOutcome.POSTED)
    assert customer.incidents() == []


class TestRequired:
    @pytest.fixture(autouse=True)
    def _required(self, customer: Customer) -> None:
        configure(customer, receipts="require", invoice_status="authorised")

    def test_a_payment_waits_for_the_bill_whose_receipt_is_still_to_come(self, customer: Customer) -> None:
        invoice, payment = customer.entries(2, "invoice", "invoice_payment")
        customer.source.edit_entry(payment, same_invoice(customer, invoice))
        with_files(customer, invoice, PDF)
        customer.source.file_trouble = Trouble("down", times=1)

        job = customer.carry(customer.exports([payment, invoice]))

        assert customer.outcomes(job) == dict.fromkeys([invoice, payment], ReportOutcome.POSTED)

    def test_where_the_erp_takes_none_they_are_not_required(self, customer: Customer) -> None:
        invoice, payment = customer.entries(2, "invoice", "invoice_payment")
        customer.source.edit_entry(payment, same_invoice(customer, invoice))
        with_files(customer, payment, PDF)

        job = customer.carry(customer.exports([payment, invoice]))

        assert customer.outcomes(job) == dict.fromkeys([invoice, payment], ReportOutcome.POSTED)

    def test_more_than_the_erp_takes_fail_before_anything_is_posted(self, customer: Customer, entry: str) -> None:
        with_files(customer, entry, *[PDF] * 11)

        job = customer.carry(customer.exports([entry]))

        assert customer.documents(entry) == []
        assert "takes 10 receipts" in customer.item(job, entry)["failureReason"]

    def test_after_the_hold_an_entry_whose_receipts_did_not_come_fails_too(
        self, customer: Customer, entry: str
    ) -> None:
        customer.source.file_trouble = Trouble("down")
        job = customer.exports([entry])
        customer.work()
        with acting_for(customer.tenant.pk):
            target = Connection.objects.filter(pk=customer.installation.target_id)
            target.update(state=ConnectionState.NEEDS_RECONNECT)

        customer.carry(job, minutes=35)

        assert job.state == "failed"
        assert "onnect" in customer.item(job, entry)["failureReason"]
