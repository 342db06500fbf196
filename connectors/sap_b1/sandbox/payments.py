"""Vendor payments: a bank transfer that pays invoices."""

from decimal import Decimal

from werkzeug import Response

from connectors.kit.sandbox import Document, Routes, answer

from . import shape
from .books import Books
from .gate import Call, endpoint
from .reading import by_key, shown
from .refusals import refused
from .sets import SETS
from .shape import Json

TABLE = "OVPM"
ZERO = Decimal(0)
_PAID = {"it_PurchaseInvoice": "PurchaseInvoices", "it_PurchaseCreditNote": "PurchaseCreditNotes"}

routes = Routes()


@endpoint(routes, "POST", "/VendorPayments", "VendorPayments")
def payment(call: Call) -> Response:
    books = call.books
    body = shape.read("Payment", call.body(), books.user_fields(TABLE))
    body.setdefault("DocDate", call.sandbox.clock.now().date().isoformat())
    books.dates(body, ("DocDate", "TaxDate", "DueDate"), TABLE)
    books.series("VendorPayments", TABLE)
    partner = books.partner(body.get("CardCode"), TABLE)
    books.branch(body.get("BPLID"), TABLE)
    if not body.get("TransferAccount"):
        raise refused("property.missing", name="TransferAccount", table=TABLE)
    currency = body.get("DocCurrency") or books.facts["currency"]
    books.account(body["TransferAccount"], TABLE, currency)
    books.rate(currency, body["DocDate"], body.get("DocRate"), TABLE)
    _check(books, body, currency)
    named = {**body, "DocCurrency": currency, "CardName": partner["CardName"]}
    if "VendorPayments" in call.sandbox.switches.approval:  # as with invoices, the answer looks like a success
        made = _kept(books, "PaymentDrafts", {**named, "AuthorizationStatus": "pasPending"})
    else:
        made = _paid(books, {**named, "AuthorizationStatus": "pasWithout"})
    content = {"@odata.context": "$metadata#VendorPayments/$entity", **shown(SETS["VendorPayments"], made)}
    return answer(content, 201, {"Location": f"/b1s/v2/VendorPayments({made['DocEntry']})"})


def approve(books: Books, draft: Document) -> None:
    books.put("PaymentDrafts", {**draft, "AuthorizationStatus": "pasGenerated"})
    _paid(books, {**draft, "AuthorizationStatus": "pasApproved"})


def _paid(books: Books, payment: Json) -> Document:
    for line in payment.get("PaymentInvoices", []):
        _pay(books, line, 1)
    return _kept(books, "VendorPayments", payment)


def _kept(books: Books, entity_set: str, payment: Json) -> Document:
    own = {"Cancelled": "tNO", "DocNum": books.next_number(entity_set, "DocNum")}
    return books.add(entity_set, {**payment, **own})


@endpoint(routes, "POST", "/VendorPayments(<key>)/Cancel", "VendorPayments")
def cancel(call: Call, key: str) -> Response:
    """What it paid is open again."""
    made = by_key(call, SETS["VendorPayments"], key)
    if made["Cancelled"] == "tYES":
        raise refused("document.cancelled", table=TABLE)
    for line in made.get("PaymentInvoices", []):
        _pay(call.books, line, -1)
    call.books.put("VendorPayments", {**made, "Cancelled": "tYES"})
    return answer(status=204)


def _check(books: Books, body: Json, currency: str) -> None:
    """In local currency `SumApplied`, in a foreign one `AppliedFC`."""
    name = "SumApplied" if currency == books.facts["currency"] else "AppliedFC"
    lines = body.get("PaymentInvoices", [])
    for line in lines:
        document = books.named(_PAID[line.get("InvoiceType", "it_PurchaseInvoice")], line.get("DocEntry"))
        if document["CardCode"] != body["CardCode"]:
            raise refused("payment.other_partner")
        total, paid = ("DocTotal", "PaidToDate") if name == "SumApplied" else ("DocTotalFc", "PaidToDateFC")
        due = Decimal(document[total]) - Decimal(document[paid])
        if not 0 < Decimal(line.get(name, 0)) <= due:
            raise refused("payment.too_much")
    if lines and sum((_signed(line, name) for line in lines), ZERO) != Decimal(body.get("TransferSum", 0)):
        raise refused("payment.unbalanced")


def _signed(line: Json, name: str) -> Decimal:
    back = line.get("InvoiceType") == "it_PurchaseCreditNote"
    return -Decimal(line[name]) if back else Decimal(line[name])


def _pay(books: Books, line: Json, sign: int) -> None:
    entity_set = _PAID[line.get("InvoiceType", "it_PurchaseInvoice")]
    document = books.named(entity_set, line["DocEntry"])
    paid = Decimal(document["PaidToDate"]) + sign * Decimal(line.get("SumApplied", 0))
    paid_fc = Decimal(document["PaidToDateFC"]) + sign * Decimal(line.get("AppliedFC", 0))
    whole = paid == Decimal(document["DocTotal"]) or (paid_fc and paid_fc == Decimal(document["DocTotalFc"]))
    status = "bost_Close" if whole else "bost_Open"
    books.put(entity_set, {**document, "PaidToDate": paid, "PaidToDateFC": paid_fc, "DocumentStatus": status})
