"""What is in Xero's contract and no longer in Xero: the classic expense claims. A 501 is ASSUMED."""

from werkzeug import Response

from connectors.kit.sandbox import Routes

from .answers import not_implemented
from .gate import Call, endpoint

routes = Routes()


def _at(method: str, path: str) -> None:
    @endpoint(routes, method, path, "accounting.settings")
    def retired(call: Call) -> Response:
        raise not_implemented()


for _path in ("/ExpenseClaims", "/Receipts"):
    for _method in ("GET", "PUT", "POST"):
        _at(_method, _path)
