"""Preview: the same path as posting, without the sending. Nothing is written, and what it shows is what is sent."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from connectors.kit.documents import Kind, Part
from connectors.kit.errors import Reconnect
from connectors.kit.failures import FailureClass
from database.acting import acting_for
from exports.models import ExportJob, Posting, Record, Submission
from exports.preview import Preview, preview
from tests.customer import NUMBERS, Customer, of_vendor, on_account
from tests.exports.test_every_kind import configure


def look(customer: Customer, job: ExportJob, first: int = 0, count: int = 50) -> Preview:
    with acting_for(customer.tenant.pk):
        loaded = ExportJob.objects.select_related(
            "installation__source__application",
            "installation__target__application",
            "configuration",
            "reference_data",
        ).get(pk=job.pk)
    return preview(loaded, first=first, count=count)


def test_it_writes_nothing_here_and_nothing_at_the_vendors(customer: Customer) -> None:
    job = customer.exports(customer.entries(12, "card_purchase", "out_of_pocket", "invoice", "refund"))
    before = customer.target.writes

    shown = look(customer, job)

    assert shown.total == len(shown.records) == 12
    assert customer.target.writes == before
    assert customer.source.events(job.external_id) == []
    assert {item["status"] for item in customer.source.items(job.external_id)} == {"pending"}
    with acting_for(customer.tenant.pk):
        assert [model.objects.count() for model in (Record, Posting, Submission)] == [0, 0, 0]


def test_what_it_shows_is_what_is_sent_byte_for_byte(customer: Customer) -> None:
    configure(customer, batch_size=1, approved_batch_size=1)
    entries = customer.entries(9, "card_purchase", "out_of_pocket", "refund")
    customer.carry(customer.exports(customer.entries(9, "card_purchase", "out_of_pocket", "refund")))  # its contacts
    known = len(customer.submissions())
    for entry in entries:
        customer.source.edit_entry(entry, _of_known_people)
    job = customer.exports(entries)
    shown = look(customer, job)

    customer.carry(job)

    sent = {(one.method, one.path, bytes(one.body)) for one in customer.submissions()[known:]}
    requests = [one.request for record in shown.records for one in record.documents if one.request]
    documents = {(one.method, one.path, one.body) for one in requests if "Contacts" not in one.path}
    assert len(documents) == 9
    assert documents <= sent


def _of_known_people(payload: dict[str, object]) -> None:
    payload |= {"supplier": {"name": "RAIL AB"}, "vendor": None}
    payload |= {"user": {"id": "known", "name": "Ada Holm", "code": "KNOWN"}}


def test_debits_equal_credits_in_every_document_and_currency(customer: Customer) -> None:
    entries = customer.entries(20, "card_purchase", "refund", "out_of_pocket", "personal_spend", seed="currencies")

    shown = look(customer, customer.exports(entries))

    assert len(shown.sums) > 1
    assert all(sums.debit == sums.credit > 0 for sums in shown.sums.values())
    for document in (one.document for record in shown.records for one in record.documents):
        debits = sum((line.debit.amount for line in document.lines if line.debit), Decimal(0))
        credits_ = sum((line.credit.amount for line in document.lines if line.credit), Decimal(0))
        assert debits == credits_
        assert document.kind is Kind.VENDOR or debits == document.total.amount  # type: ignore[union-attr]


def test_what_would_fail_is_grouped_by_its_cause(customer: Customer) -> None:
    good, *bad = entries = customer.entries(5, "out_of_pocket")
    for entry in bad[:3]:
        customer.source.edit_entry(entry, on_account("9999"))
    customer.spoil(bad[3])

    shown = look(customer, customer.exports(entries))

    assert [(one.count, one.failure, one.subject) for one in shown.failed] == [
        (3, FailureClass.MAPPING_MISSING, "account:9999"),
        (1, FailureClass.MAPPING_MISSING, "account"),
    ]
    assert shown.kinds == {Kind.BILL: 1}
    assert [record.record.entry for record in shown.records if not record.failure] == [good]


def test_what_is_there_already_is_shown_as_there(customer: Customer) -> None:
    entries = customer.entries(2, "out_of_pocket")
    customer.carry(customer.exports(entries))
    (bill,) = customer.documents(entries[0])

    shown = look(customer, customer.exports(entries, again=True))

    first = shown.records[0].documents
    assert [one.request for one in first] == [None, None]
    assert first[1].there is not None
    assert first[1].there.document_id == bill["id"]


def test_what_was_changed_since_it_was_posted_is_shown_as_what_fails_unless_it_was_voided(
    customer: Customer,
) -> None:
    changed, voided = entries = customer.entries(2, "out_of_pocket")
    customer.carry(customer.exports(entries))
    for entry in entries:
        customer.source.edit_entry(entry, on_account("5830"))
    customer.void(voided)
    job = customer.exports(entries, again=True)

    shown = {one.record.entry: one for one in look(customer, job).records}

    customer.carry(job)
    assert shown[changed].reason == customer.report(job, changed).reason
    assert shown[changed].failure is FailureClass.DUPLICATE_ALREADY_POSTED
    assert shown[voided].failure is None


def void(customer: Customer, document_id: str) -> None:
    customer.target.people.void(document_id)


def lose(customer: Customer, document_id: str) -> None:
    """A demo company that was reset."""
    with customer.target.store.transaction():
        for collection in NUMBERS:
            if customer.target.store[collection].get(document_id):
                customer.target.store[collection].delete(document_id)


@pytest.mark.parametrize("take_away", [void, lose])
def test_what_is_not_in_the_erp_any_more_is_shown_as_it_is_sent_anew(
    customer: Customer, take_away: Callable[[Customer, str], None]
) -> None:
    configure(customer, batch_size=1, approved_batch_size=1, card_purchase="bill_paid")
    entries = customer.entries(4, "out_of_pocket", "refund", "mileage", "card_purchase")
    customer.carry(customer.exports(entries))
    known = len(customer.submissions())
    for part in (Part.PAYMENT, Part.DOCUMENT):
        for document in [one for entry in entries for one in customer.documents(entry, part=part)]:
            take_away(customer, document["id"])
    job = customer.exports(entries, again=True)

    shown = look(customer, job)

    customer.carry(job)
    sent = [bytes(one.body) for one in customer.submissions()[known:]]
    requests = [one.request.body for record in shown.records for one in record.documents if one.request]
    whole = [body for body in requests if b"once it is made" not in body]  # a payment needs the new bill's id
    assert (len(requests), len(whole), len(sent)) == (5, 4, 5)
    assert set(whole) <= set(sent)


def test_a_contact_that_people_made_is_found_and_one_that_is_new_is_made(customer: Customer) -> None:
    known, new = entries = customer.entries(2, "invoice")
    customer.source.edit_entry(known, of_vendor("V-901", "RAIL AB"))
    customer.source.edit_entry(new, of_vendor("V-902", "Brand New Ltd"))

    shown = look(customer, customer.exports(entries))

    contacts = [record.documents[0] for record in shown.records]
    assert [one.document.key.part for one in contacts] == [Part.VENDOR] * 2
    assert contacts[0].request is None
    assert contacts[1].request is not None
    assert b"once it is made" in shown.records[1].documents[1].request.body  # type: ignore[union-attr]


def test_one_page_of_records_and_the_sums_of_all(customer: Customer) -> None:
    job = customer.exports(customer.entries(7, "out_of_pocket"))

    shown = look(customer, job, first=5, count=5)

    assert (len(shown.records), shown.total, shown.kinds) == (2, 7, {Kind.BILL: 7})


def test_a_customer_who_must_reconnect_is_told_so(customer: Customer) -> None:
    job = customer.exports(1)
    with acting_for(customer.tenant.pk):
        connection = customer.installation.target
        type(connection).objects.filter(pk=connection.pk).update(state="needs_reconnect")

    with pytest.raises(Reconnect, match="Connect it again"):
        look(customer, job)
