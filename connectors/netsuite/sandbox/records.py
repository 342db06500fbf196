"""The REST record service: one record a call, by its id or its external id."""

import re
from typing import Any

from werkzeug import Response

from connectors.kit.sandbox import Document, Routes, answer

from .fields import Reader, mandatory
from .gate import Call, endpoint
from .refusals import refused
from .shape import SHAPES, Shape
from .showing import show
from .transactions import Transaction

routes = Routes()
ROOT = "/services/rest/record/v1"
_EXTERNAL_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")


@endpoint(routes, "GET", f"{ROOT}/metadata-catalog/<record>")
def schema(call: Call, record: str) -> Response:
    """JSON Schema of a record, with the account's own fields."""
    shape = _shape(call, record)
    custom = [name for name, records in call.sandbox.custom_fields.items() if shape.name in records]
    names = {*shape.fields, shape.sublist, *custom} - {"", *call.sandbox.switches.hidden}
    return answer({"type": "object", "properties": {name: {} for name in sorted(names)}})


@endpoint(routes, "POST", f"{ROOT}/<record>")
def create(call: Call, record: str) -> Response:
    shape = _shape(call, record)
    return _write(call, shape, {"id": ""})


@endpoint(routes, "GET", f"{ROOT}/<record>/<key>")
def read(call: Call, record: str, key: str) -> Response:
    shape = _shape(call, record)
    found = _found(call, shape, key)
    if found is None:
        raise refused("record.missing")
    whole = call.request.args.get("expandSubResources") == "true"
    response = answer(show(call.sandbox, shape, found, whole=whole))
    response.headers["Content-Type"] = "application/vnd.oracle.resource+json; type=singular; charset=UTF-8"
    return response


@endpoint(routes, "PATCH", f"{ROOT}/<record>/<key>")
def change(call: Call, record: str, key: str) -> Response:
    shape = _shape(call, record)
    found = _found(call, shape, key)
    if found is None:
        raise refused("record.missing")
    return _write(call, shape, found)


@endpoint(routes, "PUT", f"{ROOT}/<record>/<key>")
def upsert(call: Call, record: str, key: str) -> Response:
    """By an external id only."""
    shape = _shape(call, record)
    if not key.startswith("eid:"):
        raise refused("method.unknown")
    found = _found(call, shape, key) or {"id": "", "externalId": key[4:]}
    return _write(call, shape, found)


@endpoint(routes, "DELETE", f"{ROOT}/<record>/<key>")
def delete(call: Call, record: str, key: str) -> Response:
    shape = _shape(call, record)
    found = _found(call, shape, key)
    if found is None:
        raise refused("record.missing")
    call.sandbox.ledger.delete(shape, found)
    return answer(status=204)


def _shape(call: Call, record: str) -> Shape:
    shape = SHAPES.get(record.lower())
    absent = record.lower() == "expensereport" and "expense_reports" in call.sandbox.switches.without
    if shape is None or absent:
        raise refused("record.unknown_type", record=record)
    call.require("ADMI_RESTWEBSERVICES")
    call.require(shape.permission)
    return shape


def _found(call: Call, shape: Shape, key: str) -> Document | None:
    if not key.startswith("eid:"):
        return call.sandbox.ledger.get(shape, key)
    if not _EXTERNAL_ID.fullmatch(key[4:]):
        raise refused("eid.charset")
    return call.sandbox.ledger.by_external_id(shape, key[4:])


def _write(call: Call, shape: Shape, old: Document) -> Response:
    sent = call.body()
    reader = Reader(call.sandbox, shape, call.request.headers.get("X-NetSuite-PropertyNameValidation", "Warning"))
    body = {**_kept(shape, old), **reader.body(sent)}
    _is_free(call, shape, body.get("externalId"), old["id"])
    if shape.group == "entity":
        made = _entity(call, body, old["id"])
    else:
        made = Transaction(call.sandbox, shape, body, _lines(call, shape, reader, sent, old)).complete()
    record = {**made, "id": old["id"] or call.sandbox.ledger.next_id()}
    call.sandbox.ledger.put(shape, record)
    call.sandbox.writes += 1
    return _made(call, shape, record["id"], reader.dropped)


def _kept(shape: Shape, old: Document) -> Document:
    """What was there before and may be written again."""
    return {name: old[name] for name in shape.fields if name in old and name not in {"total"}}


def _lines(call: Call, shape: Shape, reader: Reader, sent: Document, old: Document) -> list[Document]:
    """Without `replace` lines are added to those that are there: none of ours has a key."""
    replaced = [name for name in call.request.args.get("replace", "").split(",") if name]
    if unknown := [name for name in replaced if name != shape.sublist]:
        raise refused("replace.unknown", name=unknown[0])
    before: list[Document] = old.get("lines", [])
    if shape.sublist not in sent:
        return before
    given = reader.lines(sent[shape.sublist])
    return given if replaced or sent[shape.sublist] is None else [*before, *given]


def _is_free(call: Call, shape: Shape, external_id: Any, own: str) -> None:
    owner = call.sandbox.ledger.owner(shape, external_id) if external_id else ""
    if owner and owner != own:
        raise refused("external_id.taken", what="entity" if shape.group == "entity" else "record")


def _entity(call: Call, body: Document, own: str) -> Document:
    """Vendors: a name, a subsidiary, and an entity id that no other has."""
    if not body.get("companyName"):
        raise mandatory("Company Name")
    if "subsidiaries" not in call.sandbox.switches.without and not body.get("subsidiary"):
        raise mandatory("subsidiary")
    name = body.get("entityId") or body["companyName"]
    if any(one["entityId"] == name and one["id"] != own for one in call.sandbox.store["vendor"].find()):
        raise refused("entity.taken")
    subsidiary = call.sandbox.store["subsidiary"].get(body.get("subsidiary") or "") or {"currency": "1"}
    currencies = [body.get("currency") or subsidiary["currency"]]
    return {"isInactive": "F", **body, "entityId": name, "currencies": currencies}


def _made(call: Call, shape: Shape, record_id: str, dropped: list[str]) -> Response:
    address = f"{call.request.host_url.rstrip('/')}{ROOT}/{shape.name.lower()}/{record_id}"
    response = answer(status=204, headers={"Location": address, "X-N-OperationId": call.sandbox.new_id()})
    for name in dropped:
        told = f"Unknown field name {name}. The field does not exist on this record instance."
        response.headers.add("X-NetSuite-PropertyValidation", told)
    return response
