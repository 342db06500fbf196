"""Exact bytes: what is sent, in which batches, and that it is the same every time."""

from decimal import Decimal
from urllib.parse import parse_qs

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.kit import exact_json
from connectors.kit.documents import Document, Draft, Key, Part
from connectors.kit.records import Party, Record
from connectors.xero import sending
from connectors.xero.tests.chart import REFERENCE, account
from connectors.xero.tests.support import COMPANY, CONTACT, bills, card, invoice, line, moved, record, xero


def drafts(records: list[Record], **settings: object) -> list[Draft]:
    """Contacts of the first record, then every record's bill."""
    connector = xero(**settings)
    planned = [connector.plan(one, REFERENCE) for one in records]
    documents: list[Document] = [planned[0][0], *(bill for _, bill in planned)]
    known = {bill.needs: CONTACT for _, bill in planned if bill.needs}
    return list(connector.requests(documents, known))


def test_contacts_go_before_bills_each_to_its_own_list() -> None:
    contacts, bill = drafts([record()])

    assert (contacts.request.method, contacts.request.path) == ("PUT", "/api.xro/2.0/Contacts")
    assert exact_json.loads(contacts.request.body) == {
        "Contacts": [{"ContactNumber": "employee-E-12", "Name": "Ada Holm"}]
    }
    assert (bill.request.method, bill.request.path) == ("PUT", "/api.xro/2.0/Invoices")


def test_each_element_is_judged_alone_and_prices_keep_their_decimals() -> None:
    contacts, bill = drafts([record()])

    assert parse_qs(contacts.request.target.partition("?")[2]) == {"summarizeErrors": ["false"]}
    assert parse_qs(bill.request.target.partition("?")[2]) == {"summarizeErrors": ["false"], "unitdp": ["4"]}


def test_every_request_names_the_organisation_and_asks_for_json() -> None:
    for draft in drafts([record()]):
        headers = {"xero-tenant-id": COMPANY, "Accept": "application/json", "Content-Type": "application/json"}
        assert draft.request.headers == headers


def test_a_bill_names_its_contact_by_id_alone() -> None:
    (sent,) = exact_json.loads(bills(1).request.body)["Invoices"]
    assert sent["Contact"] == {"ContactID": CONTACT}


def test_the_documents_stand_in_the_order_of_the_elements() -> None:
    draft = bills(5)
    sent = [element["InvoiceNumber"] for element in exact_json.loads(draft.request.body)["Invoices"]]
    assert sent == [document.reference for document in draft.documents]


def test_drafts_and_what_is_approved_go_in_batches_of_their_own_sizes() -> None:
    records = [record(entry=f"e-{place}") for place in range(7)]
    sizes = {"batch_size": 3, "approved_batch_size": 4}

    assert [len(draft.documents) for draft in drafts(records, **sizes)] == [1, 3, 3, 1]
    assert [len(draft.documents) for draft in drafts(records, bill_status="authorised", **sizes)] == [1, 4, 3]


def test_all_that_is_approved_may_be_made_to_go_alone() -> None:
    entries = [
        *(card(entry="c"), card(entry="r", kind="refund"), record(entry="b")),
        *(moved("personal_spend", code="1610", contra="2890", entry=f"j-{n}") for n in range(2)),
    ]
    approved = {"bill_status": "authorised", "journal_status": "posted", "approved_batch_size": 1}
    assert [len(draft.documents) for draft in drafts_of(entries, **approved)[1:]] == [1] * 5


def test_a_batch_is_no_larger_than_xero_advises() -> None:
    wordy = tuple(line("1.00") for _ in range(500))
    records = [record("500.00", entry=f"e-{n}", lines=wordy, note="n" * 3900) for n in range(3)]

    batches = drafts(records)[1:]

    assert [len(draft.documents) for draft in batches] == [1, 1, 1]
    assert all(len(draft.request.body) < sending.BODY_AT_MOST for draft in batches)


def test_the_same_documents_give_the_same_bytes() -> None:
    assert drafts([record(), invoice()]) == drafts([record(), invoice()])


@settings(deadline=None)
@given(
    minor=st.integers(1, 999_999_999_999),
    name=st.text(max_size=300),
    note=st.text(max_size=300),
    number=st.text(max_size=60),
)
def test_whatever_people_write_the_amount_is_sent_digit_by_digit(
    minor: int, name: str, note: str, number: str
) -> None:
    amount = Decimal(minor).scaleb(-2)
    entry = record(str(amount), note=note, employee=Party("u-1", name, number), supplier=Party("", name))

    contact, bill = (draft.request.body.decode() for draft in drafts([entry]))

    assert f'"UnitAmount":{amount:.2f}' in bill
    sent = exact_json.loads(contact)["Contacts"][0]
    assert 1 <= len(sent["ContactNumber"]) <= 50
    assert sent["Name"]
    assert exact_json.loads(bill)["Invoices"][0]["LineItems"][0]["Description"]


def test_every_kind_goes_to_its_own_list_and_what_is_needed_goes_first() -> None:
    entries = [
        invoice(kind="invoice_payment", contra=account("1930")),
        moved("personal_spend", code="1610", contra="2890"),
        card(kind="refund", entry="r"),
        card(entry="c"),
        record("-5.00", entry="n"),
        record(entry="b"),
    ]
    sent = [draft.request for draft in drafts_of(entries)]

    assert [request.path.rpartition("/")[2] for request in sent] == [
        *("Contacts", "Invoices", "CreditNotes", "BankTransactions", "ManualJournals", "Payments")
    ]
    four = [request.path.rpartition("/")[2] for request in sent if ("unitdp", "4") in request.query]
    assert four == ["Invoices", "CreditNotes", "BankTransactions"]
    assert all(request.query[0] == ("summarizeErrors", "false") for request in sent)


def test_a_payment_names_its_bill_by_id_alone_and_a_refund_its_credit_note() -> None:
    paid = drafts_of([invoice(kind="invoice_payment", contra=account("1930"))])[-1]
    refunded = drafts_of([card("-5.00")], card_purchase="bill_paid")[-1]

    assert exact_json.loads(paid.request.body)["Payments"][0]["Invoice"] == {"InvoiceID": CONTACT}
    assert exact_json.loads(refunded.request.body)["Payments"][0]["CreditNote"] == {"CreditNoteID": CONTACT}


def test_drafts_and_what_is_final_at_once_share_no_call() -> None:
    entries = [record(entry="e-1"), invoice(entry="i-1"), record(entry="e-2"), invoice(entry="i-2")]
    sent = drafts_of(entries, invoice_status="authorised")[1:]
    assert [[document.key.entry for document in draft.documents] for draft in sent] == [
        ["e-1", "e-2"],
        ["i-1", "i-2"],
    ]


def test_payments_go_alone() -> None:
    entries = [invoice(entry=f"e-{n}", kind="invoice_payment", contra=account("1930")) for n in range(2)]
    sent = drafts_of(entries, approved_batch_size=50)
    assert [len(draft.documents) for draft in sent if draft.request.path.endswith("Payments")] == [1, 1]


def drafts_of(entries: list[Record], **settings: object) -> list[Draft]:
    """All that the entries need besides is there."""
    connector = xero(**settings)
    documents = [document for one in entries for document in connector.plan(one, REFERENCE)]
    known = {document.key: CONTACT for document in documents}
    known |= {Key(document.needs_alias, Part.DOCUMENT): CONTACT for document in documents}
    return list(connector.requests(documents, known))
