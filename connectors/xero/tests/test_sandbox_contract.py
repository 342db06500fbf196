"""The sandbox's answers against Xero's published contract, when a copy of it is at hand.

conftest.py watches every other test too; here is what must have been seen at least once.
"""

import json
from typing import Any

import pytest

from connectors.xero.sandbox import XeroSandbox
from connectors.xero.tests import contract
from connectors.xero.tests.app_in_xero import AppInXero

pytestmark = contract.needed


@pytest.fixture
def busy(nordwind: AppInXero) -> AppInXero:
    """Books with each kind of document in several shapes."""
    tracked = {"Tracking": [{"Name": "Team", "Option": "Sales"}]}
    bill = nordwind.approved(tracked, Url="http://localhost:8000/p/1")
    nordwind.approved({"UnitAmount": 10, "TaxType": "NONE"}, InvoiceNumber="EXP-2")
    nordwind.put(
        nordwind.bill(CurrencyCode="SEK", LineAmountTypes="Inclusive"),
        nordwind.bill(LineItems=None),
    )
    paid = nordwind.sandbox.bills(nordwind.org, InvoiceNumber="EXP-2")[0]["id"]
    nordwind.send("Payments", nordwind.payment(bill), nordwind.payment(paid))
    nordwind.send("CreditNotes", nordwind.credit_note(tracked), nordwind.credit_note(LineItems=None))
    yen = {"BankAccount": {"Code": "1933"}, "Type": "RECEIVE"}
    nordwind.send("BankTransactions", nordwind.spend(tracked, Url="http://localhost/1"), nordwind.spend(**yen))
    lines = [{"LineAmount": n, "AccountCode": "5800", **tracked} for n in (5, -5)]
    nordwind.send("ManualJournals", nordwind.journal(*lines, Status="POSTED"), nordwind.journal())
    nordwind.attach(f"Invoices/{bill}")
    return nordwind


def answer(app: AppInXero, method: str, path: str, body: object = None) -> Any:
    return json.loads(app.call(method, path, body).text)


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("Organisations", "/Organisation"),
        ("Actions", "/Organisation/Actions"),
        ("Accounts", "/Accounts"),
        ("TaxRates", "/TaxRates"),
        ("Currencies", "/Currencies"),
        ("TrackingCategories", "/TrackingCategories?includeArchived=true"),
        ("Contacts", "/Contacts"),
        ("Contacts", "/Contacts?page=1&includeArchived=true"),
        ("Contacts", "/Contacts/SUP-1"),
        ("Invoices", "/Invoices"),
        ("Invoices", "/Invoices?page=1&unitdp=4"),
        ("CreditNotes", "/CreditNotes"),
        ("CreditNotes", "/CreditNotes?page=1&unitdp=4"),
        ("BankTransactions", "/BankTransactions"),
        ("BankTransactions", "/BankTransactions?page=1&unitdp=4"),
        ("ManualJournals", "/ManualJournals"),
        ("ManualJournals", "/ManualJournals?page=1"),
        ("Payments", "/Payments"),
        ("Payments", "/Payments?page=1"),
    ],
)
def test_what_is_read_keeps_the_contract(busy: AppInXero, schema: str, path: str) -> None:
    found = answer(busy, "GET", path)
    assert found[schema]
    assert contract.body_faults(schema, found) == []


@pytest.mark.parametrize(
    ("collection", "plural"),
    [
        ("bills", "Invoices"),
        ("credit_notes", "CreditNotes"),
        ("bank_transactions", "BankTransactions"),
        ("journals", "ManualJournals"),
        ("payments", "Payments"),
    ],
)
def test_one_document_keeps_the_contract(busy: AppInXero, collection: str, plural: str) -> None:
    for document in busy.sandbox.written(collection, busy.org):
        assert contract.body_faults(plural, answer(busy, "GET", f"/{plural}/{document['id']}")) == []


def test_a_list_of_attachments_keeps_the_contract(busy: AppInXero) -> None:
    [attached] = busy.sandbox.written("attachments", busy.org)
    found = answer(busy, "GET", f"/Invoices/{attached['document']}/Attachments")
    assert contract.body_faults("Attachments", found) == []


@pytest.mark.parametrize(
    ("plural", "bad"),
    [
        ("Invoices", {"InvoiceNumber": "Ü", "Url": "nowhere", "Status": "AUTHORISED"}),
        ("CreditNotes", {"CreditNoteNumber": "Ü"}),
        ("BankTransactions", {"BankAccount": {"Code": "5800"}, "Reference": "r" * 256}),
        ("ManualJournals", {"Narration": "", "Status": "POSTED"}),
        ("Payments", {"Amount": 1000}),
        ("Contacts", {"Name": "A<B"}),
    ],
)
def test_a_judged_batch_keeps_the_contract(busy: AppInXero, plural: str, bad: dict[str, Any]) -> None:
    bill = busy.sandbox.bills(busy.org, InvoiceNumber="EXP-1")[0]["id"]
    good = {
        "Invoices": busy.bill(),
        "CreditNotes": busy.credit_note(),
        "BankTransactions": busy.spend(),
        "ManualJournals": busy.journal(),
        "Payments": busy.payment(bill, Amount=1),
        "Contacts": {"Name": "New"},
    }[plural]
    for query in ("?summarizeErrors=false", ""):
        found = answer(busy, "PUT", f"/{plural}{query}", {plural: [good, good | bad]})
        if query:
            assert len(found[plural]) == 2
            assert found[plural][1]["ValidationErrors"]
            assert contract.body_faults(plural, found) == []
        else:
            assert found["ErrorNumber"] == 10
            assert contract.body_faults("Error", {**found, "Elements": []}) == []


def test_warnings_keep_the_contract(busy: AppInXero) -> None:
    odd = {"CurrencyCode": "SEK", "CurrencyRate": 99}
    lost = busy.journal({"LineAmount": 1, "AccountCode": "476"}, {"LineAmount": -1, "AccountCode": "5800"})
    for plural, document in (
        ("Invoices", busy.bill(**odd)),
        ("CreditNotes", busy.credit_note(**odd)),
        ("ManualJournals", lost),
    ):
        found = answer(busy, "PUT", f"/{plural}?summarizeErrors=false", {plural: [document]})
        assert found[plural][0]["Warnings"]
        assert contract.body_faults(plural, found) == []


def test_the_check_itself_sees_a_wrong_answer(busy: AppInXero) -> None:
    found = answer(busy, "GET", "/Invoices?page=1")
    for change in ({"Type": "ACCPAYX"}, {"InvoiceID": "1"}, {"Total": "12"}, {"Nonsense": 1}):
        wrong = json.dumps(found | {"Invoices": [found["Invoices"][0] | change]}).encode()
        assert contract.answer_faults("GET", "/Invoices", 200, wrong) != []


def test_the_check_itself_sees_a_wrong_request(busy: AppInXero) -> None:
    bill = {"Invoices": [busy.bill()]}
    assert contract.request_faults("PUT", "/Invoices", [("unitdp", "4")], json.dumps(bill).encode()) == []
    for change in ({"Type": "ACCPAYX"}, {"Contact": {"ContactID": "1"}}, {"Total": 12}, {"Nonsense": 1}):
        wrong = json.dumps({"Invoices": [busy.bill(**change)]}).encode()
        assert contract.request_faults("PUT", "/Invoices", [], wrong) != []
    assert contract.request_faults("GET", "/Invoices", [("unitdp", "four")]) != []
    assert contract.request_faults("GET", "/Invoices", [("nonsense", "1")]) != []
    assert contract.request_faults("GET", "/Nonsense") != []


def test_a_watch_hears_all_that_is_said_and_judges_strangers_by_their_answers_only(busy: AppInXero) -> None:
    watch = contract.Watch()
    XeroSandbox.observers.append(watch)
    busy.call("GET", "/Invoices", params={"nonsense": "1"})
    assert watch.faults == []
    others, XeroSandbox.observers[:] = XeroSandbox.observers[:-1], [watch]
    busy.call("GET", "/Invoices", params={"nonsense": "1"}, headers={"User-Agent": "ours"})
    XeroSandbox.observers[:] = others
    assert watch.faults == ["GET /api.xro/2.0/Invoices: the parameter nonsense is not in the contract"]
    assert watch.seen == {"GET Invoices 200"}
