"""What only a test or a demo does: change the books from inside Xero, break calls, tighten the limits."""

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from werkzeug import Request, Response
from werkzeug.exceptions import BadRequest

from connectors.kit.sandbox import Routes, answer, read_json

if TYPE_CHECKING:
    from .app import XeroSandbox

routes = Routes()

_LOCKS = {"PeriodLockDate", "EndOfYearLockDate"}


@routes("GET", "/_sandbox/ledger")
def ledger(sandbox: "XeroSandbox", request: Request) -> Response:
    """Everything that was written, for a test in another process: `?organisation=<id or name>`."""
    org = sandbox.organisation(request.args.get("organisation", ""))["id"]
    every = {collection: sandbox.written(collection, org) for collection in sandbox.collections}
    return answer({"writes": sandbox.writes, **every})


@routes("GET", "/_sandbox/refusals")
def refusals(sandbox: "XeroSandbox", request: Request) -> Response:
    """How often each refusal was given since the start, by its id in refusals.py."""
    return answer(dict(sandbox.said))


@routes("POST", "/_sandbox/switches")
def switches(sandbox: "XeroSandbox", request: Request) -> Response:
    """Any of Switches, e.g. {"reports_permission": false}."""
    try:
        sandbox.switch(**read_json(request))
    except TypeError as error:
        raise BadRequest(str(error)) from error
    return answer(asdict(sandbox.switches))


@routes("POST", "/_sandbox/document")
def document(sandbox: "XeroSandbox", request: Request) -> Response:
    """{"id": ..., "do": "approve" or "void"}: a person does it inside Xero; the document afterwards."""
    body = read_json(request)
    work = {"approve": sandbox.people.approve, "void": sandbox.people.void}.get(body.get("do"))
    if work is None:
        raise BadRequest("do must be approve or void")
    try:
        work(body["id"])
        _, found = sandbox.people.find(body["id"])
    except KeyError as error:
        raise BadRequest(f"unknown: {error}") from error
    return answer(found)


@routes("POST", "/_sandbox/limits")
def limits(sandbox: "XeroSandbox", request: Request) -> Response:
    """Any of {"minute", "day", "concurrent", "app_minute"}."""
    body = read_json(request)
    try:
        sandbox.limits = replace(sandbox.limits, **body)
    except TypeError as error:
        raise BadRequest(str(error)) from error
    return answer(asdict(sandbox.limits))


@routes("POST", "/_sandbox/errors")
def errors(sandbox: "XeroSandbox", request: Request) -> Response:
    """{"times": 1, "after": false}: the next writes answer 500, before or after they took effect; the
    Idempotency-Key remembers that answer, which a fault of the base does not."""
    body = read_json(request)
    sandbox.errors_due += [bool(body.get("after"))] * int(body.get("times", 1))
    return answer(status=204)


@routes("POST", "/_sandbox/organisation")
def organisation(sandbox: "XeroSandbox", request: Request) -> Response:
    """{"organisation": id or name, and any of "PeriodLockDate": "2026-03-31", "EndOfYearLockDate",
    "archive_account": "5800", "archive_tax_rate": "INPUT", "archive_tracking": ["Team", "Sales"]}"""
    body = read_json(request)
    name = body.pop("organisation")
    if code := body.pop("archive_account", None):
        sandbox.archive_account(name, code)
    if tax_type := body.pop("archive_tax_rate", None):
        sandbox.people.archive_tax_rate(name, tax_type)
    if tracking := body.pop("archive_tracking", None):
        sandbox.people.archive_tracking(name, *tracking)
    if unknown := body.keys() - _LOCKS:
        raise BadRequest(f"unknown: {', '.join(sorted(unknown))}")
    sandbox.change_organisation(name, **body)
    return answer(status=204)
