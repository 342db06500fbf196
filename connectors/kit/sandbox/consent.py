"""The authorise page: what the customer sees and clicks."""

from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from werkzeug import Request, Response
from werkzeug.utils import redirect

from connectors.kit.sandbox.oauth import Client, OAuthPolicy
from connectors.kit.sandbox.pages import hidden_fields, page

if TYPE_CHECKING:
    from connectors.kit.sandbox.app import Sandbox


def show(sandbox: "Sandbox", request: Request) -> Response:
    client = _client(sandbox, request.args)
    if client is None:
        return _not_ours(sandbox)
    if problem := _problem(sandbox.oauth.policy, client, request.args):
        return _back(request.args, **problem)
    return page(sandbox.title, _form(sandbox, client, request.args))


def decide(sandbox: "Sandbox", request: Request) -> Response:
    asked = request.form
    client = _client(sandbox, asked)
    if client is None:
        return _not_ours(sandbox)
    if problem := _problem(sandbox.oauth.policy, client, asked):
        return _back(asked, **problem)
    choices = {choice.id for choice in sandbox.choices()}
    chosen = asked.get("choice", "")
    if asked.get("decision") != "approve":
        return _back(asked, error="access_denied", error_description="The user said no")
    if choices and chosen not in choices:
        return page(sandbox.title, _form(sandbox, client, asked), status=400)
    code = sandbox.oauth.give_code(
        client,
        tuple(asked["scope"].split()),
        chosen,
        redirect_uri=asked["redirect_uri"],
        challenge=asked.get("code_challenge", ""),
    )
    return _back(asked, code=code)


def _client(sandbox: "Sandbox", asked: Any) -> Client | None:
    """None for an unknown client or address: never redirect there (RFC 6749, 4.1.2.1)."""
    client = sandbox.oauth.client(asked.get("client_id"))
    uri = asked.get("redirect_uri", "")
    known = client is not None and uri in client.redirect_uris
    return client if known and _may_redirect(sandbox.oauth.policy, uri) else None


def _may_redirect(policy: OAuthPolicy, uri: str) -> bool:
    parts = urlsplit(uri)
    plain = parts.scheme == "http" and policy.plain_http_hosts is not None
    refused = plain and parts.hostname not in (policy.plain_http_hosts or ())
    return not refused and parts.hostname not in policy.refused_redirect_hosts


def _problem(policy: OAuthPolicy, client: Client, asked: Any) -> dict[str, str]:
    scopes = asked.get("scope", "").split()
    known = policy.scopes
    method, challenge = asked.get("code_challenge_method", "plain"), asked.get("code_challenge", "")
    if asked.get("response_type") != "code":
        return {"error": "unsupported_response_type"}
    if not scopes or any(
        (client.scopes and scope not in client.scopes) or (known is not None and scope not in known)
        for scope in scopes
    ):
        return {"error": "invalid_scope"}
    if not challenge and policy.pkce_required:
        return {"error": "invalid_request", "error_description": "code_challenge is required"}
    if challenge and (method != "S256" or len(challenge) != 43):
        return {"error": "invalid_request", "error_description": "code_challenge_method must be S256"}
    return {}


def _back(asked: Any, **answer: str) -> Response:
    parts = urlsplit(asked["redirect_uri"])
    state = {"state": asked["state"]} if "state" in asked else {}
    query = "&".join(filter(None, [parts.query, urlencode(answer | state)]))
    response: Response = redirect(urlunsplit(parts._replace(query=query)), 302)
    return response


def _not_ours(sandbox: "Sandbox") -> Response:
    text = "<h1>This link does not work</h1><p>The application or its redirect address is not registered.</p>"
    return page(sandbox.title, f'<section class="card narrow">{text}</section>', status=400)


_KEPT = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)


def _form(sandbox: "Sandbox", client: Client, asked: Any) -> str:
    policy, choices = sandbox.oauth.policy, sandbox.choices()
    scopes = "".join(f"<li><code>{escape(scope)}</code></li>" for scope in asked["scope"].split())
    radios = "".join(
        f'<li><label><input type="radio" name="choice" value="{escape(choice.id)}"'
        f"{' checked' * (not place)}> {escape(choice.name)} "
        f'<span class="quiet">{escape(choice.note)}</span></label></li>'
        for place, choice in enumerate(choices)
    )
    ask = f'<h3>{escape(policy.choice_label)}</h3><ul class="plain">{radios}</ul>' if choices else ""
    kept = hidden_fields({name: asked[name] for name in _KEPT if name in asked})
    title = f"{escape(client.name)} wants to connect to {escape(sandbox.title)}"
    return f"""<section class="card narrow"><h1>{title}</h1>
<form method="post" action="{escape(policy.authorize_path)}">{kept}{ask}
<h3>It will be able to use</h3><ul class="plain">{scopes}</ul>
<div class="row"><button class="main" name="decision" value="approve">Allow access</button>
<button name="decision" value="deny">Cancel</button></div></form></section>"""
