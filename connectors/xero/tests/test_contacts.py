"""Suppliers and employees against the sandbox: found before they are made, and made once."""

import pytest

from connectors.kit.documents import Refused, Unknown
from connectors.kit.failures import FailureClass
from connectors.kit.records import Party
from connectors.xero.tests.app_in_xero import AppInXero
from connectors.xero.tests.books import Books
from connectors.xero.tests.support import invoice


@pytest.fixture
def books(nordwind: AppInXero) -> Books:
    return Books(nordwind)


def test_a_supplier_that_xero_knows_by_number_is_used(books: Books) -> None:
    contact, _ = books.plan(invoice(vendor=Party("v", "Rail", "SUP-1")))
    (found,) = books.xero.find([contact])[contact.key]
    assert found.number == "RAIL AB"


@pytest.mark.parametrize("name", ["rail ab", "BURO MÜLLER", "Büro Muller"])
def test_a_supplier_that_xero_knows_by_name_is_used(books: Books, name: str) -> None:
    contact, _ = books.plan(invoice(vendor=Party("v", name, "another number")))
    assert len(books.xero.find([contact])[contact.key]) == 1


@pytest.mark.parametrize("name", ['Bolag "Nord" AB', "Back\\slash Ltd", "A & B, C #1?", "日本商事"])
def test_a_supplier_with_an_awkward_name_is_made_once_and_found(books: Books, name: str) -> None:
    known, _ = books.plan(invoice(vendor=Party("v", name, "one")))
    same, _ = books.plan(invoice(vendor=Party("v", name, "two")))

    made = books.contact_id(known)

    assert [found.document_id for found in books.xero.find([known])[known.key]] == [made]
    assert [found.document_id for found in books.xero.find([same])[same.key]] == [made]


def test_an_archived_name_is_not_used(books: Books) -> None:
    contact, _ = books.plan(invoice(vendor=Party("v", "Closed Café", "new")))
    assert books.xero.find([contact])[contact.key] == ()


def test_an_archived_contact_of_our_number_is_refused_with_what_to_do(books: Books) -> None:
    (outcome,) = books.post(invoice(vendor=Party("v", "Whoever", "SUP-9")))
    assert isinstance(outcome, Refused)
    assert outcome.failure is FailureClass.MAPPING_STALE
    assert "Restore it" in outcome.sentence


def test_a_contact_that_came_in_between_is_looked_up(books: Books) -> None:
    contact, _ = books.plan(invoice(vendor=Party("v", "Newcomer", "N-1")))
    (draft,) = books.xero.requests([contact], {})
    books.send(draft, key="k-1")

    (outcome,) = books.send(draft, key="k-2")

    assert isinstance(outcome, Unknown)
    assert len(books.xero.find([contact])[contact.key]) == 1


def test_forty_contacts_take_few_calls(books: Books) -> None:
    records = [invoice(vendor=Party("v", f"Supplier {n} of many", f"S-{n}")) for n in range(40)]
    contacts = [books.plan(one)[0] for one in records]
    before = len(books.recorder.exchanges)

    found = books.xero.find(contacts)

    assert set(found.values()) == {()}
    assert len(books.recorder.exchanges) - before <= 6
