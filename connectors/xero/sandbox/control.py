"""What only a test or a demo does: change the books from inside Xero, break calls, tighten the limits."""

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from werkzeug import Request, Response
from werkzeug.exceptions import BadRequest

from connectors.kit.sandbox import Routes, answer, read_json

if TYPE_CHECKING:
    from .app import XeroSandbox

routes = Routes()


@routes("GET", "/_sandbox/ledger")
def ledger(sandbox: "XeroSandbox", request: Request) -> Response:
    """Everything that was written, for a test in another process: `?organisation=<id or name>`."""
    org = sandbox.organisation(request.args.get("organisation", ""))["id"]
    bills, contacts = sandbox.bills(org), sandbox.contacts(org)
    return answer({"writes": sandbox.writes, "bills": bills, "contacts": contacts})


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
    """{"organisation": id or name, "PeriodLockDate": "2026-03-31", "archive_account": "5800"}"""
    body = read_json(request)
    name = body.pop("organisation")
    if code := body.pop("archive_account", None):
        sandbox.archive_account(name, code)
    if unknown := body.keys() - {"PeriodLockDate", "EndOfYearLockDate"}:
        raise BadRequest(f"unknown: {', '.join(sorted(unknown))}")
    sandbox.change_organisation(name, **body)
    return answer(status=204)
