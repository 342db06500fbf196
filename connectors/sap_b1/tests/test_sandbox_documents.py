from decimal import Decimal

import pytest

from connectors.sap_b1.sandbox import HARBOUR, NORDWIND
from connectors.sap_b1.tests.client import Program, loaded


def test_an_invoice_is_posted_with_its_tax_and_two_numbers(nordwind: Program) -> None:
    made = nordwind.send("/PurchaseInvoices", nordwind.invoice({}, {"LineTotal": Decimal("10.55"), "VatGroup": "V7"}))
    assert (made["DocEntry"], made["DocNum"]) == (9001, 26000001)
    assert (made["VatSum"], made["DocTotal"]) == (Decimal("19.74"), Decimal("130.29"))
    assert nordwind.last.headers["Location"].endswith("/PurchaseInvoices(9001)")


def test_a_negative_line_is_possible_in_a_positive_document(nordwind: Program) -> None:
    made = nordwind.send("/PurchaseInvoices", nordwind.invoice({}, {"LineTotal": -50, "VatGroup": "V0"}))
    assert made["DocTotal"] == 69


def test_a_foreign_document_has_both_totals_at_the_days_rate(nordwind: Program) -> None:
    line = {"LineTotal": None, "RowTotalFC": 50, "VatGroup": "V0"}
    made = nordwind.send("/PurchaseInvoices", nordwind.invoice(line, DocCurrency="USD"))
    assert (made["DocTotalFc"], made["DocTotal"], made["DocRate"]) == (50, 46, Decimal("0.92"))


def test_yen_have_no_decimals(nordwind: Program) -> None:
    line = {"LineTotal": None, "RowTotalFC": 1005, "VatGroup": "V7"}
    made = nordwind.send("/PurchaseInvoices", nordwind.invoice(line, DocCurrency="JPY"))
    assert (made["VatSumFc"], made["DocTotalFc"]) == (70, 1075)


def test_where_there_are_tax_codes_lines_have_them_and_documents_a_branch(harbour: Program) -> None:
    made = harbour.send("/PurchaseInvoices", harbour.in_branch())
    assert (made["DocTotal"], made["DocCurrency"]) == (108, "$")
    assert harbour.sandbox.written("PurchaseInvoices", HARBOUR)[0]["BPL_IDAssignedToInvoice"] == 1


def test_letters_and_names_of_enumerations_are_the_same(nordwind: Program) -> None:
    assert nordwind.send("/PurchaseInvoices", nordwind.invoice(DocType="S"))["DocType"] == "dDocument_Service"


def test_the_first_reference_is_overwritten_by_the_number(nordwind: Program) -> None:
    made = nordwind.send("/PurchaseInvoices", nordwind.invoice())
    assert made["Reference1"] == str(made["DocNum"])
    nordwind.call("POST", "/PurchaseInvoices", nordwind.invoice(Reference1="mine"))
    assert nordwind.sandbox.said == {"property.unknown": 1}


def test_under_approval_the_answer_looks_like_success_but_a_draft_was_made(nordwind: Program) -> None:
    nordwind.sandbox.switch(approval=("PurchaseInvoices",))
    made = nordwind.send("/PurchaseInvoices", nordwind.invoice(U_CausewayId="one"))
    assert nordwind.call("GET", f"/PurchaseInvoices({made['DocEntry']})").status_code == 404
    [draft] = nordwind.read("/Drafts", **{"$filter": "U_CausewayId eq 'one'"})["value"]
    assert (draft["AuthorizationStatus"], draft["DocObjectCode"]) == ("dasPending", "oPurchaseInvoices")
    nordwind.sandbox.approve_all(NORDWIND)
    [posted] = nordwind.read("/PurchaseInvoices", **{"$filter": "U_CausewayId eq 'one'"})["value"]
    assert posted["DocTotal"] == 119


def test_a_draft_says_what_it_is_a_draft_of(nordwind: Program) -> None:
    made = nordwind.send("/Drafts", nordwind.invoice(DocObjectCode="oPurchaseCreditNotes"))
    assert made["DocObjectCode"] == "oPurchaseCreditNotes"
    assert nordwind.sandbox.written("PurchaseCreditNotes") == []
    assert nordwind.call("POST", "/Drafts", nordwind.invoice()).status_code == 400


def test_a_cancelled_invoice_has_a_document_that_cancels_it(nordwind: Program) -> None:
    entry = nordwind.posted(U_CausewayId="one")
    assert nordwind.call("POST", f"/PurchaseInvoices({entry})/Cancel").status_code == 204
    first, second = nordwind.sandbox.written("PurchaseInvoices")
    assert (first["CancelStatus"], second["CancelStatus"]) == ("csYes", "csCancellation")
    assert "U_CausewayId" not in second


def test_an_entry_balances_in_both_currencies(nordwind: Program) -> None:
    foreign = {"FCCurrency": "USD", "FCDebit": 50}
    made = nordwind.send(
        "/JournalEntries",
        nordwind.journal(
            {"AccountCode": "6660", "Debit": 46, **foreign},
            {"AccountCode": "1460", "Credit": 46, "FCCurrency": "USD", "FCCredit": 50},
        ),
    )
    assert (made["JdtNum"], made["Number"]) == (9001, 26000001)
    one_sided = nordwind.journal(
        {"AccountCode": "6660", "Debit": 46, **foreign}, {"AccountCode": "1460", "Credit": 46}
    )
    nordwind.call("POST", "/JournalEntries", one_sided)
    assert nordwind.sandbox.said == {"journal.unbalanced": 1}


def test_without_local_amounts_the_days_rate_is_used_if_there_is_one(nordwind: Program) -> None:
    def lines(currency: str) -> list[dict[str, object]]:
        return [
            {"AccountCode": "6660", "FCCurrency": currency, "FCDebit": 50},
            {"AccountCode": "1460", "FCCurrency": currency, "FCCredit": 50},
        ]

    made = nordwind.send("/JournalEntries", nordwind.journal(*lines("USD")))
    assert [line["Debit"] for line in made["JournalEntryLines"]] == [46, 0]
    nordwind.call("POST", "/JournalEntries", nordwind.journal(*lines("CHF")))
    assert nordwind.sandbox.said == {"rate.missing": 1}


def test_a_partners_line_names_the_partner_not_its_account(nordwind: Program) -> None:
    good = {"ShortName": "V10023", "Credit": 100}
    nordwind.send("/JournalEntries", nordwind.journal({"AccountCode": "6660", "Debit": 100}, good))
    bad = {"AccountCode": "3300", "Credit": 100}
    nordwind.call("POST", "/JournalEntries", nordwind.journal({"AccountCode": "6660", "Debit": 100}, bad))
    assert nordwind.sandbox.said == {"account.control": 1}


def test_a_reversal_names_what_it_reverses(nordwind: Program) -> None:
    nordwind.send("/JournalEntries", nordwind.journal(U_CausewayId="one"))
    nordwind.sandbox.cancel(NORDWIND, "JournalEntries", 9001)
    _, reversal = nordwind.sandbox.written("JournalEntries")
    assert (reversal["Original"], reversal["JournalEntryLines"][0]["Credit"]) == (9001, 100)
    with pytest.raises(ValueError, match="cancelled already"):
        nordwind.sandbox.cancel(NORDWIND, "JournalEntries", 9001)


def test_vouchers_wait_outside_the_ledger(nordwind: Program) -> None:
    answer = nordwind.call("POST", "/JournalVouchersService_Add", {"JournalVoucher": [nordwind.journal()]})
    assert answer.status_code == 204
    assert nordwind.sandbox.written("JournalEntries") == []
    nordwind.sandbox.post_voucher(NORDWIND, 1)
    assert len(nordwind.sandbox.written("JournalEntries")) == 1


def test_a_payment_pays_and_its_cancellation_opens_again(nordwind: Program) -> None:
    entry = nordwind.posted()
    made = nordwind.send("/VendorPayments", nordwind.payment(entry))
    paid = nordwind.read(f"/PurchaseInvoices({entry})")
    assert (paid["PaidToDate"], paid["DocumentStatus"]) == (119, "bost_Close")
    assert nordwind.call("POST", f"/VendorPayments({made['DocEntry']})/Cancel").status_code == 204
    assert nordwind.read(f"/PurchaseInvoices({entry})")["DocumentStatus"] == "bost_Open"


def test_a_partner_is_made_and_changed_under_its_code(nordwind: Program) -> None:
    nordwind.send(
        "/BusinessPartners", {"CardCode": "V1", "CardName": "One", "CardType": "cSupplier", "U_CausewayId": "v"}
    )
    assert nordwind.call("PATCH", "/BusinessPartners('V1')", {"EmailAddress": "a@one.example"}).status_code == 204
    found = nordwind.read("/BusinessPartners('V1')")
    assert (found["EmailAddress"], found["Currency"], found["U_CausewayId"]) == ("a@one.example", "EUR", "v")


def test_files_come_before_their_document_and_more_can_be_added(nordwind: Program) -> None:
    made = loaded(nordwind.upload("a.pdf", "b.png"))
    assert nordwind.upload("c.pdf", path="/Attachments2(1)", method="PATCH").status_code == 204
    found = nordwind.read(f"/Attachments2({made['AbsoluteEntry']})")["Attachments2_Lines"]
    assert [f"{line['FileName']}.{line['FileExtension']}" for line in found] == ["a.pdf", "b.png", "c.pdf"]
    assert nordwind.posted(AttachmentEntry=1) == 9001
    nordwind.call("POST", "/PurchaseInvoices", nordwind.invoice(AttachmentEntry=2))
    assert nordwind.sandbox.said == {"reference.unknown": 1}


def test_a_new_user_field_may_need_a_restart(nordwind: Program) -> None:
    nordwind.sandbox.switch(fields_need_restart=True)
    nordwind.send(
        "/UserFieldsMD", {"Name": "Own", "TableName": "OPCH", "Description": "Own", "Type": "A", "Size": 50}
    )
    assert nordwind.call("POST", "/PurchaseInvoices", nordwind.invoice(U_Own="x")).status_code == 400
    nordwind.sandbox.restart()
    nordwind.logged_in()
    assert nordwind.send("/PurchaseInvoices", nordwind.invoice(U_Own="x"))["U_Own"] == "x"


def test_what_was_written_is_told_over_http(nordwind: Program) -> None:
    nordwind.posted(U_CausewayId="one")
    told = nordwind.http.get(f"{nordwind.sandbox.url}/_sandbox/ledger?company={NORDWIND}", timeout=10).json()
    assert [one["U_CausewayId"] for one in told["PurchaseInvoices"]] == ["one"]
    assert (told["writes"], told["sessions"]) == (1, 1)
