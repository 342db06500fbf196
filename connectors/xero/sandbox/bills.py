"""Bills: what may be said against one, how a bill is shown, and what is still due on it."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.kit.sandbox import Document

from .answers import Json, ms_date
from .books import Books
from .contacts import contact_json
from .fields import UnreadableError
from .lines import line_json
from .trade import TradeWrite

STATUSES = ("DRAFT", "SUBMITTED", "DELETED", "AUTHORISED", "PAID", "VOIDED")
NEW = ("DRAFT", "SUBMITTED", "AUTHORISED")
MOVES = {
    "DRAFT": {*NEW, "DELETED"},
    "SUBMITTED": {*NEW, "DELETED"},
    "AUTHORISED": {"AUTHORISED", "VOIDED"},
}
_PRINTABLE = re.compile(r"[\x20-\x7e]*")


class PurchaseWrite(TradeWrite):
    """A bill or a credit note of a supplier."""

    statuses, new, moves = STATUSES, NEW, MOVES
    sales_type: str

    def _begin(self) -> None:
        if self.fields.choice("Type", (self.type, self.sales_type)) == self.sales_type:
            raise UnreadableError(f"This sandbox keeps {self.type}, not {self.sales_type}")

    def _fill(self) -> None:
        if self.old is None and "Type" not in self.fields:
            self.say("document.type_missing", noun=self.noun)
        self._contact()
        self._number()
        self._dated()
        self._due()
        self._currency(
            self.fields.text("CurrencyCode") or self.document.get("CurrencyCode") or self.books.org["base_currency"]
        )
        self._lines()

    def _number(self) -> None:
        number = self.fields.text(self.number)
        if number is None:
            return
        if len(number) > 255:
            self.say("bill.number_long", title=self.noun.capitalize())
        if not _PRINTABLE.fullmatch(number):
            self.say("bill.number_not_ascii", title=self.noun.capitalize())
        self.document[self.number] = number

    def _due(self) -> None:
        if due := self.fields.day("DueDate"):
            self.document["DueDate"] = due.isoformat()


class BillWrite(PurchaseWrite):
    collection, key, noun, number = "bills", "InvoiceID", "invoice", "InvoiceNumber"
    type, sales_type = "ACCPAY", "ACCREC"
    echoed = ("InvoiceNumber", "Url", "CurrencyCode")

    def echo(self) -> Json:
        return {"Type": "ACCPAY", **super().echo(), "HasErrors": True}

    def _fill(self) -> None:
        super()._fill()
        self._url()
        self._approved()
        paid = self.document.get("AmountPaid", 0) > 0
        if paid and (self.document["Status"] == "VOIDED" or "LineItems" in self.fields):
            self.say("document.paid")
        if self.document["Total"] < 0:
            self.say("bill.total_negative")

    def _approved(self) -> None:
        if self.document["Status"] != "AUTHORISED":
            return
        if not self.document.get("DueDate"):
            self.say("bill.due_date_missing")
        limit = self.books.sandbox.switches.approve_limit
        fresh = self.old is None or self.old["Status"] != "AUTHORISED"
        if fresh and limit is not None and self._count_approved() >= limit:
            self.say("bill.plan_limit")

    def _count_approved(self) -> int:
        return len(self.books.find("bills", Status=["AUTHORISED", "PAID"]))


def amounts(bill: Document) -> Json:
    paid = bill.get("AmountPaid", Decimal("0.00"))
    due = bill["Total"] - paid if bill["Status"] not in {"VOIDED", "DELETED"} else 0
    return {"AmountDue": due, "AmountPaid": paid, "AmountCredited": 0}


def bill_json(books: Books, bill: Document, places: int, full: bool = True) -> Json:
    shown: Json = {
        "Type": "ACCPAY",
        "InvoiceID": bill["id"],
        **{name: bill[name] for name in ("InvoiceNumber", "Url") if name in bill},
        "Contact": contact_json(books.contact(bill["Contact"]), full),
        **dates(bill, "Date", "DueDate"),
        "Status": bill["Status"],
        "LineAmountTypes": bill["LineAmountTypes"],
        **money(bill),
        **amounts(bill),
        "Payments": [_payment(found) for found in books.find("payments", Invoice=bill["id"], Status="AUTHORISED")],
        "HasAttachments": books.has_attachments(bill["id"]),
        "HasErrors": False,
        **updated(bill),
    }
    if bill["Status"] == "PAID":
        shown["FullyPaidOnDate"] = ms_date(date.fromisoformat(bill["paid_on"]))
    return shown | ({"LineItems": [line_json(line, places) for line in bill["LineItems"]]} if full else {})


def _payment(payment: Document) -> Json:
    return {
        "PaymentID": payment["id"],
        "Date": ms_date(date.fromisoformat(payment["Date"])),
        **{name: payment[name] for name in ("Amount", "Reference", "CurrencyRate")},
        "HasAccount": True,
        "HasValidationErrors": False,
    }


def money(document: Document) -> Json:
    return {name: document[name] for name in ("SubTotal", "TotalTax", "Total", "CurrencyCode", "CurrencyRate")}


def dates(document: Document, *names: str) -> Json:
    shown: Json = {}
    for name in names:
        if document.get(name):
            shown[f"{name}String"] = f"{document[name]}T00:00:00"
            shown[name] = ms_date(date.fromisoformat(document[name]))
    return shown


def updated(document: Document, text: bool = True) -> dict[str, Any]:
    """The stamp, and in some kinds the same once more as text."""
    moment = Books.moment(document)
    words = {"UpdatedDateUTCString": moment.isoformat(timespec="seconds").replace("+00:00", "Z")}
    return {"UpdatedDateUTC": ms_date(moment), **(words if text else {})}
