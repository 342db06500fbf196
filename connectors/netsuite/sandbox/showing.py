"""A record as GET shows it: references with their names, lines only where they are asked for."""

from typing import TYPE_CHECKING, Any

from connectors.kit.sandbox import Document

from .shape import REFERENCES, Shape

if TYPE_CHECKING:
    from .app import NetSuiteSandbox

_NAMES = {
    "currency": "symbol",
    "salesTaxItem": "itemid",
    "account": "acctname",
    "vendor": "entityId",
    "employee": "entityid",
}
_STATUS = {"open": "Open", "pendingApproval": "Pending Approval", "voided": "Voided"}
_OURS = {"lines", "voided", "currencies", "status"}


def show(sandbox: "NetSuiteSandbox", shape: Shape, record: Document, *, whole: bool) -> Document:
    shown: Document = {"links": []}
    for name, value in record.items():
        if name not in _OURS and value is not None:
            shown[name] = _value(sandbox, shape, name, value)
    if shape.group == "entity":
        return shown | {"isInactive": record.get("isInactive") == "T"}
    if shape.type == "Journal":
        del shown["total"]  # a journal has none
    status = "voided" if record["voided"] else record["status"]
    shown["status"] = {"id": status, "refName": _STATUS[status]}
    shown[shape.sublist] = _lines(sandbox, shape, record) if whole else {"links": []}
    return shown


def _lines(sandbox: "NetSuiteSandbox", shape: Shape, record: Document) -> Document:
    items = [
        {name: _value(sandbox, shape, name, value) for name, value in line.items() if value is not None}
        for line in record["lines"]
    ]
    return {"links": [], "items": items, "totalResults": len(items)}


def _value(sandbox: "NetSuiteSandbox", shape: Shape, name: str, value: Any) -> Any:
    if name not in REFERENCES or not value:
        return value
    kind = REFERENCES[name] or shape.entity
    row = sandbox.store[kind.lower()].get(str(value)) or {}
    label = row.get(_NAMES.get(kind, "name"))
    return {"links": [], "id": str(value), **({"refName": label} if label else {})}
