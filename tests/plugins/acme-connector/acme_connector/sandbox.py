"""Acme on loopback: what its pages say it does. It knows nothing of the connector."""

from typing import Any

from werkzeug import Request, Response

from connectors.kit.sandbox import Choice, Document, OAuthPolicy, Refused, Routes, Sandbox, answer, read_json

ACCOUNTS = {"5800": "Travel", "6110": "Office supplies"}
COMPANIES = {"acorn": "Acorn Ltd", "birch": "Birch Ltd"}
routes = Routes()


class AcmeSandbox(Sandbox):
    key, title = "acme", "Acme"
    policy = OAuthPolicy(pkce_required=True, refresh_seconds=None)
    routes = (routes,)

    def seed(self) -> None:
        for key, name in COMPANIES.items():
            self.store["companies"].put(key, {"id": key, "name": name, "accounts": ACCOUNTS, "closed": ""})
        self.store.index("bills", "reference")

    def choices(self) -> list[Choice]:
        return [Choice("all", "Every company of yours")]


@routes("GET", "/companies")
def companies(sandbox: AcmeSandbox, request: Request) -> Response:
    _signed_in(sandbox, request)
    return answer({"companies": sandbox.store["companies"].find()})


@routes("GET", "/companies/<company>")
def company(sandbox: AcmeSandbox, request: Request, company: str) -> Response:
    return answer(_company(sandbox, request, company))


@routes("POST", "/companies/<company>/bills")
def create(sandbox: AcmeSandbox, request: Request, company: str) -> Response:
    found, bill = _company(sandbox, request, company), read_json(request)
    if told := _problem(found, bill):
        raise Refused(answer(told, 422))
    made = {**bill, "id": sandbox.new_id(), "company": company, "status": "open"}
    sandbox.store["bills"].put(made["id"], made)
    return answer(made, 201)


@routes("GET", "/companies/<company>/bills")
def find(sandbox: AcmeSandbox, request: Request, company: str) -> Response:
    """`?reference=…`, oldest first."""
    _company(sandbox, request, company)
    bills = sandbox.store["bills"].find(company=company, reference=request.args.get("reference", ""))
    return answer({"bills": bills})


def _signed_in(sandbox: AcmeSandbox, request: Request) -> None:
    if sandbox.oauth.bearer(request) is None:
        raise Refused(sandbox.problem(401, "UNAUTHORIZED", "Token expired"))


def _company(sandbox: AcmeSandbox, request: Request, company: str) -> Document:
    _signed_in(sandbox, request)
    found = sandbox.store["companies"].get(company)
    if found is None:
        raise Refused(sandbox.problem(403, "NOT_YOURS", "This company is not yours"))
    return found


def _problem(company: Document, bill: dict[str, Any]) -> dict[str, str]:
    if bill["date"] <= company["closed"]:
        return {"message": f"{bill['date']}: the period is closed"}
    if not bill["lines"]:
        return {"message": "A bill has one line at least"}
    for line in bill["lines"]:
        if line["account"] not in company["accounts"]:
            return {"message": f"Account {line['account']} is not in use"}
    return {}


sandbox_class = AcmeSandbox
