"""What a test or a demo does to a running Pleo by HTTP, beside what every sandbox has (`/_sandbox/export`, ...)."""

from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response
from werkzeug.exceptions import BadRequest, NotFound

from connectors.kit.sandbox import Routes, answer, read_json
from connectors.pleo.sandbox import vendors
from connectors.pleo.sandbox.file_troubles import Trouble

if TYPE_CHECKING:
    from connectors.pleo.sandbox.app import PleoSandbox

routes = Routes()


@routes("POST", "/_sandbox/cancel")
def cancel(sandbox: "PleoSandbox", request: Request) -> Response:
    """{"job": id}: the user cancels the export. A job that has ended stays as it is."""
    job_id = _body(request).get("job")
    if sandbox.store["jobs"].get(str(job_id)) is None:
        raise NotFound("There is no such job")
    sandbox.cancel(str(job_id))
    return answer({"job": sandbox.job(str(job_id))})


@routes("GET", "/_sandbox/spoiled")
def spoiled(sandbox: "PleoSandbox", request: Request) -> Response:
    """`?job=<id>`: its entries that cannot be planned, each with what is wrong."""
    items = sandbox.items(request.args.get("job", ""))
    return answer(sandbox.spoiled(item["accountingEntryId"] for item in items))


@routes("POST", "/_sandbox/files")
def break_files(sandbox: "PleoSandbox", request: Request) -> Response:
    """{"kind": "down", "times"?, "seconds"?, "elsewhere"?}: see Trouble. {}: all is well again."""
    body = _body(request)
    try:
        sandbox.file_trouble = Trouble(**body) if body else None
    except (TypeError, ValueError) as error:
        raise BadRequest(str(error)) from error
    return answer(status=204)


@routes("POST", "/_sandbox/webhooks")
def spell_events(sandbox: "PleoSandbox", request: Request) -> Response:
    """{"prose_names": true}: events are called as in Pleo's prose (`v1.export.job-created`), not as in its API."""
    sandbox.prose_names = bool(_body(request).get("prose_names"))
    return answer(status=204)


@routes("POST", "/_sandbox/contra-accounts")
def map_contra_accounts(sandbox: "PleoSandbox", request: Request) -> Response:
    """{"company": id, "mapped": false}: the bookkeeper takes the company's contra accounts away."""
    body = _body(request)
    if sandbox.store["companies"].get(str(body.get("company"))) is None:
        raise NotFound("There is no such company")
    sandbox.map_contra_accounts(body["company"], bool(body.get("mapped")))
    return answer(status=204)


@routes("POST", "/_sandbox/vendors")
def add_vendor(sandbox: "PleoSandbox", request: Request) -> Response:
    """{"company": id, "name", "defaultCurrency", ...}: somebody at the company makes a vendor."""
    body = _body(request)
    if sandbox.store["companies"].get(str(body.get("company"))) is None:
        raise NotFound("There is no such company")
    return answer(vendors.add(sandbox, body.pop("company"), **body), 201)


def _body(request: Request) -> dict[str, Any]:
    body = read_json(request)
    if not isinstance(body, dict):
        raise BadRequest("The body must be an object")
    return body
