"""What is sent, what the answers say of it, and that it is found again."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.kit.documents import Created, Document, Draft, Key, Kind, Part, Refused, Unknown
from connectors.kit.errors import AskForPermission, Reconnect, TryLater
from connectors.kit.failures import FailureClass as F
from connectors.kit.http import Answer, Request
from connectors.kit.records import Account, Party
from connectors.sap_b1 import answers, lookup, sending
from connectors.sap_b1.sandbox import NORDWIND, SapB1Sandbox
from connectors.sap_b1.tests.client import Program
from connectors.sap_b1.tests.support import DAY, Desk, card, connected, line, planned, record, supplier_invoice

TAXED = line("119.00", tax=("V19", "19.00"))
PAID: dict[str, Any] = {"kind": "invoice_payment", "contra": Account("a", "Bank", "1800")}


@pytest.fixture
def desk(nordwind: Program) -> Desk:
    return Desk(nordwind)


def test_an_invoice_and_its_vendor_are_posted_and_found_again(desk: Desk) -> None:
    vendor, invoice = desk.post(supplier_invoice("119.00", TAXED))
    assert isinstance(vendor, Created)
    assert isinstance(invoice, Created)
    assert (invoice.remarks, invoice.found.number, str(invoice.found.total)) == ((), "26000001", "119.00 EUR")
    documents = desk.plan(supplier_invoice("119.00", TAXED))
    found = lookup.find(desk.fetch, documents)
    assert [one.document_id for one in found[documents[1].key]] == [invoice.found.document_id]
    assert [one.document_id for one in found[documents[0].key]] == [vendor.found.document_id]


def test_a_journal_is_posted_and_found_again(desk: Desk) -> None:
    [made] = desk.post(card("119.00", TAXED))
    documents = desk.plan(card("119.00", TAXED))
    assert lookup.find(desk.fetch, documents)[documents[0].key][0].document_id == made.found.document_id == "9001"


def test_a_foreign_journal_balances_at_the_days_rate(desk: Desk) -> None:
    [made] = desk.post(card("50.00", line("50.00", currency="USD"), currency="USD"))
    assert isinstance(made, Created)
    [entry] = desk.program.sandbox.written("JournalEntries")
    assert [one["Debit"] for one in entry["JournalEntryLines"]] == [46, 0]


def test_a_foreign_journal_of_several_lines_balances_however_they_are_rounded(desk: Desk) -> None:
    """Three times 1.05 at 0.92 are 2.91, and 3.15 are 2.90."""
    thrice = [line("1.05", currency="USD")] * 3
    [made] = desk.post(card("3.15", *thrice, currency="USD"))
    assert isinstance(made, Created), made


def test_a_payment_pays_the_invoice_of_the_vendor_that_has_it(desk: Desk) -> None:
    """Also where the vendor was made by people, under a code that the source does not know."""
    desk.program.send(
        "/BusinessPartners", {"CardCode": "V77", "CardName": "Papier & Co", "CardType": "cSupplier", "Currency": "##"}
    )
    vendor, invoice = desk.plan(supplier_invoice("119.00", TAXED))
    adopted = lookup.find(desk.fetch, [vendor])[vendor.key][0].document_id
    [draft] = sending.drafts([invoice], {vendor.key: adopted}, desk.settings)
    made = desk.send(draft)
    [payment] = desk.plan(supplier_invoice(**PAID))
    [draft] = sending.drafts([payment], {_needed(payment): made.found.document_id}, desk.settings)
    assert isinstance(desk.send(draft), Created)
    assert desk.program.sandbox.written("PurchaseInvoices")[0]["DocumentStatus"] == "bost_Close"


def test_without_a_user_field_a_number_is_looked_for_among_its_own_vendors_documents(nordwind: Program) -> None:
    """A person has copied the invoice for another supplier, number and all."""
    desk = Desk(nordwind, marker_field="Missing")
    vendor, made = desk.post(supplier_invoice("119.00", TAXED))
    [own] = nordwind.sandbox.written("PurchaseInvoices")
    line = {"ItemDescription": "Copy", "AccountCode": "6660", "LineTotal": 100}
    copy = {"CardCode": "V10023", "DocType": "dDocument_Service", "DocDate": DAY.isoformat(), "DocumentLines": [line]}
    nordwind.send("/PurchaseInvoices", copy | {"NumAtCard": own["NumAtCard"]})
    invoice = replace(desk.plan(supplier_invoice("119.00", TAXED))[1], needed_id=vendor.found.document_id)
    assert len(lookup.find(desk.fetch, [replace(invoice, needed_id="")])[invoice.key]) == 2
    assert lookup.find(desk.fetch, [invoice])[invoice.key] == (made.found,)


def test_what_was_posted_before_the_user_field_was_made_is_found_by_its_number(nordwind: Program) -> None:
    """And what is known by its reference alone, by the one or the other."""
    _, made = Desk(nordwind, marker_field="Missing").post(supplier_invoice("119.00", TAXED))
    document = Desk(nordwind).plan(supplier_invoice("119.00", TAXED))[1]
    marked = {document.kind: "U_CausewayId"}
    for one in (document, replace(document, content={})):
        assert lookup.find(Desk(nordwind).fetch, [one], lambda: marked)[document.key] == (made.found,)


@pytest.mark.parametrize("form", ["posted", "draft"])
def test_a_document_that_is_known_by_its_reference_alone_is_found(sandbox: SapB1Sandbox, form: str) -> None:
    """So the nightly comparison asks; the reference stands in the user field."""
    target = connected(sandbox, invoices_as=form)
    vendor, invoice = target.plan(supplier_invoice("119.00", TAXED), target.reference())
    known = {vendor.key: "V10023"}
    [draft] = target.requests([invoice], known)
    [made] = target.read(draft, target.client.send(draft.request))
    assert isinstance(made, Created)
    bare = replace(invoice, content={})
    assert [one.document_id for one in target.find([bare])[bare.key]] == [made.found.document_id]
    assert bare.key in target.standing([(bare, made.found.document_id)])


def test_under_an_approval_procedure_the_draft_is_told_and_followed(desk: Desk) -> None:
    desk.program.sandbox.switch(approval=("PurchaseInvoices",))
    _, made = desk.post(supplier_invoice("119.00", TAXED))
    assert made.found.number == "Draft 9001"
    assert made.remarks == ("It waits for approval in Business One, as draft 9001.",)
    document = desk.plan(supplier_invoice("119.00", TAXED))[1]
    assert lookup.find(desk.fetch, [document])[document.key][0].document_id == made.found.document_id
    desk.program.sandbox.approve_all(NORDWIND)
    [there] = lookup.find(desk.fetch, [document])[document.key]
    assert not there.document_id.startswith("draft/")
    standing = lookup.standing(desk.fetch, desk.get, [(document, made.found.document_id)])
    assert standing[document.key] == there


def test_a_payment_that_waits_for_approval_is_told_and_followed(desk: Desk) -> None:
    desk.program.sandbox.switch(approval=("VendorPayments",))
    desk.post(supplier_invoice("119.00", TAXED))
    [payment] = desk.plan(supplier_invoice(**PAID))
    [draft] = sending.drafts([payment], {_needed(payment): f"9001/{_vendor(desk)}"}, desk.settings)
    made = desk.send(draft)
    assert (made.found.number, len(made.remarks)) == ("Draft 9001", 1)
    assert lookup.find(desk.fetch, [payment])[payment.key][0].document_id == made.found.document_id
    desk.program.sandbox.approve_all(NORDWIND)
    [there] = lookup.find(desk.fetch, [payment])[payment.key]
    assert not there.document_id.startswith("draft/")


def test_a_rejected_draft_is_void(desk: Desk) -> None:
    desk.program.sandbox.switch(approval=("PurchaseInvoices",))
    desk.post(supplier_invoice("119.00", TAXED))
    desk.program.sandbox.change(NORDWIND, "Drafts", 9001, AuthorizationStatus="dasRejected")
    document = desk.plan(supplier_invoice("119.00", TAXED))[1]
    assert [one.void for one in lookup.find(desk.fetch, [document])[document.key]] == [True]


def test_nothing_is_paid_on_a_draft_though_its_number_is_an_invoices_too(desk: Desk) -> None:
    desk.post(supplier_invoice("119.00", TAXED))
    desk.program.sandbox.switch(approval=("PurchaseInvoices",))
    _, waiting = desk.post(supplier_invoice("119.00", TAXED, entry="another", vendor=Party("w", "Another")))
    [payment] = desk.plan(supplier_invoice(**PAID))
    [draft] = sending.drafts([payment], {_needed(payment): waiting.found.document_id}, desk.settings)
    outcome = desk.send(draft)
    assert (waiting.found.document_id.split("/")[1], outcome.subject) == ("9001", "invoice")
    assert desk.program.sandbox.written("VendorPayments") == []


def test_drafts_and_vouchers_are_a_setting(nordwind: Program) -> None:
    desk = Desk(nordwind, invoices_as="draft", journals_as="voucher")
    _, draft = desk.post(supplier_invoice("119.00", TAXED))
    assert draft.found.document_id.startswith("draft/")
    [voucher] = desk.post(card())
    assert (voucher.found.number, len(voucher.remarks)) == ("Journal voucher", 1)
    assert (nordwind.sandbox.written("PurchaseInvoices"), nordwind.sandbox.written("JournalEntries")) == ([], [])


def test_a_voucher_stands_until_it_is_posted_and_is_the_entry_then(nordwind: Program) -> None:
    desk = Desk(nordwind, journals_as="voucher")
    [made] = desk.post(card())
    pair = (desk.plan(card())[0], made.found.document_id)
    assert lookup.standing(desk.fetch, desk.get, [pair])[pair[0].key] == made.found
    nordwind.sandbox.post_voucher(NORDWIND, 1)
    assert lookup.standing(desk.fetch, desk.get, [pair])[pair[0].key].document_id == "9001"


def test_a_voucher_is_never_sent_again_on_a_guess_and_all_else_can_be_found(nordwind: Program) -> None:
    desk = Desk(nordwind, journals_as="voucher")
    documents = [*desk.plan(supplier_invoice()), *desk.plan(card(entry="another"))]
    vendor, invoice, voucher = sending.drafts(documents, {documents[0].key: "V1"}, desk.settings)
    assert (vendor.findable, invoice.findable, voucher.findable) == (True, True, False)


def test_a_voucher_that_a_person_has_made_by_hand_is_found(desk: Desk) -> None:
    [voucher] = desk.plan(card())
    desk.program.send("/JournalEntries", desk.program.journal(Reference2=voucher.reference))
    assert [one.document_id for one in lookup.find(desk.fetch, [voucher])[voucher.key]] == ["9001"]


def test_what_people_cancel_is_void(desk: Desk) -> None:
    _, invoice = desk.post(supplier_invoice("119.00", TAXED))
    [journal] = desk.post(card())
    desk.program.sandbox.cancel(NORDWIND, "PurchaseInvoices", 9001)
    desk.program.sandbox.cancel(NORDWIND, "JournalEntries", 9001)
    pairs = [
        (desk.plan(supplier_invoice("119.00", TAXED))[1], invoice.found.document_id),
        (desk.plan(card())[0], journal.found.document_id),
    ]
    standing = lookup.standing(desk.fetch, desk.get, pairs)
    assert [standing[document.key].void for document, _ in pairs] == [True, True]
    found = lookup.find(desk.fetch, [document for document, _ in pairs])
    assert [[one.void for one in found[document.key]] for document, _ in pairs] == [[True], [True]]


def test_what_is_not_there_any_more_is_left_out(desk: Desk) -> None:
    document = desk.plan(card())[0]
    assert lookup.standing(desk.fetch, desk.get, [(document, "77")]) == {}


def test_many_are_looked_for_in_few_calls(desk: Desk) -> None:
    documents = [desk.plan(card(entry=f"e-{number}"))[0] for number in range(12)]
    before = desk.program.sandbox.log.count("GET /b1s/v2/JournalEntries*")
    lookup.find(desk.fetch, documents)
    assert desk.program.sandbox.log.count("GET /b1s/v2/JournalEntries*") - before == 2


@pytest.mark.parametrize("about", [{"CardName": "Papier", "FederalTaxID": "DE123"}, {"CardName": "Papier & Co"}])
def test_vendors_made_by_people_are_taken_by_tax_number_then_by_name(desk: Desk, about: dict[str, str]) -> None:
    desk.program.send("/BusinessPartners", {"CardCode": "V77", "CardType": "cSupplier", **about})
    vendor = desk.plan(supplier_invoice())[0]
    assert [one.document_id for one in lookup.find(desk.fetch, [vendor])[vendor.key]] == ["V77"]


def test_several_vendors_of_one_name_are_a_persons_choice(desk: Desk) -> None:
    for code in ("V77", "V78"):
        desk.program.send("/BusinessPartners", {"CardCode": code, "CardName": "Papier & Co", "CardType": "cSupplier"})
    vendor = desk.plan(supplier_invoice())[0]
    assert len(lookup.find(desk.fetch, [vendor])[vendor.key]) == 2


def test_a_vendor_that_is_there_is_looked_up_not_refused(desk: Desk) -> None:
    vendor = desk.plan(supplier_invoice(vendor=Party("v", "Other name", "V10023")))[0]
    [draft] = sending.drafts([vendor], {}, desk.settings)
    assert isinstance(desk.send(draft), Unknown)


def test_each_write_has_a_connection_of_its_own(desk: Desk) -> None:
    drafts = list(sending.drafts(desk.plan(card()), {}, desk.settings))
    assert [draft.request.headers["Connection"] for draft in drafts] == ["close"]


REFUSALS: dict[str, tuple[dict[str, Any], F, str]] = {
    "CardCode": ({"CardCode": "V10099"}, F.MAPPING_STALE, "vendor"),
    "unknown": ({"CardCode": "V0"}, F.MAPPING_MISSING, "document"),
    "period": ({"DocDate": "2025-12-31"}, F.PERIOD_CLOSED, "date:2026-11-01"),
    "series": ({}, F.CONFIG_INVALID, "series"),
    "marker": ({"U_Nobody": "x"}, F.CONFIG_INVALID, "marker"),
    "long": ({"JournalMemo": "x" * 51}, F.VALIDATION_FIELD, "JournalMemo"),
    "ours": ({"Nothing": 1}, F.CODE_CRASH, ""),
}


@pytest.mark.parametrize("case", REFUSALS)
@pytest.mark.parametrize("old", [False, True])
def test_a_refusal_has_its_class_in_either_shape(desk: Desk, case: str, *, old: bool) -> None:
    changes, failure, subject = REFUSALS[case]
    desk.program.sandbox.switch(old_errors=old)
    if case == "series":
        desk.program.sandbox.change_company(NORDWIND, without_series=["PurchaseInvoices"])
    document = planned(record())[1]
    content = {**document.content, "CardCode": "V10023", **changes}
    request = Request.json("POST", "/b1s/v2/PurchaseInvoices", content)
    outcome = desk.send(Draft(request, (document,)))
    assert isinstance(outcome, Refused), outcome
    assert (outcome.failure, outcome.subject) == (failure, subject)
    assert "{" not in outcome.sentence


def _answer(status: int, body: bytes) -> Answer:
    return Answer(status, {}, body)


@pytest.mark.parametrize(
    "answer",
    [
        _answer(502, b"<html>Proxy Error</html>"),
        _answer(500, b'{"error":{"code":"-1","message":"?"}}'),
        _answer(302, b""),
        _answer(400, b"<html>Bad Request</html>"),
        _answer(201, b"<html>"),
        _answer(201, b"[]"),
        _answer(201, b'{"DocEntry": null}'),
        _answer(201, b'{"DocEntry": 7}'),
        _answer(201, b'{"DocEntry": 7, "U_CausewayId": "of somebody else", "AuthorizationStatus": "dasWithout"}'),
        _answer(400, b'{"error":{"code":"-2035","message":"This entry already exists"}}'),
        _answer(418, b"{}"),
    ],
)
def test_what_tells_nothing_is_looked_up(answer: Answer) -> None:
    [outcome] = _read(planned(record())[1], answer)
    assert isinstance(outcome, Unknown)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (_answer(401, b'{"error":{"code":"301","message":"Invalid session"}}'), Reconnect),
        (_answer(403, b'{"error":{"code":"-6006","message":"No"}}'), AskForPermission),
        (_answer(412, b'{"error":{"code":"-2039","message":"Another user"}}'), TryLater),
        (_answer(500, b'{"error":{"code":"305","message":"Switch company error: -1102"}}'), TryLater),
    ],
)
def test_what_concerns_the_call_as_a_whole_is_an_error(answer: Answer, error: type[Exception]) -> None:
    with pytest.raises(error):
        _read(planned(record())[1], answer)


def test_what_the_proxy_finds_too_large_was_not_posted() -> None:
    [outcome] = _read(planned(record())[1], _answer(413, b"<html>Request Entity Too Large</html>"))
    assert (outcome.failure, outcome.subject) == (F.VALIDATION_FIELD, "size")


def test_another_total_is_remarked_on() -> None:
    document = planned(record("119.00", TAXED))[1]
    body = b'{"DocEntry": 7, "DocTotal": 119.01, "CardCode": "V1", "AuthorizationStatus": "dasWithout"}'
    [outcome] = _read(document, _answer(201, body))
    assert outcome.remarks == ("total differs: 119.01 EUR in Business One, 119.00 EUR in the entry",)
    assert outcome.found.document_id == "7/V1"


def _read(document: Document, answer: Answer) -> tuple[Any, ...]:
    request = Request("POST", "/b1s/v2/PurchaseInvoices")
    return answers.read(Draft(request, (document,)), answer, datetime.now(UTC))


def _vendor(desk: Desk) -> str:
    return str(desk.program.sandbox.written("PurchaseInvoices")[0]["CardCode"])


def _needed(payment: Document) -> Any:
    assert payment.kind is Kind.PAYMENT
    return Key(payment.needs_alias, Part.DOCUMENT)
