"""Where an ERP wants receipts before their document, they are their own line of the ledger, once, whatever dies."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from connectors import registry
from connectors.kit.documents import Attachment, Document, Draft, Found, Key, Part
from connectors.kit.errors import OutcomeUnknown, RefuseFile
from connectors.kit.steps import Making
from exports.models import ReceiptState, ReportOutcome
from exports.preview import UPLOADED, preview
from jobs.failpoints import Failed
from tests.customer import Customer
from tests.exports.test_receipts import PDF, UPLOADS, attached, kept, with_files


@dataclass
class Shelf:
    """Where the ERP keeps files before their documents. `troubles` of the next ones; `known`: what requests were
    made with; `dies`: the worker does, once a document is to be made with its files."""

    files: dict[tuple[str, int], bytes] = field(default_factory=dict)
    troubles: list[Exception] = field(default_factory=list)
    known: list[Mapping[Key, str]] = field(default_factory=list)
    dies: bool = False

    def put(self, document: Document, attachments: Sequence[Attachment]) -> Found:
        self.files |= {(one.entry, one.place): one.body for one in attachments}
        if self.troubles:
            raise self.troubles.pop(0)
        return Found("shelf-1", "1")


@pytest.fixture
def shelf(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    made, target = Shelf(), registry.get(customer.target.key)
    plain = target.requests  # type: ignore[attr-defined]

    def upload(self: Any, document: Document, attachments: Sequence[Attachment]) -> Making[Found]:
        yield from ()
        return made.put(document, attachments)

    def requests(self: Any, documents: Sequence[Document], known: Mapping[Key, str]) -> Iterator[Draft]:
        made.known.append(known)
        if made.dies and any(key.part is Part.ATTACHMENT for key in known):
            made.dies = False
            raise Failed("before its document")
        return plain(self, documents, known)  # type: ignore[no-any-return]

    monkeypatch.setattr(target, "attachments_first", True)
    monkeypatch.setattr(target, "upload", upload)
    monkeypatch.setattr(target, "requests", requests)
    return made


@pytest.fixture
def entry(customer: Customer) -> str:
    return with_files(customer, customer.entries(1, "out_of_pocket")[0], PDF, PDF)


def lines(customer: Customer) -> list[tuple[str, str]]:
    return [(line.state, line.document_id) for line in customer.postings(part=Part.ATTACHMENT)]


def test_the_document_is_made_with_what_its_receipts_are_there(customer: Customer, shelf: Shelf, entry: str) -> None:
    job = customer.exports([entry])
    preview(job)
    job = customer.carry(job)

    at = Key(entry, Part.ATTACHMENT)
    assert {known[at] for known in shelf.known if at in known} == {UPLOADED, "shelf-1"}
    assert (len(shelf.files), lines(customer)) == (2, [("posted", "shelf-1")])
    [document] = customer.postings(entry)
    assert [(one.state, one.document_id) for one in kept(customer)] == [
        (ReceiptState.ATTACHED, document.document_id)
    ] * 2
    assert customer.target.log.count(UPLOADS) == 0
    assert job.balanced


@pytest.mark.parametrize(
    ("place", "state"), [("before_upload", "sending"), ("after_upload", "sending"), ("", "posted")]
)
def test_a_worker_that_dies_between_the_two_leaves_each_of_them_once(
    customer: Customer, shelf: Shelf, entry: str, place: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = customer.exports([entry])
    shelf.dies = not place
    monkeypatch.setenv("FAILPOINTS", f"{place}=raise" if place else "")
    customer.work()
    assert [line for line, _ in lines(customer)] == [state], "the ledger says what may be there"
    monkeypatch.delenv("FAILPOINTS")
    job = customer.carry(job)

    assert (len(shelf.files), lines(customer)) == (2, [("posted", "shelf-1")])
    assert len(customer.documents(entry)) == 1
    assert [one.state for one in kept(customer)] == [ReceiptState.ATTACHED] * 2
    assert job.balanced


def test_an_upload_that_was_lost_is_looked_for_at_once(customer: Customer, shelf: Shelf, entry: str) -> None:
    shelf.troubles = [OutcomeUnknown("No answer came.")]
    customer.carry(customer.exports([entry]))
    assert lines(customer) == [("posted", "shelf-1")]


@pytest.mark.parametrize(
    ("troubles", "state"),
    [
        ([RefuseFile("No such type.", subject="type")], "refused"),
        ([OutcomeUnknown("No answer came.")] * 2, "skipped"),
    ],
)
def test_in_trouble_the_document_does_not_wait_and_its_receipts_follow(
    customer: Customer, shelf: Shelf, entry: str, troubles: list[Exception], state: str
) -> None:
    shelf.troubles = troubles
    job = customer.carry(customer.exports([entry]))

    assert lines(customer) == [(state, "")]
    assert customer.outcomes(job) == {entry: ReportOutcome.POSTED}
    assert len(attached(customer)) == 2
    assert Key(entry, Part.ATTACHMENT) not in shelf.known[-1]
    assert job.balanced


def test_their_line_has_a_page_that_does_not_say_that_nothing_was_sent(
    customer: Customer, shelf: Shelf, entry: str, admin_client: Client
) -> None:
    customer.carry(customer.exports([entry]))
    [line] = customer.postings(part=Part.ATTACHMENT)

    html = admin_client.get(f"/admin/exports/posting/{line.pk}/change/").content.decode()

    assert "Attachment 1" in html
    assert "Nothing was sent yet" not in html
