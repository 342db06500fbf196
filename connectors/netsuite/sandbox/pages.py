"""What a person sees at the addresses of documents."""

from html import escape
from typing import TYPE_CHECKING

from werkzeug import Request, Response

from connectors.kit.sandbox import Routes, page
from connectors.kit.sandbox.pages import table

from .refusals import refused

if TYPE_CHECKING:
    from .app import NetSuiteSandbox

routes = Routes()


@routes("GET", "/app/accounting/transactions/<kind>.nl")
def transaction(sandbox: "NetSuiteSandbox", request: Request, kind: str) -> Response:
    try:
        shape, one = sandbox.ledger.find(request.args.get("id", ""))
    except KeyError:
        raise refused("record.missing") from None
    lines = [[_named(sandbox, line), _side(line, "debit", "amount"), _side(line, "credit")] for line in one["lines"]]
    body = (
        f"<h1>{escape(shape.name)} {escape(one['id'])}</h1>"
        f"<p>{escape(one['tranDate'])}, total {escape(str(one['total']))}, {escape(one['status'])}</p>"
        f"<p>{escape(str(one.get('memo') or ''))}</p>{table(['Account', 'Amount or debit', 'Credit'], lines)}"
    )
    return page(sandbox.title, body)


def _named(sandbox: "NetSuiteSandbox", line: dict[str, object]) -> str:
    account = sandbox.store["account"].get(str(line.get("account"))) or {}
    return escape(
        f"{account.get('acctnumber', '')} {account.get('acctname', '')}".strip() or str(line.get("category"))
    )


def _side(line: dict[str, object], *names: str) -> str:
    return escape(" ".join(str(line[name]) for name in names if line.get(name) is not None))
