"""What every vendor's sandbox stands on: HTTP, OAuth, exact state, faults and a log, on loopback only.

A sandbox speaks only HTTP. It knows nothing of connectors, the engine or Django. To write one:

    # connectors/acme/sandbox/__init__.py
    from werkzeug import Request, Response
    from connectors.kit.sandbox import Choice, OAuthPolicy, Refused, Routes, Sandbox, answer, read_json

    routes = Routes()

    class AcmeSandbox(Sandbox):
        key, title = "acme", "Acme Books"
        policy = OAuthPolicy(pkce_required=False, access_seconds=1800)
        routes = (routes,)                                   # one Routes per file, as many as you like

        def seed(self) -> None:                              # once per folder, inside a transaction
            self.store["companies"].put("c1", {"id": "c1", "name": "Acme Ltd"})

        def choices(self) -> list[Choice]:                   # what the consent page offers
            return [Choice(c["id"], c["name"]) for c in self.store["companies"].find()]

    @routes("POST", "/bills")
    def create_bill(sandbox: AcmeSandbox, request: Request) -> Response:
        grant = sandbox.oauth.bearer(request)                # None when missing, expired or revoked
        if grant is None:
            raise Refused(sandbox.problem(401, "UNAUTHORIZED", "Token expired"))
        bill = {**read_json(request), "id": sandbox.new_id(), "company": grant.choice}
        sandbox.store["bills"].put(bill["id"], bill)
        return answer(bill, 201)

    sandbox_class = AcmeSandbox                              # python -m connectors.kit.sandbox acme

One request is one transaction: **return** an answer and it is committed before it is sent, **raise** and it
is rolled back. Numbers read from JSON are `int` or `Decimal`, never `float`. Hooks to override: `seed`,
`choices`, `tick` (what the passing of time changes; runs before each request in its own transaction),
`problem` (the vendor's error body), `granted`, `token_extras` and `mint` (OAuth), `started` and `stopping`
(background threads), `typed` and `settings` (what a customer of the demo types and sets).
Under `/_sandbox/` (never faulted, never logged): health, log, faults, clients, customer, clock, tokens.
"""

from connectors.kit.sandbox.app import Sandbox
from connectors.kit.sandbox.browser import consent
from connectors.kit.sandbox.clock import Clock, stamp
from connectors.kit.sandbox.faults import Fault, Faults, Kind
from connectors.kit.sandbox.http import Refused, Routes, answer, read_json
from connectors.kit.sandbox.oauth import AuthorizationServer, Choice, Client, Grant, OAuthPolicy
from connectors.kit.sandbox.pages import page
from connectors.kit.sandbox.store import Collection, Document, Store

__all__ = [
    "AuthorizationServer",
    "Choice",
    "Client",
    "Clock",
    "Collection",
    "Document",
    "Fault",
    "Faults",
    "Grant",
    "Kind",
    "OAuthPolicy",
    "Refused",
    "Routes",
    "Sandbox",
    "Store",
    "answer",
    "consent",
    "page",
    "read_json",
    "stamp",
]
