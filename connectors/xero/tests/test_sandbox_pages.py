from pathlib import Path

import pytest
import requests

from connectors.kit.sandbox import Fault, Kind
from connectors.xero.sandbox import HARBOUR, NORDWIND, XeroSandbox
from connectors.xero.tests.app_in_xero import CLIENT, AppInXero


def shown(sandbox: XeroSandbox, path: str) -> str:
    answer = requests.get(sandbox.url + path, timeout=10)
    assert answer.status_code == 200
    assert 'class="badge">sandbox' in answer.text
    return answer.text


def test_the_front_page_shows_bills_contacts_and_chart_of_one_organisation(nordwind: AppInXero) -> None:
    nordwind.put(nordwind.bill(InvoiceNumber="EXP-<1>"))
    page = shown(nordwind.sandbox, "/")
    for words in ("EXP-&lt;1&gt;", "RAIL AB", "14.68 EUR", "2026-11-01", "Card EUR account", "Causeway"):
        assert words in page
    assert "EXP-" not in shown(nordwind.sandbox, f"/?org={HARBOUR}")


def test_a_bill_has_a_page_at_a_stable_address(nordwind: AppInXero) -> None:
    [made] = nordwind.put(nordwind.bill(Url="http://localhost:8000/p/1?a=1&b=2"))
    page = shown(nordwind.sandbox, f"/go/bill/{made['InvoiceID']}")
    for words in ("EXP-1", "Taxi", "RAIL AB", "5800", "INPUT", "14.68 EUR", "a=1&amp;b=2"):
        assert words in page


def test_links_as_xero_makes_them_lead_to_the_bill_and_the_contact(nordwind: AppInXero) -> None:
    [made] = nordwind.put(nordwind.bill())
    assert "Bill EXP-1" in shown(nordwind.sandbox, f"/AccountsPayable/View.aspx?InvoiceID={made['InvoiceID']}")
    page = shown(nordwind.sandbox, f"/Contacts/View/{made['Contact']['ContactID']}")
    assert "SUP-1" in page
    assert "EXP-1" in page
    assert "EXP-1" not in shown(nordwind.sandbox, f"/Contacts/View/{nordwind.contact('Anna Berg')}")


def test_every_kind_of_document_has_a_page_and_the_old_addresses_lead_there(nordwind: AppInXero) -> None:
    tracked = {"Tracking": [{"Name": "Team", "Option": "Sales"}]}
    [spent] = nordwind.send("BankTransactions", nordwind.spend(tracked, Reference="EXP-<2>", Type="RECEIVE"))
    [journal] = nordwind.send("ManualJournals", nordwind.journal())
    [note] = nordwind.send("CreditNotes", nordwind.credit_note())
    for address, words in (
        (
            f"/Bank/ViewTransaction.aspx?bankTransactionID={spent['BankTransactionID']}",
            ("Received EXP-&lt;2&gt;", "1930 Card EUR account", "Team: Sales", "14.68 EUR", "Delete"),
        ),
        (
            f"/Journal/View.aspx?invoiceID={journal['ManualJournalID']}",
            ("Journal Taxi [EXP-1]", "5800", "2890", "12.34 EUR", "Approve", "Delete"),
        ),
        (
            f"/AccountsPayable/ViewCreditNote.aspx?creditNoteID={note['CreditNoteID']}",
            ("Credit note CN-1", "RAIL AB", "14.68 EUR", "Approve"),
        ),
    ):
        page = shown(nordwind.sandbox, address)
        assert [word for word in words if word not in page] == []
    front = shown(nordwind.sandbox, "/")
    for title in ("EXP-&lt;2&gt;", "Receive, 1930 Card EUR account", "CN-1", "Taxi [EXP-1]", "Manual journals (1)"):
        assert title in front


def test_payments_and_files_are_shown(nordwind: AppInXero) -> None:
    bill = nordwind.approved()
    [paid] = nordwind.send("Payments", nordwind.payment(bill))
    nordwind.attach(f"Invoices/{bill}", "receipt-1.pdf")
    page = shown(nordwind.sandbox, f"/go/bill/{bill}")
    assert "receipt-1.pdf" in page
    assert "10.00 EUR" in page
    assert "/void" not in page
    [kept] = nordwind.sandbox.written("attachments", NORDWIND)
    content = requests.get(f"{nordwind.sandbox.url}/go/file/{kept['id']}", timeout=10)
    assert (content.content, content.headers["Content-Type"]) == (b"%PDF-1.7 a receipt", "application/pdf")
    assert "PAY-1" in shown(nordwind.sandbox, "/")
    assert "Bill EXP-1" in shown(
        nordwind.sandbox, f"/Bank/ViewTransaction.aspx?bankTransactionID={paid['PaymentID']}"
    )
    requests.post(f"{nordwind.sandbox.url}/go/payment/{paid['PaymentID']}/void", timeout=10)
    assert "/void" in shown(nordwind.sandbox, f"/go/bill/{bill}")


def test_a_person_approves_a_draft_on_its_page(nordwind: AppInXero) -> None:
    [made] = nordwind.put(nordwind.bill())
    after = requests.post(f"{nordwind.sandbox.url}/go/bill/{made['InvoiceID']}/approve", timeout=10)
    assert "Authorised" in after.text
    assert "/approve" not in after.text


@pytest.mark.parametrize("path", ["/go/nonsense/1", "/go/journal/1", "/go/file/1", f"/go/bill/{NORDWIND}"])
def test_what_does_not_exist_has_no_page(sandbox: XeroSandbox, path: str) -> None:
    assert requests.get(sandbox.url + path, timeout=10).status_code == 404


def test_an_unknown_bill_has_no_page(sandbox: XeroSandbox) -> None:
    assert requests.get(f"{sandbox.url}/go/bill/{NORDWIND}", timeout=10).status_code == 404


def test_a_person_voids_what_was_approved_and_deletes_a_draft(nordwind: AppInXero) -> None:
    bills = nordwind.put(nordwind.bill(), nordwind.bill(Status="AUTHORISED", DueDate="2026-11-15"))
    for bill in bills:
        address = f"{nordwind.sandbox.url}/go/bill/{bill['InvoiceID']}"
        after = requests.post(f"{address}/void", timeout=10)
        assert after.url == address
        assert "/void" not in after.text  # nothing more to void
    assert [bill["Status"] for bill in nordwind.sandbox.bills(NORDWIND)] == ["DELETED", "VOIDED"]


def test_a_person_removes_the_app_inside_xero(nordwind: AppInXero) -> None:
    [connection] = nordwind.call("GET", "/connections").json()
    address = f"/go/organisation/{NORDWIND}/disconnect/{connection['id']}"
    assert address in shown(nordwind.sandbox, "/")
    requests.post(nordwind.sandbox.url + address, timeout=10)
    assert nordwind.call("GET", "/Organisation").status_code == 403
    assert nordwind.refresh(nordwind.tokens["refresh_token"]).status_code == 200


def test_the_ledger_is_told_over_http(nordwind: AppInXero) -> None:
    nordwind.put(nordwind.bill())
    told = requests.get(
        f"{nordwind.sandbox.url}/_sandbox/ledger", {"organisation": "Nordwind GmbH"}, timeout=10
    ).json()
    assert (told["writes"], [bill["InvoiceNumber"] for bill in told["bills"]]) == (1, ["EXP-1"])


def test_a_person_locks_the_period_over_http(nordwind: AppInXero) -> None:
    body = {"organisation": "Nordwind GmbH", "PeriodLockDate": "2026-11-30", "archive_account": "5800"}
    requests.post(f"{nordwind.sandbox.url}/_sandbox/organisation", json=body, timeout=10)
    assert len(nordwind.complaints(nordwind.bill())) == 2


def test_a_lost_answer_leaves_a_bill_that_can_be_found(nordwind: AppInXero) -> None:
    nordwind.sandbox.faults.add(Fault("PUT /api.xro/2.0/Invoices", Kind.DROP_AFTER))
    with pytest.raises(requests.ConnectionError):
        nordwind.put(nordwind.bill())
    [found] = nordwind.read("/Invoices", InvoiceNumbers="EXP-1", page="1")["Invoices"]
    assert found["Status"] == "DRAFT"


def test_everything_is_kept_over_a_restart(tmp_path: Path) -> None:
    with XeroSandbox(tmp_path, clients=[CLIENT]) as first:
        app = AppInXero(first, NORDWIND).connect()
        sent = app.call("PUT", "/Invoices", app.bill(), headers={"Idempotency-Key": "k"})
    with XeroSandbox(tmp_path, clients=[CLIENT]) as again:
        app.sandbox = again
        assert app.call("PUT", "/Invoices", app.bill(), headers={"Idempotency-Key": "k"}).content == sent.content
        assert len(again.bills(NORDWIND)) == 1
