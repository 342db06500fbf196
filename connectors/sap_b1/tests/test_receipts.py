"""Receipts: into the folder first, then on their document, once however often it is tried."""

from dataclasses import replace
from typing import Any

import pytest

from connectors.kit.documents import Attachment, Found, Key, Part
from connectors.kit.errors import RefuseFile, TryLater
from connectors.kit.http import Answer, Request
from connectors.kit.records import Record
from connectors.kit.steps import take
from connectors.kit.uploads import MEGABYTE
from connectors.sap_b1 import receipts, sending
from connectors.sap_b1.tests.client import Program
from connectors.sap_b1.tests.support import Desk, card, record

PDF = b"%PDF-1.7 \x00 a receipt"
RECEIPT = Attachment("8f3c1d6a", 1, "pdf", "application/pdf", PDF)


@pytest.fixture
def desk(nordwind: Program) -> Desk:
    return Desk(nordwind)


def attach(desk: Desk, entry: Record, *files: Attachment, lose: int = 0) -> None:
    """`lose`: after so many calls no answer comes any more."""
    outcome, document = desk.post(entry)[-1], desk.plan(entry)[-1]
    attach_to(desk, document, outcome.found.document_id, *files, lose=lose)


def attach_to(desk: Desk, document: Any, document_id: str, *files: Attachment, lose: int = 0) -> None:
    calls = 0

    def send(request: Request) -> Answer:
        nonlocal calls
        answer, calls = desk.answer(request), calls + 1
        if calls == lose:
            raise TryLater("No answer came.")
        return answer

    for file in files:
        take(receipts.attach(document, document_id, file, desk.program.sandbox.clock.now()), send)


def names(desk: Desk) -> list[str]:
    return [
        line["FileName"] for one in desk.program.sandbox.written("Attachments2") for line in one["Attachments2_Lines"]
    ]


@pytest.mark.parametrize(("entry", "entity_set"), [(record(), "PurchaseInvoices"), (card(), "JournalEntries")])
def test_two_receipts_stand_in_the_one_entry_of_their_document(desk: Desk, entry: Record, entity_set: str) -> None:
    attach(desk, entry, RECEIPT, replace(RECEIPT, place=2))
    assert names(desk) == ["receipt-8f3c1d6a-1", "receipt-8f3c1d6a-2"]
    assert desk.program.sandbox.written(entity_set)[0]["AttachmentEntry"] == 1


def test_a_draft_takes_them_too(nordwind: Program) -> None:
    desk = Desk(nordwind, invoices_as="draft")
    attach(desk, record(), RECEIPT)
    assert desk.program.sandbox.written("Drafts")[0]["AttachmentEntry"] == 1


def test_what_is_there_already_is_not_sent_again(desk: Desk) -> None:
    attach(desk, record(), RECEIPT, RECEIPT)
    assert names(desk) == ["receipt-8f3c1d6a-1"]


@pytest.mark.parametrize("lose", [1, 2, 3, 4])
def test_whichever_answer_is_lost_it_is_there_once(desk: Desk, lose: int) -> None:
    outcome, document = desk.post(record())[-1], desk.plan(record())[-1]
    place = outcome.found.document_id
    with pytest.raises(TryLater):
        attach_to(desk, document, place, RECEIPT, lose=lose)
    attach_to(desk, document, place, RECEIPT)
    attach_to(desk, document, place, RECEIPT)
    assert names(desk) == ["receipt-8f3c1d6a-1"]
    assert desk.program.sandbox.written("PurchaseInvoices")[0]["AttachmentEntry"] == 1


def upload(desk: Desk, *files: Attachment) -> Found:
    steps = receipts.upload(desk.plan(record())[-1], files, desk.program.sandbox.clock.now())
    return take(steps, desk.answer)


def test_files_that_go_first_are_one_entry_which_their_document_is_made_with(desk: Desk) -> None:
    vendor, invoice = desk.plan(record())
    there = upload(desk, RECEIPT, replace(RECEIPT, place=2))
    assert names(desk) == ["receipt-8f3c1d6a-1", "receipt-8f3c1d6a-2"]
    desk.send(*sending.drafts([vendor], {}, desk.settings))
    known = {invoice.needs: vendor.reference, Key(invoice.key.entry, Part.ATTACHMENT): there.document_id}
    [draft] = sending.drafts([invoice], known, desk.settings)  # type: ignore[arg-type]
    desk.send(draft)
    assert desk.program.sandbox.written("PurchaseInvoices")[0]["AttachmentEntry"] == 1


def test_files_that_are_there_already_are_taken(desk: Desk) -> None:
    assert upload(desk, RECEIPT) == upload(desk, RECEIPT)
    assert names(desk) == ["receipt-8f3c1d6a-1"]


def test_files_are_found_beyond_the_first_page_of_twenty(desk: Desk) -> None:
    first = upload(desk, RECEIPT)
    for number in range(21):
        upload(desk, replace(RECEIPT, entry=f"another-{number}"))

    assert upload(desk, RECEIPT) == first


def test_what_is_not_among_the_newest_goes_under_a_second_name_and_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "NEWEST", 1)
    upload(desk, RECEIPT)
    upload(desk, replace(RECEIPT, entry="another"))
    assert upload(desk, RECEIPT).number == "3, under second names"
    assert names(desk)[-1] == "receipt-8f3c1d6a-1-2"


def test_more_than_one_call_takes_is_refused_before_it_is_sent(desk: Desk) -> None:
    many = [replace(RECEIPT, body=bytes(9 * MEGABYTE), place=place) for place in range(1, 7)]
    with pytest.raises(RefuseFile, match="at once"):
        upload(desk, *many)
    assert names(desk) == []


@pytest.mark.parametrize(
    ("file", "switches", "subject"),
    [
        (replace(RECEIPT, extension="heic"), {}, "type"),
        (RECEIPT, {"no_attachment_folder": True}, "upload"),
    ],
)
def test_what_business_one_does_not_take_is_told(
    desk: Desk, file: Attachment, switches: dict[str, Any], subject: str
) -> None:
    desk.program.sandbox.switch(**switches)
    with pytest.raises(RefuseFile) as refusal:
        attach(desk, record(), file)
    assert refusal.value.subject == subject


def test_a_document_that_is_gone_has_no_place(desk: Desk) -> None:
    with pytest.raises(RefuseFile, match="no longer"):
        attach_to(desk, desk.plan(record())[-1], "77/V1", RECEIPT)


def test_a_vendor_takes_none(desk: Desk) -> None:
    with pytest.raises(RefuseFile):
        attach_to(desk, desk.plan(record())[0], "V1", RECEIPT)
