"""Receipts: the request, what Xero says of it, and that a second upload replaces the first."""

import pytest

from connectors.kit.documents import Attachment, Created, Document
from connectors.kit.errors import (
    AskForPermission,
    ConnectorError,
    RateLimited,
    Reconnect,
    RefuseFile,
    TryLater,
)
from connectors.kit.http import Answer
from connectors.kit.records import Record
from connectors.kit.sandbox import Fault
from connectors.kit.sandbox.faults import Kind as Trouble
from connectors.kit.steps import take
from connectors.kit.uploads import MEGABYTE
from connectors.xero.tests.app_in_xero import AppInXero
from connectors.xero.tests.books import Books
from connectors.xero.tests.support import BILL, COMPANY, answer, bill_of, card, document_of, moved, plan, record, xero

PDF = b"%PDF-1.7 receipt"
JOURNAL = moved("personal_spend", code="1610", contra="2890")
ENTRIES = [
    (record(), "Invoices"),
    (record("-99.50"), "CreditNotes"),
    (card(), "BankTransactions"),
    (card(kind="refund"), "BankTransactions"),
    (JOURNAL, "ManualJournals"),
]


def receipt(
    body: bytes = PDF, extension: str = "pdf", kind: str = "application/pdf", entry: str = "7cb59f93-6f8a"
) -> Attachment:
    return Attachment(entry, 2, extension, kind, body)


@pytest.mark.parametrize(("entry", "plural"), ENTRIES)
def test_it_is_put_under_a_name_of_ours_as_it_is(entry: Record, plural: str) -> None:
    request = next(xero().attach(document_of(entry), BILL, receipt()))

    path = f"/api.xro/2.0/{plural}/{BILL}/Attachments/receipt-2-7cb59f93.pdf"
    assert (request.method, request.path, request.body) == ("PUT", path, PDF)
    assert request.headers["Content-Type"] == "application/pdf"
    assert request.headers["xero-tenant-id"] == COMPANY


def test_a_name_never_holds_what_the_source_calls_the_entry() -> None:
    request = next(xero().attach(bill_of(record()), BILL, receipt(entry="../../?#é")))
    name = request.path.rpartition("/")[2]
    assert name.startswith("receipt-2-")
    assert name.isascii()
    assert not set('<>:"/\\|?*+# ') & set(name)


@pytest.mark.parametrize(
    ("document", "given", "subject"),
    [
        (bill_of(record()), receipt(b"x" * (10 * MEGABYTE + 1)), "size"),
        (document_of(JOURNAL), receipt(b"x" * (3 * MEGABYTE + 1)), "size"),
        (bill_of(record()), receipt(extension="heic", kind="image/heic"), "type"),
        (bill_of(record()), receipt(extension="exe", kind="application/pdf"), "type"),
    ],
)
def test_what_xero_would_not_take_is_not_sent(document: Document, given: Attachment, subject: str) -> None:
    with pytest.raises(RefuseFile) as refusal:
        next(xero().attach(document, BILL, given))
    assert refusal.value.subject == subject
    assert "Receipt 2" in refusal.value.sentence


def test_a_payment_takes_no_receipts() -> None:
    payment = plan(card(), card_purchase="bill_paid")[-1]
    assert payment.kind not in xero().attachable
    with pytest.raises(RefuseFile):
        next(xero().attach(payment, BILL, receipt()))


NO_TYPE = "The file couldn't be uploaded because it isn't a supported file type."
UNSUPPORTED = {"Elements": [{"ValidationErrors": [{"Message": NO_TYPE}]}]}
ANSWERS: list[tuple[Answer, type[ConnectorError], str]] = [
    (answer({"Title": "RequestEntityTooLarge", "Status": 413}, 413), RefuseFile, "size"),
    (answer(UNSUPPORTED, 400), RefuseFile, "type"),
    (answer({"Message": "A document can have at most 10 attachments."}, 400), RefuseFile, "upload"),
    (answer("The resource you're looking for cannot be found", 404), RefuseFile, "upload"),
    (answer({"Title": "Unauthorized", "Detail": "AuthenticationUnsuccessful"}, 401), Reconnect, ""),
    (answer({"Title": "Unauthorized", "Detail": "AuthorizationUnsuccessful"}, 401), AskForPermission, ""),
    (answer({"Title": "Forbidden", "Detail": "no role"}, 403), AskForPermission, ""),
    (answer("", 429, retry_after="17"), RateLimited, ""),
    (answer("The Xero API is temporarily unavailable", 503), TryLater, ""),
    (answer("", 500), TryLater, ""),
    (answer("", 302), TryLater, ""),
    (answer("<h1>Something went wrong</h1>"), TryLater, ""),
    (answer({"Attachments": []}), TryLater, ""),
]


def answered(said: Answer) -> None:
    take(xero().attach(bill_of(record()), BILL, receipt()), lambda request: said)


@pytest.mark.parametrize(("said", "error", "subject"), ANSWERS)
def test_what_xero_says_of_it(said: Answer, error: type[ConnectorError], subject: str) -> None:
    with pytest.raises(error) as refusal:
        answered(said)
    assert getattr(refusal.value, "subject", "") == subject


def test_an_attached_receipt_is_attached() -> None:
    answered(answer({"Attachments": [{"AttachmentID": BILL, "FileName": "receipt-2-7cb59f93.pdf"}]}))


@pytest.mark.parametrize(("entry", "plural"), ENTRIES)
def test_it_arrives_once_however_often_it_is_sent(nordwind: AppInXero, entry: Record, plural: str) -> None:
    books = Books(nordwind)
    ((document, outcome),) = books.post_all(entry)
    assert isinstance(outcome, Created)

    for _ in range(2):
        take(books.xero.attach(document, outcome.found.document_id, receipt()), books.xero.client.send)

    listed = nordwind.read(f"/{plural}/{outcome.found.document_id}/Attachments")["Attachments"]
    assert [(one["FileName"], one["ContentLength"]) for one in listed] == [("receipt-2-7cb59f93.pdf", len(PDF))]


def test_bytes_of_another_type_than_said_are_refused(nordwind: AppInXero) -> None:
    books = Books(nordwind)
    ((document, outcome),) = books.post_all(card())
    assert isinstance(outcome, Created)
    with pytest.raises(RefuseFile) as refusal:
        take(
            books.xero.attach(document, outcome.found.document_id, receipt(b"GIF89a no pdf")), books.xero.client.send
        )
    assert refusal.value.subject == "type"


def test_an_upload_that_failed_on_the_way_is_simply_done_again(nordwind: AppInXero) -> None:
    books = Books(nordwind)
    ((document, outcome),) = books.post_all(card())
    assert isinstance(outcome, Created)
    books.sandbox.faults.add(Fault("PUT *Attachments*", Trouble.STATUS_AFTER, status=500))
    with pytest.raises(TryLater):
        take(books.xero.attach(document, outcome.found.document_id, receipt()), books.xero.client.send)
    take(books.xero.attach(document, outcome.found.document_id, receipt()), books.xero.client.send)
