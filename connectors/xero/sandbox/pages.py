"""What the bookkeeper sees in Xero: an organisation's bills, contacts and chart, and a page for each bill."""

from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from werkzeug import Request, Response
from werkzeug.utils import redirect

from connectors.kit.sandbox import Document, Routes, page
from connectors.kit.sandbox.pages import button, table

from .answers import not_found
from .bills import MOVES

if TYPE_CHECKING:
    from .app import XeroSandbox

routes = Routes()
NEWEST = 200
_TONES = {"ACTIVE": "good", "AUTHORISED": "good", "PAID": "good", "VOIDED": "bad", "DELETED": "bad"}


@routes("GET", "/")
def home(sandbox: "XeroSandbox", request: Request) -> Response:
    """`?org=<id>` chooses; the first one otherwise."""
    orgs = sandbox.store["organisations"].find()
    org = next((org for org in orgs if org["id"] == request.args.get("org")), orgs[0])
    tabs = " ".join(_tab(other, here=other is org) for other in orgs)
    body = f'<div class="row">{tabs}</div><br>{_bills(sandbox, org)}{_contacts(sandbox, org)}{_chart(org)}'
    return page(f"{org['name']} | Xero", body + _connected(sandbox, org))


@routes("GET", "/go/bill/<bill_id>")
def bill(sandbox: "XeroSandbox", request: Request, bill_id: str) -> Response:
    found = sandbox.store["bills"].get(bill_id.lower())
    if found is None:
        raise not_found()
    org = sandbox.organisation(found["org"])
    return page(f"Bill {found.get('InvoiceNumber', '')} | Xero", _bill(sandbox, org, found))


@routes("GET", "/AccountsPayable/View.aspx")
def view(sandbox: "XeroSandbox", request: Request) -> Response:
    """The address that works for every bill at go.xero.com; it leads on to the new pages there too."""
    return _to(f"/go/bill/{quote(request.args.get('InvoiceID', ''), safe='')}")


@routes("GET", "/Contacts/View/<contact_id>")
def contact(sandbox: "XeroSandbox", request: Request, contact_id: str) -> Response:
    found = sandbox.store["contacts"].get(contact_id.lower())
    if found is None:
        raise not_found()
    org = sandbox.organisation(found["org"])
    facts = [["Number", escape(found.get("ContactNumber") or "")], ["Status", _state(found["ContactStatus"])]]
    facts.append(["Email", escape(found.get("EmailAddress") or "")])
    head = f'<section class="card"><h1>{escape(found["Name"])}</h1>{table(["", ""], facts)}</section>'
    return page(f"{found['Name']} | Xero", _back(org) + head + _bills(sandbox, org, Contact=found["id"]))


@routes("POST", "/go/bill/<bill_id>/void")
def void(sandbox: "XeroSandbox", request: Request, bill_id: str) -> Response:
    """A person voids the bill inside Xero: what was never approved is deleted."""
    found = sandbox.store["bills"].get(bill_id.lower())
    if found is None:
        raise not_found()
    ends = MOVES.get(found["Status"], set()) & {"VOIDED", "DELETED"}
    for status in ends:
        now = sandbox.clock.time()
        sandbox.store["bills"].put(found["id"], {**found, "Status": status, "updated": now})
    return _to(f"/go/bill/{found['id']}")


@routes("POST", "/go/organisation/<org_id>/disconnect/<connection_id>")
def disconnect(sandbox: "XeroSandbox", request: Request, org_id: str, connection_id: str) -> Response:
    """The user removes the app inside Xero: its tokens still refresh, its calls are forbidden."""
    sandbox.store["connections"].delete(connection_id)
    return _to(f"/?org={org_id}")


def _to(address: str) -> Response:
    response: Response = redirect(address, 303)
    return response


def _tab(org: Document, here: bool) -> str:
    name = f"{escape(org['name'])} <span class='quiet'>{org['base_currency']}</span>"
    return f"<strong>{name}</strong>" if here else f'<a href="/?org={org["id"]}">{name}</a>'


def _card(title: str, inner: str) -> str:
    return f'<section class="card"><h2>{title}</h2>{inner}</section>'


def _state(status: str) -> str:
    return f'<span class="state {_TONES.get(status, "warn")}">{status.capitalize()}</span>'


def _money(amount: object, currency: str) -> str:
    return f"{amount:,} {currency}"


def _bills(sandbox: "XeroSandbox", org: Document, **where: Any) -> str:
    found = sandbox.store["bills"].find(org=org["id"], newest=True, limit=NEWEST, **where)
    names = {contact["id"]: contact["Name"] for contact in sandbox.contacts(org["id"])}
    rows = [
        [
            f'<a href="/go/bill/{bill["id"]}">{escape(bill.get("InvoiceNumber") or "no number")}</a>',
            escape(names[bill["Contact"]]),
            bill["Date"],
            _money(bill["Total"], bill["CurrencyCode"]),
            _state(bill["Status"]),
        ]
        for bill in found
    ]
    count = sandbox.store["bills"].count(org=org["id"], **where)
    more = f'<p class="quiet">The newest {NEWEST} are shown.</p>' if count > NEWEST else ""
    heads = ["Number", "Contact", "Date", "Total", "Status"]
    return _card(f"Bills to pay ({count})", table(heads, rows, "No bills yet.") + more)


def _contacts(sandbox: "XeroSandbox", org: Document) -> str:
    rows = [
        [
            _contact_link(contact),
            escape(contact.get("ContactNumber") or ""),
            escape(contact.get("EmailAddress") or ""),
            _state(contact["ContactStatus"]),
        ]
        for contact in sandbox.contacts(org["id"])[-NEWEST:]
    ]
    return _card("Contacts", table(["Name", "Number", "Email", "Status"], rows))


def _chart(org: Document) -> str:
    rows = [
        [
            account.get("Code", ""),
            escape(account["Name"]),
            account["Type"],
            account["TaxType"],
            _state(account["Status"]),
        ]
        for account in org["accounts"]
    ]
    return _card("Chart of accounts", table(["Code", "Name", "Type", "Tax", "Status"], rows))


def _connected(sandbox: "XeroSandbox", org: Document) -> str:
    rows = []
    for found in sandbox.store["connections"].find(org=org["id"]):
        client = sandbox.oauth.client(found["client"])
        action = f"/go/organisation/{org['id']}/disconnect/{found['id']}"
        since = found["createdDateUtc"][:16].replace("T", " ")
        rows.append([escape(client.name if client else "?"), since, button("Disconnect", action, style="bad")])
    return _card("Connected apps", table(["App", "Since", ""], rows, "No app is connected."))


def _bill(sandbox: "XeroSandbox", org: Document, bill: Document) -> str:
    contact = sandbox.store["contacts"].get(bill["Contact"])
    assert contact is not None  # noqa: S101 - contacts are never deleted
    currency = bill["CurrencyCode"]
    rows = [
        [
            escape(line["Description"]),
            f"{line['Quantity'].normalize():f}",
            f"{line['UnitAmount'].normalize():,f}",
            escape(line.get("AccountCode", "")),
            line["TaxType"],
            str(line["TaxAmount"]),
            escape(", ".join(f"{t['Name']}: {t['Option']}" for t in line.get("Tracking", []))),
            _money(line["LineAmount"], currency),
        ]
        for line in bill["LineItems"]
    ]
    heads = ["Description", "Quantity", "Unit price", "Account", "Tax rate", "Tax", "Tracking", "Amount"]
    facts = [
        ["From", _contact_link(contact)],
        ["Date", bill["Date"]],
        ["Due date", bill.get("DueDate", "")],
        ["Amounts are", bill["LineAmountTypes"]],
        ["Subtotal", _money(bill["SubTotal"], currency)],
        ["Tax", _money(bill["TotalTax"], currency)],
        ["Total", f"<strong>{_money(bill['Total'], currency)}</strong>"],
        ["Source", _link(bill.get("Url", ""))],
    ]
    ends = MOVES.get(bill["Status"], set()) & {"VOIDED", "DELETED"}
    action = f"/go/bill/{bill['id']}/void"
    buttons = "".join(button("Void" if end == "VOIDED" else "Delete", action, style="bad") for end in ends)
    title = f"<h1>Bill {escape(bill.get('InvoiceNumber') or 'without number')} {_state(bill['Status'])}</h1>"
    head = f'<div class="row spread">{title}<div class="row">{buttons}</div></div>'
    top = f'<section class="card">{head}{table(["", ""], facts)}</section>'
    return _back(org) + top + _card("Lines", table(heads, rows))


def _back(org: Document) -> str:
    return f'<p><a href="/?org={org["id"]}">{escape(org["name"])}</a></p>'


def _contact_link(contact: Document) -> str:
    return f'<a href="/Contacts/View/{contact["id"]}">{escape(contact["Name"])}</a>'


def _link(address: str) -> str:
    """The scheme was checked when the bill came in: http or https."""
    return f'<a href="{escape(address)}">{escape(address)}</a>' if address else ""
