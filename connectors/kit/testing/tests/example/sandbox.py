"""Acme Books: a vendor that exists nowhere. It counts in smallest units, and keeps one memo of 100 characters a bill.

It does what vendors do: cuts a memo in silence, lists twenty bills a page, takes any company of its token.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from werkzeug import Request, Response

from connectors.kit.sandbox import Choice, Document, Grant, OAuthPolicy, Refused, Routes, Sandbox, answer, read_json

PAGE, MEMO = 20, 100
SHOWN = ("id", "memo", "status", "date")
ACCOUNTS = {"5800": "Travel", "6110": "Office supplies"}
COMPANIES = {"aaa": "Acorn Ltd", "bbb": "Birch Ltd"}
routes = Routes()


class AcmeSandbox(Sandbox):
    key, title = "acme", "Acme Books"
    policy = OAuthPolicy(revoke_path="/oauth/revoke")
    routes = (routes,)

    def seed(self) -> None:
        for key, name in COMPANIES.items():
            accounts = {code: {"name": name, "active": True} for code, name in ACCOUNTS.items()}
            self.store["companies"].put(key, {"id": key, "name": name, "accounts": accounts, "closed": ""})
        self.store.index("bills", "company")

    def choices(self) -> list[Choice]:
        return [Choice("all", "All companies")]


def _company(sandbox: AcmeSandbox, request: Request, company: str) -> Document:
    _grant(sandbox, request)
    found = sandbox.store["companies"].get(company)
    if found is None:
        raise Refused(sandbox.problem(403, "NOT_YOURS", "This company is not yours"))
    return found


def _grant(sandbox: AcmeSandbox, request: Request) -> Grant:
    grant = sandbox.oauth.bearer(request)
    if grant is None:
        raise Refused(sandbox.problem(401, "UNAUTHORIZED", "Token expired"))
    return grant


@routes("GET", "/companies")
def companies(sandbox: AcmeSandbox, request: Request) -> Response:
    _grant(sandbox, request)
    return answer(
        {"companies": [{"id": one["id"], "name": one["name"]} for one in sandbox.store["companies"].find()]}
    )


@routes("GET", "/companies/<company>/books")
def books(sandbox: AcmeSandbox, request: Request, company: str) -> Response:
    found = _company(sandbox, request, company)
    accounts = [{"code": code, **facts} for code, facts in found["accounts"].items()]
    return answer({"accounts": accounts, "closed": found["closed"]})


@routes("POST", "/companies/<company>/bills")
def create(sandbox: AcmeSandbox, request: Request, company: str) -> Response:
    """Each bill is judged alone."""
    found = _company(sandbox, request, company)
    return _once(
        sandbox, request, lambda: {"bills": [_judge(sandbox, found, bill) for bill in read_json(request)["bills"]]}
    )


def _once(sandbox: AcmeSandbox, request: Request, make: Callable[[], Document]) -> Response:
    """The same Idempotency-Key gives the same answer again."""
    key = request.headers.get("Idempotency-Key", "")
    kept = sandbox.store["keys"].get(key) if key else None
    if kept is None:
        kept = make()
        if key:
            sandbox.store["keys"].put(key, kept)
    return answer(kept, 200)


@routes("POST", "/companies/<company>/suppliers")
def hire(sandbox: AcmeSandbox, request: Request, company: str) -> Response:
    """Two may have one name."""
    _company(sandbox, request, company)
    made = {"id": sandbox.new_id(), "company": company, "name": read_json(request)["name"], "active": True}
    return _once(sandbox, request, lambda: sandbox.store["suppliers"].put(made["id"], made))


@routes("GET", "/companies/<company>/suppliers")
def suppliers(sandbox: AcmeSandbox, request: Request, company: str) -> Response:
    """`?name=` gives those whose names contain it, in any case."""
    _company(sandbox, request, company)
    asked = request.args.get("name", "").casefold()
    known = sandbox.store["suppliers"].find(company=company)
    return answer({"suppliers": [one for one in known if asked in one["name"].casefold()]})


def _judge(sandbox: AcmeSandbox, company: Document, bill: dict[str, Any]) -> Document:
    supplier = sandbox.store["suppliers"].get(bill["supplier"])
    memo, problem = bill["memo"][:MEMO], _problem(company, supplier, bill)
    if problem:
        return {"memo": memo, "status": "REFUSED", "error": problem, "warnings": []}
    made = {**bill, "memo": memo, "id": sandbox.new_id(), "company": company["id"], "status": "OPEN", "files": {}}
    sandbox.store["bills"].put(made["id"], made)
    return {"id": made["id"], "memo": memo, "status": "OPEN", "error": None, "warnings": []}


def _problem(company: Document, supplier: Document | None, bill: dict[str, Any]) -> str:
    if not bill["lines"] or bill["kind"] not in {"BILL", "CREDIT"}:
        return "The bill is not well formed"
    if any(not isinstance(line["amount"], int) for line in bill["lines"]):
        return "The bill is not well formed"
    if date.fromisoformat(bill["date"]).isoformat() <= company["closed"]:
        return f"The period up to {company['closed']} is closed"
    if supplier is None or not supplier["active"]:
        return "The supplier is not in use"
    for line in bill["lines"]:
        account = company["accounts"].get(line["account"])
        if account is None or not account["active"]:
            return f"Account {line['account']} is not in use"
    return ""


@routes("GET", "/companies/<company>/bills")
def listed(sandbox: AcmeSandbox, request: Request, company: str) -> Response:
    """`?after=cursor`: all bills, oldest first; of a page only those whose memo contains `?memo=`."""
    _company(sandbox, request, company)
    rows = sandbox.store["bills"].rows(company=company, above=int(request.args.get("after", "0")), limit=PAGE + 1)
    asked = request.args.get("memo", "")
    shown = [{name: bill[name] for name in SHOWN} for _, bill in rows[:PAGE] if asked in bill["memo"]]
    return answer({"bills": shown, "next": str(rows[PAGE - 1][0]) if len(rows) > PAGE else None})


@routes("GET", "/companies/<company>/bills/<bill>")
def show(sandbox: AcmeSandbox, request: Request, company: str, bill: str) -> Response:
    _company(sandbox, request, company)
    found = sandbox.store["bills"].get(bill)
    if found is None:
        raise Refused(sandbox.problem(404, "UNKNOWN", "There is no such bill"))
    return answer({name: found[name] for name in SHOWN})


@routes("PUT", "/companies/<company>/bills/<bill>/files/<name>")
def attach(sandbox: AcmeSandbox, request: Request, company: str, bill: str, name: str) -> Response:
    """A file of the same name is replaced."""
    _company(sandbox, request, company)
    found = sandbox.store["bills"].get(bill)
    if found is None:
        raise Refused(sandbox.problem(404, "UNKNOWN", "There is no such bill"))
    files = found["files"] | {name: request.get_data().hex()}
    sandbox.store["bills"].change(bill, files=files)
    return answer(status=204)


sandbox_class = AcmeSandbox
