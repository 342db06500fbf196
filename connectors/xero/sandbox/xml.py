"""Without `Accept: application/json` Xero answers in XML."""

from typing import Any
from xml.sax.saxutils import escape

import simplejson
from werkzeug import Request, Response


def as_asked(request: Request, response: Response) -> Response:
    asks_json = "application/json" in request.headers.get("Accept", "").lower()
    if asks_json or response.mimetype != "application/json":
        return response
    content = simplejson.loads(response.get_data(), use_decimal=True)
    response.set_data(f"<Response>{_xml(content, 'Element')}</Response>")
    response.headers["Content-Type"] = "text/xml; charset=utf-8"
    return response


def _xml(value: Any, item: str) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_xml(inner, _singular(name))}</{name}>" for name, inner in value.items())
    if isinstance(value, list):
        return "".join(f"<{item}>{_xml(inner, item)}</{item}>" for inner in value)
    return "" if value is None else escape(str(value))


def _singular(name: str) -> str:
    return name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")
