"""`/Invoices`: bills in batches, judged element by element, and the ways to find them again."""

from connectors.kit.sandbox import Document

from .bills import BillWrite, amounts, bill_json
from .gate import Call
from .resource import Resource, resource_routes, usual_where
from .where import Getter, named

INVOICES = "accounting.invoices"

#: Url is in no list of fields to filter on.
WHERE: dict[str, Getter] = {
    **usual_where("InvoiceID"),
    **named("InvoiceNumber", "CurrencyCode", "Total", "SubTotal", "TotalTax"),
    "Type": lambda bill: "ACCPAY",
    "DueDate": lambda bill: bill["DueDate"] + "T00:00:00" if bill.get("DueDate") else None,
    "Contact.ContactID": lambda bill: bill["Contact"],
    "AmountDue": lambda bill: amounts(bill)["AmountDue"],
    "AmountPaid": lambda bill: amounts(bill)["AmountPaid"],
}


def narrow(call: Call, found: list[Document]) -> list[Document]:
    if call.flag("createdByMyApp"):
        found = [bill for bill in found if bill["app"] == call.books.app]
    if term := call.request.args.get("searchTerm", "").lower():
        found = [bill for bill in found if term in bill.get("InvoiceNumber", "").lower()]
    return found


routes = resource_routes(
    Resource(
        path="/Invoices",
        key="InvoiceID",
        scope=INVOICES,
        collection="bills",
        write=BillWrite,
        show=bill_json,
        where=WHERE,
        quick=frozenset({"type", "status", "date", "contact.contactid", "invoicenumber", "invoiceid"}),
        lists={"IDs": "id", "InvoiceNumbers": "InvoiceNumber", "ContactIDs": "Contact", "Statuses": "Status"},
        narrow=narrow,
    )
)
