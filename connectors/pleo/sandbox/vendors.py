"""`/v1/vendors` (Vendors API 34.17.0): DRAFT until the accounting system has it, then ACTIVE, at last ARCHIVED."""

import re
from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response

from connectors.kit.sandbox import Document, Grant, Routes, answer, stamp
from connectors.pleo.sandbox import companies, webhooks
from connectors.pleo.sandbox.guard import body_object, caller, check_texts
from connectors.pleo.sandbox.paging import page
from connectors.pleo.sandbox.refusals import refuse

if TYPE_CHECKING:
    from connectors.pleo.sandbox.app import PleoSandbox

routes = Routes()
FILTERED = 100
#: What a vendor becomes by a call, and from which states.
MOVES = {"ACTIVE": {"DRAFT", "ACTIVE"}, "ARCHIVED": {"DRAFT", "ACTIVE", "ARCHIVED"}, "DRAFT": {"DRAFT"}}
_TEXTS = (
    *("companyId", "name", "defaultCurrency", "code", "externalId", "country"),
    *("registrationNumber", "taxRegistrationNumber", "state"),
)
_FILTERS = {
    "ids": "id",
    "codes": "code",
    "externalIds": "externalId",
    "states": "state",
    "taxRegistrationNumbers": "taxRegistrationNumber",
    "countries": "country",
}


@routes("POST", "/v1/vendors")
def create(sandbox: "PleoSandbox", request: Request) -> Response:
    grant = caller(sandbox, request, "vendors:write")
    body = _read(sandbox, request, set(_TEXTS) - {"state"}, {"companyId", "name", "defaultCurrency"})
    company_id = companies.chosen(sandbox, grant, body["companyId"])
    state = "ACTIVE" if body.get("externalId") else "DRAFT"
    return answer({"data": _public(add(sandbox, company_id, **{**body, "state": state}))}, 201)


@routes("POST", "/v1/vendors:search")
def search(sandbox: "PleoSandbox", request: Request) -> Response:
    grant = caller(sandbox, request, "vendors:read")
    body = body_object(sandbox, request, {*_FILTERS, "accountingSystems", "name"}, set())
    where: dict[str, Any] = {"companyId": companies.chosen(sandbox, grant, request.args.get("company_id"))}
    for name, field in _FILTERS.items():
        if (wanted := body.get(name)) is None:
            continue
        if not isinstance(wanted, list) or len(wanted) > FILTERED:
            raise refuse(sandbox, "vendor-filter", most=FILTERED)
        where[field] = wanted
    if body.get("name") is not None:
        where["name"] = body["name"]
    return page(sandbox, request, sandbox.store["vendors"], _public, **where)


@routes("GET", "/v1/vendors/<vendor_id>")
def one(sandbox: "PleoSandbox", request: Request, vendor_id: str) -> Response:
    return answer({"data": _public(_own(sandbox, caller(sandbox, request, "vendors:read"), vendor_id))})


@routes("PUT", "/v1/vendors/<vendor_id>")
def replace(sandbox: "PleoSandbox", request: Request, vendor_id: str) -> Response:
    known = _own(sandbox, caller(sandbox, request, "vendors:write"), vendor_id)
    needed = {"companyId", "name", "defaultCurrency", "externalId", "state"}
    body = _read(sandbox, request, set(_TEXTS), needed)
    if body["companyId"] != known["companyId"]:
        raise refuse(sandbox, "company-of-others")
    return answer({"data": _public(_move(sandbox, known, body["state"], **body))})


@routes("POST", "/v1/vendors/<vendor_id>:activate")
def activate(sandbox: "PleoSandbox", request: Request, vendor_id: str) -> Response:
    """The accounting system has it now."""
    known = _own(sandbox, caller(sandbox, request, "vendors:write"), vendor_id)
    body = _read(sandbox, request, {"externalId", "code"}, {"externalId"})
    _move(sandbox, known, "ACTIVE", **body)
    return answer(status=204)


@routes("POST", "/v1/vendors/<vendor_id>:archive")
def archive(sandbox: "PleoSandbox", request: Request, vendor_id: str) -> Response:
    _move(sandbox, _own(sandbox, caller(sandbox, request, "vendors:write"), vendor_id), "ARCHIVED")
    return answer(status=204)


def add(sandbox: "PleoSandbox", company_id: str, **fields: Any) -> Document:
    """A new vendor; one that the accounting system has not yet is announced."""
    now = sandbox.clock.now().isoformat(timespec="microseconds").replace("+00:00", "321Z")  # nanoseconds, as seen
    vendor: Document = dict.fromkeys(_TEXTS) | {"state": "DRAFT"} | fields | {"companyId": company_id}
    vendor |= {"id": sandbox.new_id(), "createdBy": None, "createdAt": now, "updatedAt": now, "deletedAt": None}
    _check_new(sandbox, vendor)
    sandbox.store["vendors"].put(vendor["id"], vendor)
    if vendor["state"] == "DRAFT":
        webhooks.announce(sandbox, "v1.vendor.created", {k: v for k, v in vendor.items() if k != "externalId"})
    return vendor


def _move(sandbox: "PleoSandbox", known: Document, state: str, /, **fields: Any) -> Document:
    if state not in MOVES:
        raise refuse(sandbox, "vendor-state-unknown")
    if known["state"] not in MOVES[state]:
        raise refuse(sandbox, "vendor-moves-not", now=known["state"], then=state)
    changed = known | fields | {"state": state, "updatedAt": stamp(sandbox.clock.now())}
    _check_new(sandbox, changed)
    return sandbox.store["vendors"].put(known["id"], changed)


def _check_new(sandbox: "PleoSandbox", vendor: Document) -> None:
    if not re.fullmatch("[A-Z]{3}", vendor["defaultCurrency"] or ""):
        raise refuse(sandbox, "vendor-currency")
    for field in ("code", "externalId"):
        same = {"companyId": vendor["companyId"], field: vendor[field]}
        if vendor[field] and any(one["id"] != vendor["id"] for one in sandbox.store["vendors"].find(**same)):
            raise refuse(sandbox, "vendor-exists")


def _read(sandbox: "PleoSandbox", request: Request, allowed: set[str], required: set[str]) -> Document:
    body: Document = body_object(sandbox, request, allowed, required)
    check_texts(sandbox, body, *allowed)
    return body


def _own(sandbox: "PleoSandbox", grant: Grant, vendor_id: str) -> Document:
    found = sandbox.store["vendors"].get(vendor_id)
    if found is None or found["companyId"] not in companies.belonging(sandbox, grant):
        raise refuse(sandbox, "vendor-unknown")
    return found


def _public(vendor: Document) -> Document:
    return {name: value for name, value in vendor.items() if name not in ("createdBy", "deletedAt")}
