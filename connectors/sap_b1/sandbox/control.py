"""What only a test or a demo does: change the books from inside Business One, or its trouble."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from werkzeug import Request, Response
from werkzeug.exceptions import BadRequest

from connectors.kit.sandbox import Routes, answer, read_json

if TYPE_CHECKING:
    from .app import SapB1Sandbox

WRITTEN = (
    "PurchaseInvoices",
    "PurchaseCreditNotes",
    "Drafts",
    "JournalEntries",
    "VendorPayments",
    "BusinessPartners",
)

routes = Routes()


@routes("GET", "/_sandbox/ledger")
def ledger(sandbox: "SapB1Sandbox", request: Request) -> Response:
    """Everything that was written, for a test in another process: `?company=<CompanyDB>`."""
    company = request.args.get("company", "")
    every = {entity_set: sandbox.written(entity_set, company) for entity_set in (*WRITTEN, "Attachments2")}
    return answer({"writes": sandbox.writes, "sessions": sandbox.open_sessions, **every})


@routes("GET", "/_sandbox/refusals")
def refusals(sandbox: "SapB1Sandbox", request: Request) -> Response:
    """How often each refusal was given since the start, by its id in refusals.py."""
    return answer(dict(sandbox.said))


@routes("POST", "/_sandbox/switches")
def switches(sandbox: "SapB1Sandbox", request: Request) -> Response:
    """Any of Switches, e.g. {"old_errors": true}."""
    try:
        sandbox.switch(**read_json(request))
    except TypeError as error:
        raise BadRequest(str(error)) from error
    return answer(asdict(sandbox.switches))


@routes("POST", "/_sandbox/company")
def company(sandbox: "SapB1Sandbox", request: Request) -> Response:
    """{"company": CompanyDB, and any of its facts, e.g. "periods": [...], "without_series": ["JournalEntries"]}"""
    body = read_json(request)
    sandbox.change_company(body.pop("company"), **body)
    return answer(status=204)


@routes("POST", "/_sandbox/sessions")
def end_sessions(sandbox: "SapB1Sandbox", request: Request) -> Response:
    """All sessions end, as after their time."""
    sandbox.end_sessions()
    return answer(status=204)


@routes("POST", "/_sandbox/document")
def document(sandbox: "SapB1Sandbox", request: Request) -> Response:
    """{"company", "set", "key", "do": "cancel"} or {"company", "do": "approve"}: a person does it."""
    body = read_json(request)
    try:
        if body["do"] == "approve":
            sandbox.approve_all(body["company"])
        else:
            sandbox.cancel(body["company"], body["set"], body["key"])
    except (KeyError, ValueError) as error:
        raise BadRequest(str(error)) from error
    return answer(status=204)
