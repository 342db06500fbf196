"""Reading: one document by its key, lists by `$filter $select $orderby $top $skip $count`, pages of 20."""

import re
from typing import Any

from werkzeug import Request, Response

from connectors.kit.sandbox import Document, Routes, answer

from .filters import Filter
from .gate import Call, endpoint
from .refusals import refused
from .sets import SETS, EntitySet
from .shape import Json

PAGE = 20
#: Stored and answered as days, put as moments by the newer root.
_DAYS = {
    "DocDate",
    "TaxDate",
    "DocDueDate",
    "ReferenceDate",
    "DueDate",
    "TransferDate",
    "ValidFrom",
    "ValidTo",
    "Effectivefrom",
}
_OPTIONS = {"$filter", "$select", "$orderby", "$top", "$skip", "$count", "$inlinecount"}
_TEXT_KEY, _NUMBER_KEY = re.compile(r"'((?:[^']|'')*)'"), re.compile(r"\d+")

routes = Routes()


@endpoint(routes, "GET", "/<entity_set>")
def many(call: Call, entity_set: str) -> Response:
    kind = known_set(entity_set)
    found = _filtered(call, kind)
    first, size = _number(call.request, "$skip", 0), _page_size(call.request)
    top = _number(call.request, "$top", -1)
    wanted = found[first : first + top] if top >= 0 else found[first:]
    page = wanted[:size] if size else wanted
    content: Json = {"@odata.context": f"$metadata#{entity_set}"}
    if call.request.args.get("$count") == "true":
        content["@odata.count"] = len(found)
    content["value"] = [_selected(call.request, kind, shown(kind, one)) for one in page]
    if len(wanted) > len(page) and top < 0:  # with $top no link comes, even if more rows exist (PY)
        content["@odata.nextLink"] = _next_link(call.request, entity_set, first + len(page))
    return answer(content)


@endpoint(routes, "GET", "/<entity_set>/$count")
def count(call: Call, entity_set: str) -> Response:
    return Response(str(len(_filtered(call, known_set(entity_set)))), content_type="text/plain")


@endpoint(routes, "GET", "/<entity_set>(<key>)")
def one(call: Call, entity_set: str, key: str) -> Response:
    kind = known_set(entity_set)
    document = by_key(call, kind, key)
    return answer(
        {"@odata.context": f"$metadata#{entity_set}/$entity", **_selected(call.request, kind, shown(kind, document))}
    )


def known_set(name: str) -> EntitySet:
    if name not in SETS:
        raise refused("request.unknown_path")
    return SETS[name]


def by_key(call: Call, kind: EntitySet, key: str) -> Document:
    """Text keys are quoted, numbers are not: the other way round is a bad query."""
    text, number = _TEXT_KEY.fullmatch(key), _NUMBER_KEY.fullmatch(key)
    quoted = kind.key in {"CardCode", "Code", "FactorCode", "CenterCode"}
    if not (text if quoted else number):
        raise refused("query.bad", what=key)
    found = call.books.get(kind.name, text[1].replace("''", "'") if text else key)
    if found is None:
        raise refused("key.unknown")
    return found


def shown(kind: EntitySet, document: Document) -> Json:
    tag = {"@odata.etag": f'W/"{document.get("_version", 1)}"'} if kind.has_tag else {}
    return {**tag, **_public(document)}


def _public(document: Json) -> Json:
    return {name: _value(name, value) for name, value in document.items() if not name.startswith("_")}


def _value(name: str, value: Any) -> Any:
    if name in _DAYS and value:
        return f"{value}T00:00:00Z"
    if isinstance(value, list):
        return [_public(one) if isinstance(one, dict) else one for one in value]
    return value


def _filtered(call: Call, kind: EntitySet) -> list[Document]:
    if unknown := {name for name in call.request.args if name.startswith("$")} - _OPTIONS:
        raise refused("query.bad", what=", ".join(sorted(unknown)))
    fields = call.books.user_fields(kind.table) if kind.table else set()
    documents = call.books.all(kind.name)
    if words := call.request.args.get("$filter"):
        fold = call.request.headers.get("B1S-CaseInsensitive") == "true"
        test = Filter(words, kind.type, lambda name: name in fields or kind.knows(name), fold=fold).test
        documents = [document for document in documents if test(document)]
    return _ordered(call.request, kind, documents)


def _ordered(request: Request, kind: EntitySet, documents: list[Document]) -> list[Document]:
    for part in reversed([one for one in request.args.get("$orderby", "").split(",") if one]):
        name, _, way = part.strip().partition(" ")
        if not kind.knows(name) or way not in {"", "asc", "desc"}:
            raise refused("query.bad", what=part)
        documents = sorted(
            documents, key=lambda one: (one.get(name) is not None, one.get(name)), reverse=way == "desc"
        )
    return documents


def _selected(request: Request, kind: EntitySet, document: Json) -> Json:
    names = [name.strip() for name in request.args.get("$select", "").split(",") if name.strip()]
    for name in names:
        if not kind.knows(name) and not name.startswith("U_"):
            raise refused("query.property", name=name, type=kind.type)
    return {name: document.get(name) for name in names} if names else document


def _page_size(request: Request) -> int:
    """0: no paging."""
    wanted = re.search(r"odata\.maxpagesize=(\d+)", request.headers.get("Prefer", ""))
    asked = wanted[1] if wanted else request.headers.get("B1S-PageSize", "")
    return int(asked) if asked.isdecimal() else PAGE


def _next_link(request: Request, entity_set: str, first: int) -> str:
    """Relative, and without what else the first question said but its filter, so that it has to be asked again."""
    words = request.args.get("$filter")
    kept = f"&$filter={words}" if words else ""
    return f"{entity_set}?$skip={first}{kept}"


def _number(request: Request, name: str, default: int) -> int:
    value = request.args.get(name, "")
    if value and not value.isdecimal():
        raise refused("query.bad", what=f"{name}={value}")
    return int(value) if value else default
