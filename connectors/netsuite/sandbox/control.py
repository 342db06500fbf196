"""What only a test or a demo does: change the account from inside NetSuite, or its trouble."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from werkzeug import Request, Response
from werkzeug.exceptions import BadRequest

from connectors.kit.sandbox import Routes, answer, read_json

if TYPE_CHECKING:
    from .app import NetSuiteSandbox

routes = Routes()


@routes("GET", "/_sandbox/ledger")
def ledger(sandbox: "NetSuiteSandbox", request: Request) -> Response:
    """Everything that was written, for a test in another process: `?subsidiary=<id>`."""
    subsidiary = request.args.get("subsidiary", "")
    every = [{**one, "record": shape.name} for shape, one in sandbox.written(subsidiary)]
    return answer({"writes": sandbox.writes, "transactions": every, "vendors": sandbox.store["vendor"].find()})


@routes("GET", "/_sandbox/refusals")
def refusals(sandbox: "NetSuiteSandbox", request: Request) -> Response:
    """How often each refusal was given since the start, by its id."""
    return answer(dict(sandbox.said))


@routes("POST", "/_sandbox/switches")
def switches(sandbox: "NetSuiteSandbox", request: Request) -> Response:
    """Any of Switches, e.g. {"lacks": ["REPO_ANALYTICS"]}."""
    try:
        sandbox.switch(**read_json(request))
    except TypeError as error:
        raise BadRequest(str(error)) from error
    return answer(asdict(sandbox.switches))


@routes("POST", "/_sandbox/certificates")
def certificates(sandbox: "NetSuiteSandbox", request: Request) -> Response:
    """{"client": id, "certificate": PEM}: an administrator uploads it; the certificate id that the JWT names."""
    body = read_json(request)
    try:
        return answer({"certificate_id": sandbox.upload_certificate(body["client"], body["certificate"])}, 201)
    except (KeyError, ValueError) as error:
        raise BadRequest(str(error)) from error


@routes("POST", "/_sandbox/document")
def document(sandbox: "NetSuiteSandbox", request: Request) -> Response:
    """{"id": ..., "do": "void"}: a person does it inside NetSuite."""
    body = read_json(request)
    try:
        sandbox.void(str(body["id"]))
    except KeyError as error:
        raise BadRequest(f"unknown: {error}") from error
    return answer(status=204)


@routes("POST", "/_sandbox/row")
def row(sandbox: "NetSuiteSandbox", request: Request) -> Response:
    """{"table", "id", and columns}: e.g. an account becomes inactive, a period closes."""
    body = read_json(request)
    try:
        sandbox.change(body.pop("table"), str(body.pop("id")), **body)
    except KeyError as error:
        raise BadRequest(f"unknown: {error}") from error
    return answer(status=204)
