"""What the bookkeeper sees in Xero: an organisation's documents, contacts and chart."""

from html import escape
from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response
from werkzeug.utils import redirect

from connectors.kit.sandbox import Document, Routes, page
from connectors.kit.sandbox.pages import button, table

from .answers import not_found
from .parts import back, bank_name, card, contact_link, document_link, money, state

if TYPE_CHECKING:
    from .app import XeroSandbox

routes = Routes()
NEWEST = 200


@routes("GET", "/")
def home(sandbox: "XeroSandbox", request: Request) -> Response:
    """`?org=<id>` chooses; the first one otherwise."""
    orgs = sandbox.store["organisations"].find()
    org = next((org for org in orgs if org["id"] == request.args.get("org")), orgs[0])
    tabs = " ".join(_tab(other, here=other is org) for other in orgs)
    documents = _documents(sandbox, org) + _journals(sandbox, org) + _payments(sandbox, org)
    body = f'<div class="row">{tabs}</div><br>{documents}{_contacts(sandbox, org)}{_chart(org)}'
    return page(f"{org['name']} | Xero", body + _connected(sandbox, org))


@routes("GET", "/Contacts/View/<contact_id>")
def contact(sandbox: "XeroSandbox", request: Request, contact_id: str) -> Response:
    found = sandbox.store["contacts"].get(contact_id.lower())
    if found is None:
        raise not_found()
    org = sandbox.organisation(found["org"])
    facts = [["Number", escape(found.get("ContactNumber") or "")], ["Status", state(found["ContactStatus"])]]
    facts.append(["Email", escape(found.get("EmailAddress") or "")])
    head = f'<section class="card"><h1>{escape(found["Name"])}</h1>{table(["", ""], facts)}</section>'
    return page(f"{found['Name']} | Xero", back(org) + head + _documents(sandbox, org, Contact=found["id"]))


@routes("POST", "/go/organisation/<org_id>/disconnect/<connection_id>")
def disconnect(sandbox: "XeroSandbox", request: Request, org_id: str, connection_id: str) -> Response:
    """The user removes the app inside Xero: its tokens still refresh, its calls are forbidden."""
    sandbox.store["connections"].delete(connection_id)
    response: Response = redirect(f"/?org={org_id}", 303)
    return response


def _tab(org: Document, here: bool) -> str:
    name = f"{escape(org['name'])} <span class='quiet'>{org['base_currency']}</span>"
    return f"<strong>{name}</strong>" if here else f'<a href="/?org={org["id"]}">{name}</a>'


def _newest(sandbox: "XeroSandbox", collection: str, org: Document, where: dict[str, Any]) -> list[Document]:
    return sandbox.store[collection].find(org=org["id"], newest=True, limit=NEWEST, **where)


def _counted(sandbox: "XeroSandbox", collection: str, org: Document, where: dict[str, Any], inner: str) -> str:
    title = {
        "bills": "Bills to pay",
        "credit_notes": "Credit notes",
        "bank_transactions": "Spent and received",
        "journals": "Manual journals",
        "payments": "Payments",
    }[collection]
    count = sandbox.store[collection].count(org=org["id"], **where)
    more = f'<p class="quiet">The newest {NEWEST} are shown.</p>' if count > NEWEST else ""
    return card(f"{title} ({count})", inner + more)


def _documents(sandbox: "XeroSandbox", org: Document, **where: Any) -> str:
    """Bills, credit notes and money of an organisation, or of one contact."""
    names = {contact["id"]: contact_link(contact) for contact in sandbox.contacts(org["id"])}
    cards = ""
    for collection, empty in (
        ("bills", "No bills yet."),
        ("credit_notes", "No credit notes yet."),
        ("bank_transactions", "Nothing spent or received yet."),
    ):
        rows = [
            [
                document_link(collection, found),
                names[found["Contact"]],
                found["Date"],
                _about(org, found),
                money(found["Total"], found["CurrencyCode"]),
                state(found["Status"]),
            ]
            for found in _newest(sandbox, collection, org, where)
        ]
        last = "Account" if collection == "bank_transactions" else "Due"
        heads = ["Number", "Contact", "Date", last, "Total", "Status"]
        cards += _counted(sandbox, collection, org, where, table(heads, rows, empty))
    return cards


def _about(org: Document, found: Document) -> str:
    if "BankAccount" not in found:
        return str(found.get("DueDate", ""))
    return f"{found['Type'].capitalize()}, {bank_name(org, found['BankAccount'])}"


def _journals(sandbox: "XeroSandbox", org: Document) -> str:
    rows = [
        [
            document_link("journals", found),
            found["Date"],
            money(sum(max(line["LineAmount"], 0) for line in found["JournalLines"]), org["base_currency"]),
            state(found["Status"]),
        ]
        for found in _newest(sandbox, "journals", org, {})
    ]
    inner = table(["Narration", "Date", "Debit", "Status"], rows, "No journals yet.")
    return _counted(sandbox, "journals", org, {}, inner)


def _payments(sandbox: "XeroSandbox", org: Document) -> str:
    rows = []
    for found in _newest(sandbox, "payments", org, {}):
        bill = sandbox.store["bills"].get(found["Invoice"])
        assert bill is not None  # noqa: S101 - bills are never taken away
        void = button("Delete", f"/go/payment/{found['id']}/void", style="bad")
        rows.append(
            [
                document_link("bills", bill),
                found["Date"],
                bank_name(org, found["Account"]),
                escape(found["Reference"]),
                money(found["Amount"], bill["CurrencyCode"]),
                state(found["Status"]),
                void if found["Status"] == "AUTHORISED" else "",
            ]
        )
    heads = ["Bill", "Date", "From", "Reference", "Amount", "Status", ""]
    return _counted(sandbox, "payments", org, {}, table(heads, rows, "No payments yet."))


def _contacts(sandbox: "XeroSandbox", org: Document) -> str:
    rows = [
        [
            contact_link(contact),
            escape(contact.get("ContactNumber") or ""),
            escape(contact.get("EmailAddress") or ""),
            state(contact["ContactStatus"]),
        ]
        for contact in sandbox.contacts(org["id"])[-NEWEST:]
    ]
    return card("Contacts", table(["Name", "Number", "Email", "Status"], rows))


def _chart(org: Document) -> str:
    rows = [
        [
            account.get("Code", ""),
            escape(account["Name"]),
            account["Type"],
            account.get("CurrencyCode", ""),
            account["TaxType"],
            state(account["Status"]),
        ]
        for account in org["accounts"]
    ]
    return card("Chart of accounts", table(["Code", "Name", "Type", "Currency", "Tax", "Status"], rows))


def _connected(sandbox: "XeroSandbox", org: Document) -> str:
    rows = []
    for found in sandbox.store["connections"].find(org=org["id"]):
        client = sandbox.oauth.client(found["client"])
        action = f"/go/organisation/{org['id']}/disconnect/{found['id']}"
        since = found["createdDateUtc"][:16].replace("T", " ")
        rows.append([escape(client.name if client else "?"), since, button("Disconnect", action, style="bad")])
    return card("Connected apps", table(["App", "Since", ""], rows, "No app is connected."))
