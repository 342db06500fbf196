"""`/Invoices`: bills in batches, judged element by element, and the ways to find them again."""

from datetime import UTC, date, datetime
from typing import Any

from werkzeug import Response

from connectors.kit.sandbox import Document, Routes

from .answers import Json, envelope, invalid, ms_date, not_found, unreadable
from .bills import BillWrite
from .books import Books
from .contacts import contact_json
from .fields import GUID, ZERO_GUID, UnreadableError, elements
from .filters import Getter, filtered, modified_since, named, paged
from .gate import Call, endpoint
from .lines import line_json

routes = Routes()
INVOICES = "accounting.invoices"


WHERE: dict[str, Getter] = {
    **named("InvoiceNumber", "Status", "CurrencyCode", "Total", "SubTotal", "TotalTax"),
    "Type": lambda bill: "ACCPAY",
    "InvoiceID": lambda bill: bill["id"],
    "Date": lambda bill: bill["Date"] + "T00:00:00",
    "DueDate": lambda bill: bill["DueDate"] + "T00:00:00" if bill.get("DueDate") else None,
    "Contact.ContactID": lambda bill: bill["Contact"],
    "AmountDue": lambda bill: _due(bill),
    "UpdatedDateUTC": lambda bill: datetime.fromtimestamp(float(bill["updated"]), UTC).isoformat()[:19],
}
_LISTS = {"IDs": "id", "InvoiceNumbers": "InvoiceNumber", "ContactIDs": "Contact", "Statuses": "Status"}


@endpoint(routes, "GET", "/Invoices", INVOICES)
def listed(call: Call) -> Response:
    """Without `page` the list is whole, but without lines. Url is in no list of fields to filter on."""
    args, since = call.request.args, modified_since(call.request)
    wanted: dict[str, Any] = {field: args[name].split(",") for name, field in _LISTS.items() if args.get(name)}
    if call.flag("createdByMyApp"):
        wanted["app"] = call.books.app
    found = [bill for bill in call.books.find("bills", **wanted) if int(bill["updated"]) >= since]
    if term := args.get("searchTerm", "").lower():
        found = [bill for bill in found if term in bill.get("InvoiceNumber", "").lower()]
    found = filtered(call.request, found, WHERE)
    places = _places(call)
    if "page" not in args:
        return envelope(call.books.now, Invoices=[bill_json(call.books, b, places, full=False) for b in found])
    found, pagination = paged(call.request, found)
    shown = [bill_json(call.books, bill, places) for bill in found]
    return envelope(call.books.now, pagination=pagination, Invoices=shown)


@endpoint(routes, "GET", "/Invoices/<key>", INVOICES)
def one(call: Call, key: str) -> Response:
    bill = call.books.get("bills", key.lower()) if GUID.fullmatch(key) else None
    if bill is None:
        raise not_found()
    return envelope(call.books.now, Invoices=[bill_json(call.books, bill, _places(call))])


@endpoint(routes, "PUT", "/Invoices", INVOICES)
def create(call: Call) -> Response:
    return _write(call, create=True)


@endpoint(routes, "POST", "/Invoices", INVOICES)
def update(call: Call) -> Response:
    return _write(call, create=False)


@endpoint(routes, "POST", "/Invoices/<key>", INVOICES)
def update_one(call: Call, key: str) -> Response:
    bill = call.books.get("bills", key.lower())
    if bill is None:
        raise not_found()
    return _write(call, create=False, only=bill["id"])


def _places(call: Call) -> int:
    return 4 if call.request.args.get("unitdp") == "4" else 2


def _write(call: Call, create: bool, only: str | None = None) -> Response:
    separate = call.request.args.get("summarizeErrors", "").lower() == "false"
    answers: list[Json] = []
    failed: list[Json] = []
    try:
        for fields in elements(call.request.get_data(), "Invoices"):
            write = BillWrite(
                call.books,
                fields if only is None else fields.having("InvoiceID", only),
                create,
                _places(call),
            )
            if write.problems:
                failed.append(_refused(write))
            answers.append(_judged(write, _places(call), separate))
    except UnreadableError as error:
        raise unreadable(str(error)) from error
    if failed and not separate:  # whether the good ones are kept is ASSUMED(medium): none is
        raise invalid(failed)
    call.books.close()
    return envelope(call.books.now, Invoices=answers)


def _judged(write: BillWrite, places: int, separate: bool) -> Json:
    word = "ERROR" if write.problems else "WARNING" if write.warnings else "OK"
    shown = _refused(write) if write.problems else bill_json(write.books, write.store(), places)
    if write.warnings:
        shown["Warnings"] = [{"Message": message} for message in write.warnings]
    return shown | ({"StatusAttributeString": word} if separate else {})


def _refused(write: BillWrite) -> Json:
    """An echo with the id of nothing."""
    bill = write.bill
    texts = {name: bill[name] for name in ("InvoiceNumber", "Url", "CurrencyCode") if bill.get(name)}
    return {
        "Type": "ACCPAY",
        "InvoiceID": write.old["id"] if write.old else ZERO_GUID,
        **texts,
        "LineItems": [line_json(line, write.places) for line in bill["LineItems"]],
        "HasErrors": True,
        "ValidationErrors": [{"Message": message} for message in write.problems],
    }


def _due(bill: Document) -> Any:
    return bill["Total"] if bill["Status"] not in {"VOIDED", "DELETED", "PAID"} else 0


def bill_json(books: Books, bill: Document, places: int, full: bool = True) -> Json:
    contact = books.get("contacts", bill["Contact"])
    assert contact is not None  # noqa: S101 - a stored bill has a contact, and contacts are never deleted
    updated = datetime.fromtimestamp(float(bill["updated"]), UTC)
    shown: Json = {
        "Type": "ACCPAY",
        "InvoiceID": bill["id"],
        **{name: bill[name] for name in ("InvoiceNumber", "Url") if name in bill},
        "Contact": contact_json(contact, full),
        **_dates(bill),
        "Status": bill["Status"],
        "LineAmountTypes": bill["LineAmountTypes"],
        **{name: bill[name] for name in ("SubTotal", "TotalTax", "Total", "CurrencyCode", "CurrencyRate")},
        "AmountDue": _due(bill),
        "AmountPaid": 0,
        "AmountCredited": 0,
        "Payments": [],
        "HasAttachments": False,
        "HasErrors": False,
        "UpdatedDateUTC": ms_date(updated),
        "UpdatedDateUTCString": updated.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    return shown | ({"LineItems": [line_json(line, places) for line in bill["LineItems"]]} if full else {})


def _dates(bill: Document) -> Json:
    shown: Json = {}
    for name in ("Date", "DueDate"):
        if bill.get(name):
            shown[f"{name}String"] = f"{bill[name]}T00:00:00"
            shown[name] = ms_date(date.fromisoformat(bill[name]))
    return shown
