"""`/CreditNotes`: a supplier's credit, written and judged like a bill."""

from connectors.kit.sandbox import Document

from .answers import Json
from .bills import PurchaseWrite, dates, money, updated
from .books import Books
from .contacts import contact_json
from .lines import line_json
from .resource import Resource, resource_routes, usual_where
from .where import Getter, named


class CreditNoteWrite(PurchaseWrite):
    """It has no Url and no Reference of its own: its number is what the organisation sees."""

    collection, key, noun, number = "credit_notes", "CreditNoteID", "credit note", "CreditNoteNumber"
    type, sales_type = "ACCPAYCREDIT", "ACCRECCREDIT"
    echoed = ("CreditNoteNumber", "CurrencyCode")

    def echo(self) -> Json:
        return {"Type": "ACCPAYCREDIT", **super().echo(), "HasErrors": True}

    def _unknown(self) -> None:
        self.say("credit_note.unknown")

    def _fill(self) -> None:
        super()._fill()
        if self.document["Total"] < 0:
            self.say("credit_note.total_negative")


def credit_note_json(books: Books, note: Document, places: int, full: bool) -> Json:
    shown: Json = {
        "CreditNoteID": note["id"],
        "CreditNoteNumber": note.get("CreditNoteNumber", ""),
        "Type": "ACCPAYCREDIT",
        "Reference": "",
        "Contact": contact_json(books.contact(note["Contact"]), full),
        **dates(note, "Date", "DueDate"),
        "Status": note["Status"],
        "LineAmountTypes": note["LineAmountTypes"],
        **money(note),
        "RemainingCredit": note["Total"] if note["Status"] not in {"VOIDED", "DELETED"} else 0,
        "Allocations": [],
        "Payments": [],
        "HasAttachments": books.has_attachments(note["id"]),
        "HasErrors": False,
        **updated(note),
    }
    return shown | ({"LineItems": [line_json(line, places) for line in note["LineItems"]]} if full else {})


WHERE: dict[str, Getter] = {
    **usual_where("CreditNoteID"),
    **named("CreditNoteNumber", "CurrencyCode", "Total"),
    "Type": lambda note: "ACCPAYCREDIT",
    "Contact.ContactID": lambda note: note["Contact"],
}

routes = resource_routes(
    Resource(
        path="/CreditNotes",
        key="CreditNoteID",
        scope="accounting.invoices",
        collection="credit_notes",
        write=CreditNoteWrite,
        show=credit_note_json,
        where=WHERE,
        quick=frozenset({"type", "status", "date", "contact.contactid", "creditnotenumber", "creditnoteid"}),
    )
)
