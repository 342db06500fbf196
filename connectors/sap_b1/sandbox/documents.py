"""Purchase invoices, purchase credit notes and their drafts."""

from decimal import Decimal
from typing import Final

from werkzeug import Response

from connectors.kit.sandbox import Document, Routes, answer

from . import shape
from .books import Books
from .gate import Call, endpoint
from .reading import by_key, shown
from .refusals import refused
from .sets import SETS
from .shape import Json

OBJECTS: Final = {"oPurchaseInvoices": "PurchaseInvoices", "oPurchaseCreditNotes": "PurchaseCreditNotes"}
CHANGEABLE: Final = {
    **dict.fromkeys(
        ("PurchaseInvoices", "PurchaseCreditNotes", "Drafts"), frozenset({"AttachmentEntry", "Comments"})
    ),
    "JournalEntries": frozenset({"AttachmentEntry", "Memo"}),
}
CODES: Final = {entity_set: code for code, entity_set in OBJECTS.items()}
ZERO = Decimal(0)

routes = Routes()


@endpoint(routes, "POST", "/PurchaseInvoices", "PurchaseInvoices")
def invoice(call: Call) -> Response:
    return _created(call, "PurchaseInvoices")


@endpoint(routes, "POST", "/PurchaseCreditNotes", "PurchaseCreditNotes")
def credit_note(call: Call) -> Response:
    return _created(call, "PurchaseCreditNotes")


@endpoint(routes, "POST", "/Drafts", "Drafts")
def draft(call: Call) -> Response:
    """`DocObjectCode` says what it is a draft of. A draft is checked as what it will become, but for its period."""
    body = _read(call, "Drafts")
    target = OBJECTS.get(body.get("DocObjectCode", ""))
    if target is None:
        raise refused("property.missing", name="DocObjectCode", table="ODRF")
    return _answered("Drafts", _kept(call.books, "Drafts", _priced(call.books, body, "ODRF")))


@endpoint(routes, "POST", "/<entity_set>(<key>)/Cancel")
def cancel(call: Call, entity_set: str, key: str) -> Response:
    if entity_set not in CODES:
        raise refused("action.unsupported")
    void(call.books, entity_set, by_key(call, SETS[entity_set], key))
    return answer(status=204)


@endpoint(routes, "PATCH", "/<entity_set>(<key>)")
def change(call: Call, entity_set: str, key: str) -> Response:
    """Of what is posted only remarks, user fields and the attachment may change. ASSUMED."""
    if entity_set not in CHANGEABLE:
        raise refused("action.unsupported")
    kind = SETS[entity_set]
    document = by_key(call, kind, key)
    body = shape.read(kind.type, call.body(), call.books.user_fields(kind.table))
    if any(not name.startswith("U_") and name not in CHANGEABLE[entity_set] for name in body):
        raise refused("property.read_only")
    if (entry := body.get("AttachmentEntry")) is not None:
        call.books.named("Attachments2", entry)
    call.books.put(entity_set, {**document, **body, "_version": document.get("_version", 1) + 1})
    call.sandbox.writes += 1
    return answer(status=204)


def void(books: Books, entity_set: str, document: Document) -> None:
    """A cancellation is a document of its own; both are marked."""
    table = SETS[entity_set].table
    if document["Cancelled"] == "tYES":
        raise refused("document.cancelled", table=table)
    if Decimal(document["PaidToDate"]):
        raise refused("document.closed", table=table)
    marks = {"Cancelled": "tYES", "DocumentStatus": "bost_Close"}
    books.put(entity_set, {**document, **marks, "CancelStatus": "csYes"})
    number = books.next_number(entity_set, "DocNum")
    own = {name: value for name, value in document.items() if not name.startswith("U_")}
    books.add(entity_set, {**own, **marks, "CancelStatus": "csCancellation", "DocNum": number})


def approve(books: Books, draft: Document) -> Document:
    """The approver lets a draft become the document that was asked for."""
    target = OBJECTS[draft["DocObjectCode"]]
    books.put("Drafts", {**draft, "AuthorizationStatus": "dasGenerated", "DocumentStatus": "bost_Close"})
    return _posted(books, target, {**draft, "AuthorizationStatus": "dasApproved"})


def _created(call: Call, entity_set: str) -> Response:
    """Under an approval procedure the answer looks like success, but what was made is a draft (fact sheet, 5)."""
    table = SETS[entity_set].table
    body = _read(call, entity_set)
    books = call.books
    body.setdefault("DocDate", books.sandbox.clock.now().date().isoformat())
    books.dates(body, ("DocDate", "TaxDate", "DocDueDate"), table)
    books.series(entity_set, table)
    document = _priced(books, body, table)
    if call.sandbox.switches.unique_vendor_numbers:
        _check_number(books, entity_set, document)
    if entity_set in call.sandbox.switches.approval:
        waiting = {"AuthorizationStatus": "dasPending", "DocObjectCode": CODES[entity_set]}
        return _answered(entity_set, _kept(books, "Drafts", {**document, **waiting}))
    return _answered(entity_set, _posted(books, entity_set, {**document, "DocObjectCode": CODES[entity_set]}))


def _read(call: Call, entity_set: str) -> Json:
    return shape.read("Document", call.body(), call.books.user_fields(SETS[entity_set].table))


def _priced(books: Books, body: Json, table: str) -> Json:
    partner = books.partner(body.get("CardCode"), table)
    local = books.facts["currency"]
    currency = body.get("DocCurrency") or (local if partner["Currency"] == "##" else partner["Currency"])
    if partner["Currency"] not in {"##", currency}:
        raise refused("currency.partner", code=partner["CardCode"], currency=currency, table=table)
    day = body.get("DocDate") or books.sandbox.clock.now().date().isoformat()
    rate = books.rate(currency, day, body.get("DocRate"), table)
    books.branch(body.get("BPL_IDAssignedToInvoice"), table)
    if (entry := body.get("AttachmentEntry")) is not None:
        books.named("Attachments2", entry)
    if body.get("DocType", "dDocument_Items") != "dDocument_Service":
        raise refused("document.items", table=table)
    lines = [_line(books, line, place, currency, rate, day, table) for place, line in enumerate(_lines(body, table))]
    totals = _totals(books, lines, currency, rate)
    if totals["DocTotal"] < 0:
        raise refused("document.negative", table=table)
    names = {"CardName": partner["CardName"], "DocCurrency": currency, "DocRate": rate, "DocDate": day}
    return {"TaxDate": day, "DocDueDate": day, **body, **names, **totals, "DocumentLines": lines}


def _lines(body: Json, table: str) -> list[Json]:
    if not body.get("DocumentLines"):
        raise refused("document.no_lines", table=table)
    return list(body["DocumentLines"])


def _line(books: Books, line: Json, place: int, currency: str, rate: Decimal, day: str, table: str) -> Json:
    """Net in local currency, or `RowTotalFC` in the document's where that is foreign."""
    if not line.get("AccountCode"):
        raise refused("property.missing", name="AccountCode", table=table)
    books.account(line["AccountCode"], table, currency)
    books.dimensions(line, table)
    books.project(line.get("ProjectCode"), day, table)
    percent = books.tax_rate(line, books.facts["tax_field"], table)
    local = books.facts["currency"]
    foreign = currency != local
    net_fc = Decimal(line.get("RowTotalFC", 0)) if foreign else ZERO
    net = books.rounded(net_fc * rate, local) if foreign and net_fc else Decimal(line.get("LineTotal", 0))
    if foreign and not net_fc:
        net_fc = books.rounded(net / rate, currency)
    if net == 0:
        raise refused("property.missing", name="LineTotal", table=table)
    tax_fc = books.rounded(net_fc * percent / 100, currency)
    tax = books.rounded(tax_fc * rate if foreign else net * percent / 100, local)
    amounts = {"LineTotal": net, "TaxTotal": tax, "RowTotalFC": net_fc, "_tax_fc": tax_fc}
    return {**line, **amounts, "LineNum": place}


def _totals(books: Books, lines: list[Json], currency: str, rate: Decimal) -> Json:
    tax = sum((line["TaxTotal"] for line in lines), ZERO)
    foreign = currency != books.facts["currency"]
    tax_fc = sum((line["_tax_fc"] for line in lines), ZERO) if foreign else ZERO
    return {
        "DocTotal": sum((line["LineTotal"] for line in lines), ZERO) + tax,
        "VatSum": tax,
        "DocTotalFc": sum((line["RowTotalFC"] for line in lines), ZERO) + tax_fc if foreign else ZERO,
        "VatSumFc": tax_fc,
        "PaidToDate": ZERO,
        "PaidToDateFC": ZERO,
    }


def _check_number(books: Books, entity_set: str, document: Json) -> None:
    number = document.get("NumAtCard")
    same = books.all(entity_set, CardCode=document["CardCode"], NumAtCard=number, Cancelled="tNO") if number else []
    if same:
        raise refused("document.number_taken", table=SETS[entity_set].table)


def _posted(books: Books, entity_set: str, document: Json) -> Document:
    return _kept(books, entity_set, {"AuthorizationStatus": "dasWithout", **document})


def _kept(books: Books, entity_set: str, document: Json) -> Document:
    standing = {"Cancelled": "tNO", "CancelStatus": "csNo", "DocumentStatus": "bost_Open"}
    number = books.next_number(entity_set, "DocNum")
    return books.add(entity_set, {**document, **standing, "DocNum": number, "Reference1": str(number)})


def _answered(entity_set: str, document: Document) -> Response:
    place = f"{entity_set}({document['DocEntry']})"
    content = {"@odata.context": f"$metadata#{entity_set}/$entity", **shown(SETS[entity_set], document)}
    return answer(content, 201, {"Location": f"/b1s/v2/{place}"})
