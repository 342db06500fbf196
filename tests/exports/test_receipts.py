"""Receipts: from the source into private storage, and from there to their documents; their trouble is their own."""

from pathlib import Path

import pytest
from django.conf import settings

from connections.models import Exchange
from connectors.kit.sandbox import Document as Stored
from connectors.kit.sandbox import Fault, Kind
from connectors.pleo.sandbox.file_troubles import Trouble
from database.acting import acting_for
from exports import attaching_later, receipt_files
from exports.models import ExportJob, Receipt, ReceiptState, ReportOutcome, Submission
from tests.customer import ACTOR, Customer
from tests.exports.test_every_kind import configure
from tests.faults.checker import Verdict, judge

PDF = {"id": "a", "type": "application/pdf", "size": 20_000}
UPLOADS = "PUT *Attachments*"


def with_files(customer: Customer, entry: str, *files: dict[str, object]) -> str:
    with customer.source.store.transaction():
        numbered = [{**file, "id": f"{entry}-{place}"} for place, file in enumerate(files, 1)]
        for file in numbered:
            customer.source.store["files"].put(str(file["id"]), file)
        customer.source.store["entries"].change(entry, files=numbered)
    return entry


@pytest.fixture
def entry(customer: Customer) -> str:
    """One with two receipts."""
    return with_files(customer, customer.entries(1, "out_of_pocket")[0], PDF, PDF)


def kept(customer: Customer) -> list[Receipt]:
    with acting_for(customer.tenant.pk):
        return list(Receipt.objects.order_by("record__position", "place"))


def attached(customer: Customer) -> list[Stored]:
    return customer.target.written("attachments", customer.organisation)


def files_of(receipt: Receipt) -> list[Path]:
    return list(Path(settings.RECEIPTS_FOLDER, str(receipt.tenant_id)).rglob(f"{receipt.pk}.*"))


def test_receipts_are_attached_to_the_document_and_the_job_says_so(customer: Customer, entry: str) -> None:
    job = customer.carry(customer.exports([entry]))

    (bill,) = customer.documents(entry)
    assert [one["document"] for one in attached(customer)] == [bill["id"]] * 2
    assert [one.state for one in kept(customer)] == [ReceiptState.ATTACHED] * 2
    assert (job.state, job.balanced) == ("completed", True)
    assert judge(customer) == Verdict()


@pytest.mark.parametrize(
    "entry_type", ["card_purchase", "refund", "invoice", "mileage", "personal_spend", "direct_reimbursement"]
)
def test_every_kind_of_document_takes_them(customer: Customer, entry_type: str) -> None:
    (one,) = customer.entries(1, entry_type)
    with_files(customer, one, PDF)

    customer.carry(customer.exports([one]))

    assert len(attached(customer)) == 1


def test_a_stored_receipt_is_private_and_goes_after_its_days(customer: Customer, entry: str) -> None:
    customer.carry(customer.exports([entry]))
    first = kept(customer)[0]
    (file,) = files_of(first)
    assert (file.stat().st_mode & 0o077, file.parent.stat().st_mode & 0o077) == (0, 0)

    customer.later(days=settings.RECEIPT_DAYS + 1)
    receipt_files.sweep()

    assert files_of(first) == []
    assert kept(customer)[0].file == ""


def test_the_signed_address_is_stored_nowhere(customer: Customer, entry: str) -> None:
    customer.carry(customer.exports([entry]))

    with acting_for(customer.tenant.pk):
        said = [f"{one.address}{one.answer_body}{one.request_body}" for one in Exchange.objects.all()]
    assert any("/files/" in one for one in said)
    assert not any("signature=" in one and "signature=…" not in one for one in said)


@pytest.mark.parametrize("trouble", ["down", "missing", "truncated"])
def test_a_receipt_that_cannot_be_had_for_a_moment_is_had_later(customer: Customer, entry: str, trouble: str) -> None:
    customer.source.file_trouble = Trouble(trouble, times=2)  # type: ignore[arg-type]

    job = customer.carry(customer.exports([entry]))

    assert len(attached(customer)) == 2
    assert customer.outcomes(job) == {entry: ReportOutcome.POSTED}


@pytest.mark.parametrize(
    ("trouble", "subject"), [("missing", "download"), ("wrong_type", "type"), ("redirect", "download")]
)
def test_a_receipt_that_cannot_be_had_at_all_holds_nothing_up(
    customer: Customer, entry: str, trouble: str, subject: str
) -> None:
    customer.source.file_trouble = Trouble(trouble)  # type: ignore[arg-type]

    job = customer.carry(customer.exports([entry]), minutes=15)

    assert customer.outcomes(job) == {entry: ReportOutcome.POSTED}
    assert customer.item(job, entry)["status"] == "successful"
    assert {(one.state, one.subject) for one in kept(customer)} == {(ReceiptState.FAILED, subject)}
    assert "attachment.failed" in {one.failure for one in customer.incidents()}


def test_a_receipt_larger_than_the_erp_takes_is_told_as_that(customer: Customer) -> None:
    (entry,) = customer.entries(1, "out_of_pocket")
    with_files(customer, entry, {**PDF, "size": 11_000_000})

    job = customer.carry(customer.exports([entry]))

    assert customer.outcomes(job) == {entry: ReportOutcome.POSTED}
    (receipt,) = kept(customer)
    assert (receipt.state, receipt.subject) == (ReceiptState.FAILED, "size")
    assert attached(customer) == []


def test_a_posted_entry_waits_for_its_receipts_ten_minutes_at_most(customer: Customer, entry: str) -> None:
    customer.target.faults.add(Fault(UPLOADS, Kind.STATUS_BEFORE, times=None, status=500))
    job = customer.exports([entry])
    customer.work()
    assert customer.item(job, entry)["status"] == "pending"

    customer.later(minutes=9)
    customer.work()
    assert customer.item(job, entry)["status"] == "pending"

    customer.later(minutes=2)
    customer.work()
    assert customer.item(job, entry)["status"] == "successful"
    assert not customer.reread(job).is_open


def test_after_the_job_its_receipts_go_on_by_themselves(customer: Customer, entry: str) -> None:
    trouble = customer.target.faults.add(Fault(UPLOADS, Kind.STATUS_BEFORE, times=None, status=500))
    customer.carry(customer.exports([entry]), minutes=15)
    assert attached(customer) == []

    trouble.times = trouble.struck
    customer.later(minutes=10)
    customer.work()

    assert len(attached(customer)) == 2
    assert len(customer.documents(entry)) == 1
    assert [one.state for one in kept(customer)] == [ReceiptState.ATTACHED] * 2


def test_receipts_are_given_up_after_some_days_and_a_person_may_try_once_more(customer: Customer, entry: str) -> None:
    trouble = customer.target.faults.add(Fault(UPLOADS, Kind.STATUS_BEFORE, times=None, status=500))
    job = customer.carry(customer.exports([entry]), minutes=15)
    customer.later(days=settings.RECEIPT_DAYS + 1)
    customer.work()
    assert {one.state for one in kept(customer)} == {ReceiptState.FAILED}

    trouble.times = trouble.struck
    with acting_for(customer.tenant.pk):
        sentence = attaching_later.retry(ExportJob.objects.get(pk=job.pk), actor=ACTOR)
    customer.work()

    assert sentence.startswith("2 receipts")
    assert len(attached(customer)) == 2


@pytest.mark.parametrize("kind", [Kind.DROP_AFTER, Kind.STATUS_AFTER, Kind.HTML, Kind.TRUNCATE])
def test_an_upload_whose_answer_is_lost_leaves_one_file_and_no_second_document(
    customer: Customer, entry: str, kind: Kind
) -> None:
    customer.target.faults.add(Fault(UPLOADS, kind, status=500))

    customer.carry(customer.exports([entry]))

    assert len(attached(customer)) == 2
    assert len(customer.documents(entry)) == 1
    with acting_for(customer.tenant.pk):
        assert Submission.objects.count() == 2  # a contact and a bill: receipts are no part of the ledger


@pytest.mark.parametrize("place", ["after_receipt", "after_attach"])
def test_a_crash_between_file_and_row_leaves_one_of_each(
    customer: Customer, entry: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = customer.exports([entry])
    monkeypatch.setenv("FAILPOINTS", f"{place}=raise")
    customer.work(slices=2)
    monkeypatch.delenv("FAILPOINTS")

    customer.later(minutes=2)
    customer.carry(job)

    assert len(attached(customer)) == 2
    assert [len(files_of(one)) for one in kept(customer)] == [1, 1]


def test_an_entry_that_comes_again_has_its_receipts_already(customer: Customer, entry: str) -> None:
    customer.carry(customer.exports([entry]))
    uploads = customer.target.log.count(UPLOADS)

    customer.carry(customer.exports([entry], again=True))

    assert customer.target.log.count(UPLOADS) == uploads
    assert {one.state for one in kept(customer)} == {ReceiptState.ATTACHED}


def test_an_entry_that_fails_leaves_no_file_behind(customer: Customer, entry: str) -> None:
    customer.spoil(entry)

    customer.carry(customer.exports([entry]))
    receipt_files.sweep()

    assert {one.state for one in kept(customer)} == {ReceiptState.LEFT_OUT}
    assert [files_of(one) for one in kept(customer)] == [[], []]


class TestRequired:
    """The customer wants no document without its receipts."""

    @pytest.fixture(autouse=True)
    def _required(self, customer: Customer) -> None:
        configure(customer, receipts="require")

    def test_with_its_receipts_an_entry_is_posted(self, customer: Customer, entry: str) -> None:
        job = customer.carry(customer.exports([entry]))

        assert customer.outcomes(job) == {entry: ReportOutcome.POSTED}
        assert len(attached(customer)) == 2

    @pytest.mark.parametrize(
        ("trouble", "reason"),
        [("missing", "receipt_download_failure"), ("wrong_type", "receipt_conversion_failure")],
    )
    def test_without_them_it_fails_before_anything_is_posted(
        self, customer: Customer, entry: str, trouble: str, reason: str
    ) -> None:
        customer.source.file_trouble = Trouble(trouble)  # type: ignore[arg-type]

        job = customer.carry(customer.exports([entry]), minutes=15)

        assert customer.documents(entry) == []
        assert customer.item(job, entry)["failureReasonType"] == reason
        assert [one.sentence.split(",")[0] for one in customer.incidents()] == ["Receipt 1 is missing"]

    def test_one_that_is_too_large_fails_before_anything_is_posted(self, customer: Customer) -> None:
        (entry,) = customer.entries(1, "out_of_pocket")
        with_files(customer, entry, {**PDF, "size": 11_000_000})

        job = customer.carry(customer.exports([entry]))

        assert customer.documents(entry) == []
        assert customer.item(job, entry)["failureReasonType"] == "receipt_file_size_limit_exceeded"


def test_receipts_may_be_left_out_by_the_settings(customer: Customer, entry: str) -> None:
    configure(customer, receipts="leave_out")

    customer.carry(customer.exports([entry]))

    assert customer.source.log.count("GET /files/*") == 0
    assert {one.state for one in kept(customer)} == {ReceiptState.LEFT_OUT}
