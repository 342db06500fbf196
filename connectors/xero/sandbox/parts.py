"""Pieces of the sandbox's pages. What they are given is plain text, what they give is escaped HTML."""

from decimal import Decimal
from html import escape

from connectors.kit.sandbox import Document

_GOOD, _BAD = {"ACTIVE", "AUTHORISED", "POSTED", "PAID"}, {"VOIDED", "DELETED"}
#: The word in the address of a document's page, for each collection.
WORDS = {
    "bills": "bill",
    "credit_notes": "credit-note",
    "bank_transactions": "bank-transaction",
    "journals": "journal",
}
COLLECTIONS = {word: collection for collection, word in WORDS.items()}


def card(title: str, inner: str) -> str:
    return f'<section class="card"><h2>{title}</h2>{inner}</section>'


def state(status: str) -> str:
    tone = "good" if status in _GOOD else "bad" if status in _BAD else "warn"
    return f'<span class="state {tone}">{status.capitalize()}</span>'


def money(amount: object, currency: str) -> str:
    return f"{amount:,} {currency}"


def plain(number: Decimal) -> str:
    """Without zeros at the end."""
    return f"{number.normalize():,f}"


def back(org: Document) -> str:
    return f'<p><a href="/?org={org["id"]}">{escape(org["name"])}</a></p>'


def contact_link(contact: Document) -> str:
    return f'<a href="/Contacts/View/{contact["id"]}">{escape(contact["Name"])}</a>'


def link(address: str) -> str:
    """The scheme was checked when the document came in: http or https."""
    return f'<a href="{escape(address)}">{escape(address)}</a>' if address else ""


def title_of(collection: str, document: Document) -> str:
    """What a person calls it, as plain text."""
    field = {
        "bills": "InvoiceNumber",
        "credit_notes": "CreditNoteNumber",
        "bank_transactions": "Reference",
        "journals": "Narration",
    }[collection]
    return str(document.get(field) or "without number")


def document_link(collection: str, document: Document) -> str:
    title = escape(title_of(collection, document))
    return f'<a href="/go/{WORDS[collection]}/{document["id"]}">{title}</a>'


def bank_name(org: Document, account_id: str) -> str:
    found = next(account for account in org["accounts"] if account["AccountID"] == account_id)
    return escape(f"{found.get('Code', '')} {found['Name']}".strip())


def tracking(line: Document) -> str:
    return escape(", ".join(f"{one['Name']}: {one['Option']}" for one in line.get("Tracking", [])))
