"""`/Contacts`: read by id, by number, by filter; PUT creates, POST creates or updates."""

from werkzeug import Response

from connectors.kit.sandbox import Routes

from .answers import envelope, not_found, server_error
from .contacts import WHERE, ContactWrite, contact_json, name_key
from .fields import GUID
from .filters import filtered, modified_since, paged
from .gate import Call, endpoint
from .resource import Resource, write_batch

routes = Routes()
CONTACTS = "accounting.contacts"
RESOURCE = Resource(
    path="/Contacts",
    key="ContactID",
    scope=CONTACTS,
    collection="contacts",
    write=ContactWrite,
    show=lambda books, contact, places, full: contact_json(contact, full),
    where=WHERE,
    quick=frozenset({"name", "emailaddress", "accountnumber"}),
)


@endpoint(routes, "GET", "/Contacts", CONTACTS)
def listed(call: Call) -> Response:
    """Without `page` the list is whole, but thin."""
    args, since = call.request.args, modified_since(call.request)
    wanted: dict[str, list[str]] = {"id": args["IDs"].lower().split(",")} if args.get("IDs") else {}
    found = [c for c in call.books.find("contacts", **wanted) if c["updated"] >= since]
    if not call.flag("includeArchived"):
        found = [contact for contact in found if contact["ContactStatus"] == "ACTIVE"]
    if term := name_key(args.get("searchTerm", "")):
        fields = ("Name", "FirstName", "LastName", "ContactNumber", "EmailAddress")
        found = [c for c in found if any(term in name_key(c.get(field) or "") for field in fields)]
    found, _ = filtered(call.request, found, WHERE)
    if "page" not in args:
        return envelope(call.books.now, Contacts=[contact_json(c, full=False) for c in found])
    found, pagination = paged(call.request, found)
    return envelope(call.books.now, pagination=pagination, Contacts=[contact_json(c) for c in found])


@endpoint(routes, "GET", "/Contacts/<key>", CONTACTS)
def one(call: Call, key: str) -> Response:
    """By ContactID or by ContactNumber."""
    by_id = call.books.get("contacts", key.lower()) if GUID.fullmatch(key) else None
    found = [by_id] if by_id else call.books.find("contacts", ContactNumber=key)
    if not found:
        raise not_found()
    return envelope(call.books.now, Contacts=[contact_json(found[0])])


@endpoint(routes, "PUT", "/Contacts", CONTACTS)
def create(call: Call) -> Response:
    return write_batch(call, RESOURCE, create=True)


@endpoint(routes, "POST", "/Contacts", CONTACTS)
def upsert(call: Call) -> Response:
    return write_batch(call, RESOURCE, create=False)


@endpoint(routes, "PUT", "/Contacts/<key>", CONTACTS)
def misdirected(call: Call, key: str) -> Response:
    """Xero answers bad input of this kind with a 500."""
    raise server_error("call.put_to_a_contact")
