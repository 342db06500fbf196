"""For each refusal: what to do so that the Service Layer answers with just this."""

from collections.abc import Callable
from typing import Any

from connectors.sap_b1.sandbox import HARBOUR, NORDWIND
from connectors.sap_b1.tests.client import Program

Case = Callable[[Program], object]
PERIOD = {"code": "2026", "from": "2026-01-01", "to": "2026-12-31", "status": "open", "windows": {}}


def get(path: str, headers: Any = None, **params: str) -> Case:
    return lambda program: program.call("GET", path, headers=headers or {}, params=params)


def post(path: str, body: object, **options: Any) -> Case:
    return lambda program: program.call("POST", path, body, **options)


def invoice(*lines: dict[str, Any], path: str = "/PurchaseInvoices", **changes: Any) -> Case:
    return lambda program: program.call("POST", path, program.invoice(*lines, **changes))


def journal(*lines: dict[str, Any], **changes: Any) -> Case:
    return lambda program: program.call("POST", "/JournalEntries", program.journal(*lines, **changes))


def payment(**changes: Any) -> Case:
    return lambda program: program.call("POST", "/VendorPayments", program.payment(program.posted(), **changes))


def partner(**values: Any) -> Case:
    return post("/BusinessPartners", {"CardCode": "V1", "CardName": "One", "CardType": "S", **values})


def field(**values: Any) -> Case:
    return post("/UserFieldsMD", {"Name": "Own", "TableName": "OPCH", "Description": "Own", **values})


def after(first: Case, case: Case) -> Case:
    def do(program: Program) -> None:
        first(program)
        case(program)

    return do


def switched(case: Case, **switches: Any) -> Case:
    return after(lambda program: program.sandbox.switch(**switches), case)


def with_facts(case: Case, **facts: Any) -> Case:
    return after(lambda program: program.sandbox.change_company(NORDWIND, **facts), case)


def in_harbour(*lines: dict[str, Any], **changes: Any) -> Case:
    def do(program: Program) -> None:
        other = Program(program.sandbox, HARBOUR).logged_in()
        other.call("POST", "/PurchaseInvoices", other.in_branch(*lines, **changes))
        program.last = other.last

    return do


def login(**changes: str) -> Case:
    return lambda program: program.login(**changes)


def _cancelled_twice(program: Program) -> None:
    entry = program.posted()
    for _ in range(2):
        program.call("POST", f"/PurchaseInvoices({entry})/Cancel")


def _cancelled_when_paid(program: Program) -> None:
    entry = program.posted()
    program.send("/VendorPayments", program.payment(entry))
    program.call("POST", f"/PurchaseInvoices({entry})/Cancel")


def _locked(program: Program) -> None:
    program.sandbox.switch(wrong_passwords=2)
    program.sandbox.failures["causeway"] = 2
    program.login()


def _without_route(program: Program) -> None:
    del program.http.cookies["ROUTEID"]
    program.call("GET", "/Currencies")


def _quoted_boundary(program: Program) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\nPDF\r\n--x--\r\n'
    program.call("POST", "/Attachments2", body, headers={"Content-Type": 'multipart/form-data; boundary="x"'})


def _deleted_file(program: Program) -> None:
    program.upload("a.pdf")
    program.call("DELETE", "/Attachments2(1)")


CASES: dict[str, Case] = {
    "session.gone": after(lambda program: program.sandbox.end_sessions(), get("/Currencies")),
    "session.no_route": _without_route,
    "login.credentials": login(Password="wrong"),
    "login.locked": _locked,
    "login.company": login(CompanyDB="SBO_NOBODY"),
    "login.busy": switched(login(), busy_logins=1),
    "login.incomplete": login(Password=""),
    "user.no_right": switched(invoice(), forbidden=("PurchaseInvoices",)),
    "request.json": post("/PurchaseInvoices", b"{"),
    "request.not_json": post("/PurchaseInvoices", b"x", headers={"Content-Type": "text/plain"}),
    "request.unknown_path": get("/Nothing"),
    "query.bad": get("/PurchaseInvoices", **{"$filter": "DocEntry in (1,2)"}),
    "query.property": get("/PurchaseInvoices", **{"$filter": "Nothing eq 1"}),
    "query.operands": after(
        lambda program: program.posted(), get("/PurchaseInvoices", **{"$filter": "DocEntry eq '1'"})
    ),
    "key.unknown": get("/PurchaseInvoices(1)"),
    "action.unsupported": lambda program: program.call("DELETE", "/PurchaseInvoices(1)"),
    "property.unknown": invoice(U_Nobody="x"),
    "property.read_only": invoice(DocNum=1),
    "property.value": invoice(DocDate="yesterday"),
    "property.long": invoice(JournalMemo="x" * 51),
    "property.missing": invoice(CardCode=None),
    "reference.unknown": invoice(CardCode="V0"),
    "partner.not_supplier": invoice(CardCode="C20000"),
    "partner.frozen": invoice(CardCode="V10099"),
    "partner.code_taken": partner(CardCode="V10023"),
    "account.inactive": invoice({"AccountCode": "6000"}),
    "account.control": invoice({"AccountCode": "3300"}),
    "account.currency": invoice({"AccountCode": "1810"}, DocCurrency="GBP"),
    "tax.inactive": invoice({"VatGroup": "V16"}),
    "tax.localisation": invoice({"TaxCode": "NY"}),
    "dimension.inactive": invoice({"CostingCode": "OLD"}),
    "dimension.other": invoice({"CostingCode2": "SALES"}),
    "project.inactive": invoice({"ProjectCode": "P-00"}),
    "branch.missing": in_harbour(BPL_IDAssignedToInvoice=None),
    "branch.disabled": in_harbour(BPL_IDAssignedToInvoice=3),
    "period.closed": invoice(DocDate="2025-12-31"),
    "period.locked": with_facts(invoice(), periods=[PERIOD | {"status": "locked"}]),
    "period.none": invoice(DocDate="2024-12-31"),
    "date.out_of_range": with_facts(
        invoice(TaxDate="2025-12-31"), periods=[PERIOD | {"windows": {"TaxDate": ["2026-01-01", "2026-12-31"]}}]
    ),
    "series.missing": with_facts(invoice(), without_series=["PurchaseInvoices"]),
    "rate.missing": invoice({"LineTotal": None, "RowTotalFC": 50}, DocCurrency="CHF"),
    "currency.partner": invoice(CardCode="V10500", DocCurrency="USD"),
    "document.no_lines": invoice(DocumentLines=[]),
    "document.items": invoice(DocType="I"),
    "document.negative": invoice({"LineTotal": -5}),
    "document.number_taken": switched(after(lambda program: program.posted(), invoice()), unique_vendor_numbers=True),
    "document.cancelled": _cancelled_twice,
    "document.closed": _cancelled_when_paid,
    "journal.unbalanced": journal({"AccountCode": "6660", "Debit": 1}, {"AccountCode": "1460", "Credit": 2}),
    "journal.two_sides": journal({"AccountCode": "6660", "Debit": 1, "Credit": 1}),
    "journal.no_account": journal({"Debit": 1}),
    "payment.too_much": payment(applied=120, TransferSum=120),
    "payment.unbalanced": payment(TransferSum=118),
    "payment.other_partner": payment(CardCode="V10500"),
    "attachment.boundary": _quoted_boundary,
    "attachment.parts": lambda program: program.upload("a.pdf", part="file"),
    "attachment.extension": lambda program: program.upload("a.exe"),
    "attachment.name_taken": after(lambda program: program.upload("a.pdf"), lambda program: program.upload("a.pdf")),
    "attachment.folder": switched(lambda program: program.upload("a.pdf"), no_attachment_folder=True),
    "attachment.undeletable": _deleted_file,
    "field.exists": after(field(), field()),
}
