"""What a person does inside Xero, by method, by page and over HTTP."""

from typing import Any

import pytest
import requests

from connectors.xero.sandbox import NORDWIND
from connectors.xero.tests.app_in_xero import AppInXero


def do(app: AppInXero, door: str, body: Any) -> requests.Response:
    return requests.post(f"{app.sandbox.url}/_sandbox/{door}", json=body, timeout=10)


def one_of(app: AppInXero, collection: str) -> str:
    """The id of a new document that may be ended by hand."""
    match collection:
        case "bills":
            return app.approved()
        case "payments":
            return str(app.send("Payments", app.payment(app.approved()))[0]["PaymentID"])
        case "bank_transactions":
            return str(app.send("BankTransactions", app.spend())[0]["BankTransactionID"])
        case "journals":
            return str(app.send("ManualJournals", app.journal(Status="POSTED"))[0]["ManualJournalID"])
    return str(app.send("CreditNotes", app.credit_note(Status="AUTHORISED"))[0]["CreditNoteID"])


@pytest.mark.parametrize(
    ("collection", "end"),
    [
        ("bills", "VOIDED"),
        ("credit_notes", "VOIDED"),
        ("bank_transactions", "DELETED"),
        ("journals", "VOIDED"),
        ("payments", "DELETED"),
    ],
)
def test_a_person_ends_a_document_and_it_counts_as_modified(nordwind: AppInXero, collection: str, end: str) -> None:
    made = one_of(nordwind, collection)
    nordwind.sandbox.clock.advance(100)
    now = nordwind.sandbox.clock.time()
    assert nordwind.sandbox.people.void(made) == end
    [found] = [one for one in nordwind.sandbox.written(collection, NORDWIND) if one["id"] == made]
    assert (found["Status"], found["updated"] >= now) == (end, True)
    assert nordwind.sandbox.people.void(made) == ""


def test_a_payment_deleted_by_hand_opens_its_bill(nordwind: AppInXero) -> None:
    bill = nordwind.approved()
    [paid] = nordwind.send("Payments", nordwind.payment(bill, Amount=14.68))
    assert nordwind.sandbox.people.void(bill) == ""
    nordwind.sandbox.people.void(paid["PaymentID"])
    [found] = nordwind.sandbox.bills(NORDWIND)
    assert (found["Status"], found["AmountPaid"]) == ("AUTHORISED", 0)
    assert nordwind.sandbox.people.void(bill) == "VOIDED"


def test_a_person_approves_a_draft_bill_and_posts_a_draft_journal_over_http(nordwind: AppInXero) -> None:
    [bill] = nordwind.put(nordwind.bill())
    [journal] = nordwind.send("ManualJournals", nordwind.journal())
    told = do(nordwind, "document", {"id": bill["InvoiceID"], "do": "approve"}).json()
    assert (told["Status"], told["DueDate"]) == ("AUTHORISED", "2026-11-01")
    told = do(nordwind, "document", {"id": journal["ManualJournalID"], "do": "approve"}).json()
    assert told["Status"] == "POSTED"
    assert do(nordwind, "document", {"id": bill["InvoiceID"], "do": "void"}).json()["Status"] == "VOIDED"
    assert do(nordwind, "document", {"id": NORDWIND, "do": "void"}).status_code == 400
    assert do(nordwind, "document", {"id": bill["InvoiceID"], "do": "burn"}).status_code == 400


def test_a_person_changes_a_document(nordwind: AppInXero) -> None:
    made = one_of(nordwind, "bank_transactions")
    nordwind.sandbox.people.edit(made, Reference="by hand", IsReconciled=True)
    [found] = nordwind.read("/BankTransactions", where='Reference=="by hand"')["BankTransactions"]
    assert (found["BankTransactionID"], found["IsReconciled"]) == (made, True)


def test_accounts_rates_and_options_are_archived_over_http(nordwind: AppInXero) -> None:
    tracked = {"Tracking": [{"Name": "Team", "Option": "Sales"}, {"Name": "Region", "Option": "North"}]}
    body = {"organisation": "Nordwind GmbH", "archive_account": "5800", "archive_tax_rate": "TAX001"}
    do(nordwind, "organisation", body | {"archive_tracking": ["Team", "Sales"]})
    do(nordwind, "organisation", {"organisation": "Nordwind GmbH", "archive_tracking": ["Region"]})
    said = nordwind.complaints(nordwind.bill({}, {"AccountCode": "6540", "TaxType": "TAX001"}))
    assert [words.split("'")[1] for words in said] == ["5800", "TAX001"]
    [made] = nordwind.put(nordwind.bill(tracked | {"AccountCode": "6540"}))
    assert made["LineItems"][0]["Tracking"] == []
    [shown] = nordwind.read("/TrackingCategories")["TrackingCategories"]
    assert "Sales" not in [option["Name"] for option in shown["Options"]]


def test_an_archived_account_counts_as_modified(nordwind: AppInXero) -> None:
    since = {"If-Modified-Since": "2025-01-01T00:00:00"}
    assert nordwind.read("/Accounts", since)["Accounts"] == []
    nordwind.sandbox.archive_account(NORDWIND, "1931")
    assert [one["Code"] for one in nordwind.read("/Accounts", since)["Accounts"]] == ["1931"]
    [said] = nordwind.complaints(nordwind.spend(BankAccount={"Code": "1931"}), plural="BankTransactions")
    assert said == "The bank account 'Card SEK account' has been archived."


def test_a_merged_contact_is_archived_and_points_to_the_one_that_stays(nordwind: AppInXero) -> None:
    gone, kept = nordwind.contact("Anna Berg"), nordwind.contact("RAIL AB")
    nordwind.sandbox.people.merge_contact(NORDWIND, "Anna Berg", "RAIL AB")
    [read] = nordwind.read(f"/Contacts/{gone}")["Contacts"]
    assert (read["ContactStatus"], read["MergedToContactID"]) == ("ARCHIVED", kept)
    assert "has been archived" in nordwind.complaints(nordwind.bill(Contact={"ContactID": gone}))[0]


def test_a_contact_whose_data_is_to_be_erased_is_not_used(nordwind: AppInXero) -> None:
    nordwind.sandbox.people.change_contact(NORDWIND, "Anna Berg", ContactStatus="GDPRREQUEST")
    contact = {"ContactID": nordwind.contact("Anna Berg")}
    assert "has been archived" in nordwind.complaints(nordwind.bill(Contact=contact))[0]


def test_an_unknown_thing_to_do_with_an_organisation_is_refused(nordwind: AppInXero) -> None:
    assert do(nordwind, "organisation", {"organisation": NORDWIND, "archive": "5800"}).status_code == 400


def test_switches_are_set_over_http(nordwind: AppInXero) -> None:
    assert do(nordwind, "switches", {"outage": "organisation"}).json()["outage"] == "organisation"
    answer = nordwind.call("GET", "/Invoices")
    assert (answer.status_code, answer.text) == (503, "The Organisation is offline")
    assert do(nordwind, "switches", {"nonsense": True}).status_code == 400


def test_the_words_against_a_used_key_may_stand_in_an_element(nordwind: AppInXero) -> None:
    nordwind.sandbox.switch(key_refusal_in_elements=True)
    for number in ("EXP-1", "EXP-2"):
        body = {"Invoices": [nordwind.bill(InvoiceNumber=number)]}
        answer = nordwind.call("PUT", "/Invoices", body, headers={"Idempotency-Key": "k"})
    [error] = answer.json()["Elements"][0]["ValidationErrors"]
    assert error["Message"] == "Idempotency Key: k is used with a different request."


def test_the_ledger_tells_all_that_was_written(nordwind: AppInXero) -> None:
    for collection in ("credit_notes", "bank_transactions", "journals", "payments"):
        one_of(nordwind, collection)
    nordwind.attach(f"Invoices/{nordwind.sandbox.bills(NORDWIND)[0]['id']}")
    told = requests.get(
        f"{nordwind.sandbox.url}/_sandbox/ledger", {"organisation": "Nordwind GmbH"}, timeout=10
    ).json()
    counts = {name: len(found) for name, found in told.items() if name not in {"writes", "contacts"}}
    expected = ("bills", "credit_notes", "bank_transactions", "journals", "payments", "attachments")
    assert counts == dict.fromkeys(expected, 1)
    assert told["writes"] == 6
    assert told["attachments"][0]["sha256"]


def test_reading_writes_nothing(nordwind: AppInXero) -> None:
    before = nordwind.sandbox.writes
    for plural in ("Invoices", "CreditNotes", "BankTransactions", "ManualJournals", "Payments", "Contacts"):
        nordwind.read(f"/{plural}", page="1")
    assert nordwind.sandbox.writes == before
