"""Each kind of document against the sandbox: it arrives as planned, and is found again."""

from dataclasses import replace

import pytest

from connectors.kit.documents import Created, Document, Kind
from connectors.kit.records import Record
from connectors.xero.tests.app_in_xero import AppInXero
from connectors.xero.tests.books import Books
from connectors.xero.tests.support import card, invoice, money, moved, record

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
