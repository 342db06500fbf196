"""Each kind of document against the sandbox: it arrives as planned, and is found again."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import requests

from connectors.kit.documents import Created, Document, Draft, Kind, Refused, Unknown
from connectors.kit.errors import AskForPermission, OutcomeUnknown
from connectors.kit.failures import FailureClass
from connectors.kit.records import Record, Tag, Tax
from connectors.kit.sandbox import Fault
from connectors.kit.sandbox.faults import Kind as Trouble
from connectors.xero.shapes import SHAPES
from connectors.xero.tests.app_in_xero import AppInXero
from connectors.xero.tests.books import Books
from connectors.xero.tests.support import BILL, card, invoice, line, money, moved, record

KINDS: list[tuple[Kind, Record]] = [
    (Kind.BILL, record()),
    (Kind.CREDIT, record("-99.50")),
    (Kind.SPEND, card()),
    (Kind.RECEIVE, card(kind="refund")),
    (Kind.JOURNAL, moved("personal_spend", code="1610", contra="2890")),
    (Kind.PAYMENT, invoice(kind="invoice_payment", contra=card().contra)),
]


@pytest.fixture
def books(nordwind: AppInXero) -> Books:
    return Books(nordwind, invoice_status="authorised")


def posted(books: Books, one: Record) -> tuple[Document, Created]:
    """With all that it needs."""
    if one.kind == "invoice_payment":
        books.post_all(replace(one, entry="the-invoice", kind="invoice"))
    (document, outcome) = books.post_all(one)[-1]
    assert isinstance(outcome, Created), outcome
    return document, outcome


@pytest.mark.parametrize(("kind", "one"), KINDS)
def test_it_arrives_with_our_total(books: Books, kind: Kind, one: Record) -> None:
    document, outcome = posted(books, one)

    assert document.kind is kind
    assert outcome.remarks == ()
    assert outcome.found.total == money("99.50")
    assert outcome.found.number == document.reference


@pytest.mark.parametrize(("kind", "one"), KINDS)
def test_it_is_found_by_its_reference_and_by_its_id(books: Books, kind: Kind, one: Record) -> None:
    document, outcome = posted(books, one)

    assert books.xero.find([document])[document.key] == (outcome.found,)
    assert books.xero.standing([(document, outcome.found.document_id)]) == {document.key: outcome.found}


def draft_of(books: Books, one: Record) -> Draft:
    """The request of the record's document; what it needs is there."""
    if one.kind == "invoice_payment":
        books.post_all(replace(one, entry="the-invoice", kind="invoice"))
    *contacts, document = books.plan(one)
    books.known |= {contact.key: books.contact_id(contact) for contact in contacts}
    (draft,) = books.xero.requests([document], books.known)
    return draft


@pytest.mark.parametrize(("kind", "one"), KINDS)
def test_after_a_lost_answer_it_is_found_and_there_once(books: Books, kind: Kind, one: Record) -> None:
    draft = draft_of(books, one)
    (document,) = draft.documents
    books.sandbox.faults.add(Fault(f"PUT */{SHAPES[kind].plural}", Trouble.DROP_AFTER))

    with pytest.raises(OutcomeUnknown):
        books.send(draft)

    (found,) = books.xero.find([document])[document.key]
    assert (found.total, found.void) == (money("99.50"), False)
    assert books.send(draft)[0] == Created(document.key, found)  # the same bytes and key: Xero repeats its answer


@pytest.mark.parametrize(("kind", "one"), KINDS)
def test_what_never_arrived_is_not_found(books: Books, kind: Kind, one: Record) -> None:
    draft = draft_of(books, one)
    books.sandbox.faults.add(Fault(f"PUT */{SHAPES[kind].plural}", Trouble.DROP_BEFORE))
    with pytest.raises(OutcomeUnknown):
        books.send(draft)
    assert books.xero.find(draft.documents) == {draft.documents[0].key: ()}


@pytest.mark.parametrize(("kind", "one"), KINDS)
def test_an_error_after_the_write_is_unknown(books: Books, kind: Kind, one: Record) -> None:
    draft = draft_of(books, one)
    books.sandbox.faults.add(Fault(f"PUT */{SHAPES[kind].plural}", Trouble.STATUS_AFTER, status=500))
    assert isinstance(books.send(draft)[0], Unknown)
    assert len(books.xero.find(draft.documents)[draft.documents[0].key]) == 1


@pytest.mark.parametrize(("kind", "one"), KINDS)
def test_what_a_person_removed_is_void_and_its_next_revision_is_new(
    books: Books, nordwind: AppInXero, kind: Kind, one: Record
) -> None:
    document, outcome = posted(books, one)
    shape, document_id = SHAPES[kind], outcome.found.document_id
    status = "VOIDED" if kind is Kind.BILL and document.content["Status"] == "AUTHORISED" else "DELETED"
    body = {shape.plural: [{shape.id: document_id, "Status": status}]}
    assert nordwind.call("POST", f"/{shape.plural}/{document_id}", body).status_code == 200

    assert books.xero.find([document])[document.key][0].void
    assert books.xero.standing([(document, document_id)])[document.key].void
    (again,) = books.xero.requests([books.plan(one, revision=2)[-1]], books.known)
    assert isinstance(books.send(again, key="k-2")[0], Created)


@pytest.mark.parametrize(("kind", "one"), KINDS)
def test_an_id_that_xero_does_not_know_stands_nowhere(books: Books, kind: Kind, one: Record) -> None:
    assert books.xero.standing([(books.plan(one)[-1], BILL)]) == {}


@pytest.mark.parametrize(("kind", "one"), KINDS)
def test_a_link_leads_to_it(books: Books, kind: Kind, one: Record) -> None:
    document, outcome = posted(books, one)
    page = requests.get(books.xero.document_url(document, outcome.found.document_id), timeout=10)
    assert page.status_code == 200
    assert ("F-2026-9-" if kind is Kind.PAYMENT else document.reference) in page.text  # a payment: its bill


@pytest.mark.parametrize("one", [card(), invoice(kind="invoice_payment", contra=card().contra)])
def test_it_is_found_also_when_its_entry_was_corrected_to_another_day(books: Books, one: Record) -> None:
    document, _ = posted(books, one)
    for corrected in (date(2026, 5, 1), date(2025, 12, 31)):
        (other,) = (found for found in books.plan(replace(one, date=corrected)) if found.kind is document.kind)
        assert len(books.xero.find([other])[document.key]) == 1


def test_money_that_went_the_other_way_is_not_taken_for_ours(books: Books) -> None:
    document, _ = posted(books, card())
    turned = books.plan(card("-99.50", lines=(line("-99.50"),)))[-1]

    (found,) = books.xero.find([turned])[turned.key]

    assert turned.reference == document.reference
    assert found.total == money("-99.50")


def test_many_of_one_kind_take_few_calls(books: Books) -> None:
    documents = [
        books.plan(make(entry=f"e-{place}"))[-1]
        for place in range(30)
        for make in (card, lambda **more: moved("personal_spend", code="1610", contra="2890", **more))
    ]
    before = len(books.recorder.exchanges)
    assert set(books.xero.find(documents).values()) == {()}
    assert len(books.recorder.exchanges) - before <= 8


def test_a_draft_bill_cannot_be_paid_and_the_refusal_says_what_to_do(nordwind: AppInXero) -> None:
    books = Books(nordwind, invoice_status="draft")
    (_, (_, outcome)) = books.post_all(invoice(), invoice(entry="e-2", kind="invoice_payment", contra=card().contra))

    assert isinstance(outcome, Refused)
    assert (outcome.failure, outcome.subject) == (FailureClass.REFERENCE_NOT_ALLOWED, "invoice")
    assert "Approve the bill in Xero, then export the payment again" in outcome.sentence


def test_a_bill_that_is_paid_already_is_not_paid_twice(books: Books) -> None:
    paid = invoice(entry="e-2", kind="invoice_payment", contra=card().contra)
    *_, (_, outcome) = books.post_all(invoice(), paid, replace(paid, entry="e-3"))
    assert isinstance(outcome, Refused)
    assert (outcome.failure, outcome.subject) == (FailureClass.VALIDATION_FIELD, "amount")


def test_a_card_purchase_may_be_a_bill_and_its_payment(nordwind: AppInXero) -> None:
    books = Books(nordwind, card_purchase="bill_paid")
    ((bill, made), (payment, paid)) = books.post_all(card())

    assert (bill.kind, payment.kind) == (Kind.BILL, Kind.PAYMENT)
    assert isinstance(made, Created)
    assert isinstance(paid, Created)
    assert books.bills()[0]["Status"] == "PAID"
    assert books.xero.find([bill])[bill.key][0].void is False


def test_journals_need_a_right_of_their_own(books: Books) -> None:
    draft = draft_of(books, moved("personal_spend", code="1610", contra="2890"))
    books.sandbox.switch(reports_permission=False)
    with pytest.raises(AskForPermission, match="the one for reports"):
        books.send(draft)


def lacking(books: Books, code: str) -> None:
    """The chart that was read has an account that Xero has no more."""
    known = [{**one, "code": code, "id": BILL} for one in books.reference["accounts"] if one["code"] == "1610"]
    books.use({**books.reference, "accounts": [*books.reference["accounts"], *known]})


def test_a_journal_without_its_account_is_refused_and_says_what_is_left(books: Books) -> None:
    lacking(books, "1611")
    ((document, outcome),) = books.post_all(moved("personal_spend", code="1611", contra="2890"))

    assert isinstance(outcome, Refused)
    assert (outcome.failure, outcome.subject) == (FailureClass.MAPPING_MISSING, "account:1611")
    (found,) = books.xero.find([document])[document.key]
    assert f"(draft {found.document_id})" in outcome.sentence
    assert found.total != document.total


def test_tracking_that_was_dropped_in_silence_is_refused_and_says_what_is_left(books: Books) -> None:
    tracking = [{"name": "Team", "status": "ACTIVE", "options": [{"name": "Print", "status": "ACTIVE"}]}]
    books.use({**books.reference, "tracking": tracking})
    tagged = line("99.50", tags=(Tag("Team", "Print"),))
    journal = moved("personal_spend", contra="2890", entry="e-3", lines=(tagged,))
    for one in (card(lines=(tagged,)), record(entry="e-2", lines=(tagged,)), journal):
        ((document, outcome),) = books.post_all(one)
        assert isinstance(outcome, Refused)
        assert (outcome.failure, outcome.subject) == (FailureClass.MAPPING_STALE, "tag:Team/Print")
        (found,) = books.xero.find([document])[document.key]
        assert found.document_id in outcome.sentence


def test_tracking_that_was_kept_is_no_loss(books: Books) -> None:
    tagged = line("99.50", tags=(Tag("Team", "Sales"), Tag("Region", "North")))
    ((_, outcome),) = books.post_all(card(lines=(tagged,)))
    assert isinstance(outcome, Created)


def test_the_receipts_tax_arrives_to_the_cent(nordwind: AppInXero) -> None:
    tax = Tax("0.19", "inclusive", money("15.88"), "INPUT")
    books = Books(nordwind, receipt_tax=True)
    books.post_all(record(lines=(line("99.50", tax=tax),)))
    assert books.bills()[0]["TotalTax"] == Decimal("15.88")
