"""A page for each document, at a stable address, and the buttons that a person has there."""

import base64
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug import Request, Response
from werkzeug.utils import redirect

from connectors.kit.sandbox import Document, Routes, page
from connectors.kit.sandbox.pages import button, table

from .answers import not_found
from .parts import (
    COLLECTIONS,
    WORDS,
    back,
    bank_name,
    card,
    contact_link,
    link,
    money,
    plain,
    state,
    title_of,
    tracking,
)

if TYPE_CHECKING:
    from .app import XeroSandbox

routes = Routes()
_NOUNS = {"bills": "Bill", "credit_notes": "Credit note", "journals": "Journal"}
#: The addresses that work for every document at go.xero.com; they lead on to the new pages there too.
_OLD_ADDRESSES = {
    "/AccountsPayable/View.aspx": "bill",
    "/AccountsPayable/ViewCreditNote.aspx": "credit-note",
    "/Bank/ViewTransaction.aspx": "bank-transaction",
    "/Journal/View.aspx": "journal",
}


@routes("GET", "/go/<word>/<document_id>")
def shown(sandbox: "XeroSandbox", request: Request, word: str, document_id: str) -> Response:
    collection = COLLECTIONS.get(word, "")
    found = sandbox.store[collection].get(document_id.lower()) if collection else None
    if found is None:
        raise not_found()
    org = sandbox.organisation(found["org"])
    lines = _journal_lines(found, org) if collection == "journals" else _lines(found)
    body = _head(sandbox, collection, found, org) + card("Lines", lines) + _files(sandbox, found)
    return page(f"{title_of(collection, found)} | Xero", back(org) + body)


def _old(path: str, word: str) -> None:
    @routes("GET", path)
    def view(sandbox: "XeroSandbox", request: Request) -> Response:
        """The parameter is InvoiceID, CreditNoteID, BankTransactionID.. in any case; there is only one."""
        wanted = next(iter(request.args.values()), "")
        payment = sandbox.store["payments"].get(wanted.lower())
        if payment is not None:  # opens at the address of bank transactions; here it is shown with its bill
            return _to(f"/go/bill/{payment['Invoice']}")
        return _to(f"/go/{word}/{quote(wanted, safe='')}")


for _path, _word in _OLD_ADDRESSES.items():
    _old(_path, _word)


@routes("POST", "/go/<word>/<document_id>/<action>")
def act(sandbox: "XeroSandbox", request: Request, word: str, document_id: str, action: str) -> Response:
    """A person voids it inside Xero, where what was never approved is deleted, or approves it."""
    work = {"void": sandbox.people.void, "approve": sandbox.people.approve}.get(action)
    try:
        collection, found = sandbox.people.find(document_id)
        if work is None:
            raise not_found()
        work(document_id)
    except KeyError:
        raise not_found() from None
    return _to(f"/?org={found['org']}" if collection == "payments" else f"/go/{word}/{document_id}")


@routes("GET", "/go/file/<attachment_id>")
def file(sandbox: "XeroSandbox", request: Request, attachment_id: str) -> Response:
    found, kept = sandbox.store["attachments"].get(attachment_id), sandbox.store["files"].get(attachment_id)
    if found is None or kept is None:
        raise not_found()
    return Response(base64.b64decode(kept["content"]), content_type=found["MimeType"])


def _to(address: str) -> Response:
    response: Response = redirect(address, 303)
    return response


def _head(sandbox: "XeroSandbox", collection: str, found: Document, org: Document) -> str:
    at = f"/go/{WORDS[collection]}/{found['id']}"
    end = sandbox.people.end_of(collection, found)
    buttons = button("Void" if end == "VOIDED" else "Delete", f"{at}/void", style="bad") if end else ""
    if found["Status"] in {"DRAFT", "SUBMITTED"}:
        buttons = button("Approve", f"{at}/approve") + buttons
    noun = _NOUNS.get(collection) or ("Spent" if found["Type"] == "SPEND" else "Received")
    title = f"<h1>{noun} {escape(title_of(collection, found))} {state(found['Status'])}</h1>"
    top = f'<div class="row spread">{title}<div class="row">{buttons}</div></div>'
    facts = _facts(sandbox, found, org)
    return f'<section class="card">{top}{table(["", ""], facts)}</section>'


def _facts(sandbox: "XeroSandbox", found: Document, org: Document) -> list[list[str]]:
    facts: list[list[str]] = []
    if "Contact" in found:
        contact = sandbox.store["contacts"].get(found["Contact"])
        assert contact is not None  # noqa: S101 - contacts are never deleted
        facts.append(["Contact", contact_link(contact)])
    if "BankAccount" in found:
        facts.append(["Bank account", bank_name(org, found["BankAccount"])])
    facts.append(["Date", found["Date"]])
    if "DueDate" in found:
        facts.append(["Due date", found["DueDate"]])
    facts.append(["Amounts are", found["LineAmountTypes"]])
    if "Total" in found:
        currency = found["CurrencyCode"]
        facts += [["Subtotal", money(found["SubTotal"], currency)], ["Tax", money(found["TotalTax"], currency)]]
        facts.append(["Total", f"<strong>{money(found['Total'], currency)}</strong>"])
    if paid := found.get("AmountPaid"):
        facts.append(["Paid", money(paid, found["CurrencyCode"])])
    facts.append(["Source", link(found.get("Url", ""))])
    return facts


def _lines(found: Document) -> str:
    rows = [
        [
            escape(line["Description"]),
            plain(line["Quantity"]),
            plain(line["UnitAmount"]),
            escape(line.get("AccountCode", "")),
            line["TaxType"],
            str(line["TaxAmount"]),
            tracking(line),
            money(line["LineAmount"], found["CurrencyCode"]),
        ]
        for line in found["LineItems"]
    ]
    heads = ["Description", "Quantity", "Unit price", "Account", "Tax rate", "Tax", "Tracking", "Amount"]
    return table(heads, rows)


def _journal_lines(found: Document, org: Document) -> str:
    rows = [
        [
            escape(line["Description"]),
            escape(line.get("AccountCode", "")),
            line["TaxType"],
            tracking(line),
            money(line["LineAmount"], org["base_currency"]) if line["LineAmount"] > 0 else "",
            money(-line["LineAmount"], org["base_currency"]) if line["LineAmount"] < 0 else "",
        ]
        for line in found["JournalLines"]
    ]
    return table(["Description", "Account", "Tax rate", "Tracking", "Debit", "Credit"], rows)


def _files(sandbox: "XeroSandbox", found: Document) -> str:
    rows = [
        [
            f'<a href="/go/file/{one["id"]}">{escape(one["FileName"])}</a>',
            one["MimeType"],
            f"{one['ContentLength']:,}",
        ]
        for one in sandbox.store["attachments"].find(document=found["id"])
    ]
    return card("Files", table(["Name", "Type", "Bytes"], rows, "No files."))
