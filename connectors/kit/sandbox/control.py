"""What a test or a demo does to a running sandbox by HTTP; a vendor has nothing like it."""

from typing import TYPE_CHECKING

from werkzeug import Request, Response
from werkzeug.exceptions import BadRequest

from connectors.kit.sandbox.http import Routes, answer, read_json
from connectors.kit.sandbox.oauth import Client
from connectors.kit.sandbox.pages import STYLE

if TYPE_CHECKING:
    from connectors.kit.sandbox.app import Sandbox

routes = Routes()


@routes("GET", "/_sandbox/health")
def health(sandbox: "Sandbox", request: Request) -> Response:
    return answer({"sandbox": sandbox.key, "status": "ok"})


@routes("GET", "/_sandbox/log")
def log(sandbox: "Sandbox", request: Request) -> Response:
    """`?match=PUT /v3/*&limit=100`, oldest first."""
    match, limit = request.args.get("match", "*"), request.args.get("limit", 500, type=int)
    return answer({"count": sandbox.log.count(match), "requests": sandbox.log.listed(match, limit)})


@routes("DELETE", "/_sandbox/log")
def clear_log(sandbox: "Sandbox", request: Request) -> Response:
    sandbox.log.clear()
    return answer(status=204)


@routes("GET", "/_sandbox/faults")
def faults(sandbox: "Sandbox", request: Request) -> Response:
    return answer(sandbox.faults.listed())


@routes("POST", "/_sandbox/faults")
def add_fault(sandbox: "Sandbox", request: Request) -> Response:
    """A Fault's fields as JSON, e.g. {"match": "PUT /v3/*", "kind": "drop_after", "times": 2}."""
    try:
        sandbox.faults.add_json(read_json(request))
    except (ValueError, AttributeError) as error:
        raise BadRequest(str(error)) from error
    return answer(sandbox.faults.listed(), 201)


@routes("DELETE", "/_sandbox/faults")
def clear_faults(sandbox: "Sandbox", request: Request) -> Response:
    sandbox.faults.clear()
    return answer(status=204)


@routes("POST", "/_sandbox/clients")
def register_client(sandbox: "Sandbox", request: Request) -> Response:
    """{"id", "secret", "redirect_uris": [...], "scopes": [...], "name"}; a known id is replaced."""
    body = read_json(request)
    try:
        uris, scopes = tuple(body.pop("redirect_uris")), tuple(body.pop("scopes", ()))
        sandbox.oauth.register([Client(redirect_uris=uris, scopes=scopes, **body)])
    except (TypeError, KeyError, AttributeError) as error:
        raise BadRequest(f"Not a client: {error}") from error
    return answer(status=204)


@routes("POST", "/_sandbox/clock")
def clock(sandbox: "Sandbox", request: Request) -> Response:
    """{"advance": seconds}"""
    body = read_json(request)
    if not isinstance(body, dict) or not isinstance(body.get("advance"), int):
        raise BadRequest("advance must be a whole number of seconds")
    sandbox.clock.advance(body["advance"])
    return answer({"now": sandbox.clock.now().isoformat()})


@routes("POST", "/_sandbox/tokens:expire")
def expire_tokens(sandbox: "Sandbox", request: Request) -> Response:
    sandbox.expire_access_tokens()
    return answer(status=204)


@routes("POST", "/_sandbox/tokens:revoke")
def revoke_tokens(sandbox: "Sandbox", request: Request) -> Response:
    """`?choice=<company id>`, or everybody's."""
    sandbox.revoke(request.args.get("choice"))
    return answer(status=204)


@routes("GET", "/_sandbox/choices")
def choices(sandbox: "Sandbox", request: Request) -> Response:
    """The companies that the consent page offers."""
    return answer([{"id": one.id, "name": one.name} for one in sandbox.choices()])


@routes("POST", "/_sandbox/customer")
def customer(sandbox: "Sandbox", request: Request) -> Response:
    """{"client": id, "certificate": PEM or ""}: what a customer who connects this client types, and sets later."""
    body = read_json(request)
    try:
        typed = sandbox.typed(str(body["client"]), str(body["certificate"]))
    except (TypeError, KeyError, ValueError) as error:
        raise BadRequest(str(error)) from error
    return answer({"typed": dict(typed), "settings": dict(sandbox.settings)})


@routes("POST", "/_sandbox/export")
def export(sandbox: "Sandbox", request: Request) -> Response:
    """{"company": id, "entries": number, "seed"?}: what a customer of a source does, new entries and a click."""
    body = read_json(request)
    if not isinstance(body, dict) or not isinstance(body.get("entries"), int):
        raise BadRequest("entries must be a whole number")
    try:
        job = sandbox.export_some(str(body.get("company")), body["entries"], body.get("seed"))
    except ValueError as error:
        raise BadRequest(str(error)) from error
    return answer({"job": job}, 201)


@routes("GET", "/_sandbox/style.css")
def style(sandbox: "Sandbox", request: Request) -> Response:
    return Response(STYLE, content_type="text/css; charset=utf-8")
