"""Companies, the organisation that some belong to, and whose a token is: `GET /v1/introspect`, `/v1/companies`."""

from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response

from connectors.kit.sandbox import Choice, Document, Grant, Routes, answer
from connectors.pleo.sandbox.drafts import stable_id
from connectors.pleo.sandbox.guard import caller, is_uuid
from connectors.pleo.sandbox.names import COMPANIES, MEMBERS, ORGANISATION
from connectors.pleo.sandbox.paging import page
from connectors.pleo.sandbox.refusals import refuse

if TYPE_CHECKING:
    from connectors.pleo.sandbox.app import PleoSandbox

routes = Routes()


@routes("GET", "/v1/introspect")
def who_am_i(sandbox: "PleoSandbox", request: Request) -> Response:
    grant = caller(sandbox, request)
    client = sandbox.oauth.client(grant.client_id)
    about = {
        "authMethod": "OAUTH",
        "clientId": grant.client_id,
        "scope": " ".join(grant.scopes),
        "applicationName": client.name if client else "",
        "subjectURN": subject(sandbox, grant),
    }
    return answer({"data": about})


@routes("GET", "/v1/companies")
def list_companies(sandbox: "PleoSandbox", request: Request) -> Response:
    grant = caller(sandbox, request, "companies:read")
    asked = request.args.get("organization_id")
    if asked is not None and (asked != grant.choice or organisation(sandbox, asked) is None):
        raise refuse(sandbox, "organisation-of-others")
    return page(sandbox, request, sandbox.store["companies"], _company, id=belonging(sandbox, grant))


@routes("GET", "/v1/companies/<company_id>")
def one_company(sandbox: "PleoSandbox", request: Request, company_id: str) -> Response:
    grant = caller(sandbox, request, "companies:read")
    found = sandbox.store["companies"].get(company_id)
    if found is None or company_id not in belonging(sandbox, grant):
        raise refuse(sandbox, "company-unknown")
    return answer({"data": _company(found)})


def chosen(sandbox: "PleoSandbox", grant: Grant, asked: Any) -> str:
    """The company that a call is for: the token's own, or the one it names of the token's organisation."""
    mine = belonging(sandbox, grant)
    if asked is None and organisation(sandbox, grant.choice) is not None:
        raise refuse(sandbox, "company-id-missing")
    if asked is None:
        return grant.choice
    if not is_uuid(asked):
        raise refuse(sandbox, "company-id-malformed")
    if asked not in mine:
        raise refuse(sandbox, "company-of-others")
    return str(asked)


def belonging(sandbox: "PleoSandbox", grant: Grant) -> list[str]:
    """Ids of the companies that the token may act for."""
    found = organisation(sandbox, grant.choice)
    return [grant.choice] if found is None else list(found["companyIds"])


def holders(sandbox: "PleoSandbox", company_id: str) -> set[str]:
    """Whose tokens may act for the company: its own and its organisation's."""
    found = sandbox.store["organisations"].find()
    return {company_id} | {one["id"] for one in found if company_id in one["companyIds"]}


def organisation(sandbox: "PleoSandbox", found: str) -> Document | None:
    return sandbox.store["organisations"].get(found)


def subject(sandbox: "PleoSandbox", grant: Grant) -> str:
    kind = "company" if organisation(sandbox, grant.choice) is None else "organisation"
    return f"urn:pleo:{kind}:{grant.choice}"


def offered(sandbox: "PleoSandbox") -> list[Choice]:
    """On the consent page: each company, then the organisation with all of its companies."""
    companies = sandbox.store["companies"].find()
    names = {one["id"]: one["name"] for one in companies}
    return [Choice(one["id"], one["name"], one["currency"]) for one in companies] + [
        Choice(one["id"], one["name"], "all of " + ", ".join(names[key] for key in one["companyIds"]))
        for one in sandbox.store["organisations"].find()
    ]


def seed(sandbox: "PleoSandbox") -> None:
    for name, currency, books, by_vendor in COMPANIES:
        company: Document = {
            "id": stable_id("company", name),
            "name": name,
            "currency": currency,
            "books": books,
            "vendorBasedBookkeeping": by_vendor,
            "contraAccountsMapped": True,
        }
        sandbox.store["companies"].put(company["id"], company)
    members = [stable_id("company", name) for name in MEMBERS]
    whole: Document = {"id": stable_id("organisation", ORGANISATION), "name": ORGANISATION, "companyIds": members}
    sandbox.store["organisations"].put(whole["id"], whole)


def _company(found: Document) -> Document:
    return {"id": found["id"], "name": found["name"], "defaultCurrency": found["currency"]}
