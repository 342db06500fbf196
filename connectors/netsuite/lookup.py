"""What is in NetSuite under our external ids, or under its own ids: one call a record, as by-id calls tell all."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from connectors.kit.documents import Document, Found, Key
from connectors.kit.errors import ContractBroken
from connectors.kit.http import Request
from connectors.kit.money import Money
from connectors.netsuite import journals, shapes, vendors
from connectors.netsuite.sending import ROOT

#: The record, or None for what NetSuite does not know.
Get = Callable[[Request, str], Any]
_WHOLE = (("expandSubResources", "true"),)


def find(get: Get, ask: vendors.Ask, documents: Sequence[Document]) -> dict[Key, tuple[Found, ...]]:
    found: dict[Key, tuple[Found, ...]] = {}
    for document in documents:
        if shapes.of(document) is shapes.VENDOR:
            found[document.key] = vendors.find(ask, document)
        else:
            one = _one(get, document, f"eid:{document.reference}")
            found[document.key] = (one,) if one else ()
    return found


def standing(get: Get, posted: Sequence[tuple[Document, str]]) -> dict[Key, Found]:
    read = ((document, _one(get, document, document_id)) for document, document_id in posted)
    return {document.key: found for document, found in read if found}


def _one(get: Get, document: Document, key: str) -> Found | None:
    shape = shapes.of(document)
    query = _WHOLE if shape is shapes.JOURNAL else ()
    body = get(Request("GET", f"{ROOT}/{shape.record}/{key}", query=query), shape.permission)
    if body is None:
        return None
    if not isinstance(body, dict) or not str(body.get("id", "")).isdigit():
        raise ContractBroken(f"NetSuite's answer is not {shape.name}.", words=str(body)[:500])
    return _found(document, body)


def _found(document: Document, body: Mapping[str, Any]) -> Found:
    number = str(body.get("tranId") or body.get("entityId") or "")
    void = _is_void(body)
    return Found(str(body["id"]), number=number, total=None if void else _total(document, body), void=void)


def _is_void(body: Mapping[str, Any]) -> bool:
    """ASSUMED: a voided transaction says so in its status."""
    status = body.get("status")
    told = status.values() if isinstance(status, dict) else (status,)
    return body.get("voided") is True or any("void" in one.casefold() for one in told if isinstance(one, str))


def _total(document: Document, body: Mapping[str, Any]) -> Money | None:
    if shapes.of(document) is shapes.JOURNAL:
        return _of_journal(document, body)
    amount = body.get("total")
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
        return None
    return Money(Decimal(amount), _currency(document, body))


def _of_journal(document: Document, body: Mapping[str, Any]) -> Money | None:
    """A journal has no total. It is ours if its debits are ours; a contra line's may be among them."""
    lines = body.get("line")
    items = lines.get("items") if isinstance(lines, dict) else None
    amounts = [one.get("debit") for one in items or () if isinstance(one, dict)]
    told = [Decimal(one) for one in amounts if isinstance(one, int | Decimal) and not isinstance(one, bool)]
    if not told:
        return None
    debits = sum(told, Decimal(0))
    if document.total is not None and debits == journals.debits(document.content.get("body", {})):
        return Money(document.total.amount, _currency(document, body))
    return Money(debits, _currency(document, body))


def _currency(document: Document, body: Mapping[str, Any]) -> str:
    """NetSuite tells an id and a name of its own; ours is known by the id that was sent."""
    told, sent = body.get("currency"), document.content.get("body", {}).get("currency")
    if isinstance(told, dict) and sent and told.get("id") != sent["id"]:
        return str(told.get("refName") or told.get("id"))
    return document.total.currency if document.total else ""
