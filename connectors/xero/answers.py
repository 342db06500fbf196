"""What Xero's answers mean for each document of a batch."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from connectors.kit import redaction
from connectors.kit.documents import Created, Document, Draft, Found, Outcome, Unknown
from connectors.kit.errors import ContractBroken
from connectors.kit.http import Answer
from connectors.xero import refusals, taxes
from connectors.xero.calls import ERRORS, WORDS_AT_MOST, joined, messages, tells_nothing, words_of
from connectors.xero.founds import found_of, tax_of
from connectors.xero.losses import losses
from connectors.xero.shapes import SHAPES


def read(draft: Draft, answer: Answer, now: datetime) -> tuple[Outcome, ...]:
    """Each document by its number, never by its place: an element that is missing tells nothing."""
    if tells_nothing(answer):
        return _unknown(draft, f"{answer.status}: {words_of(answer)}")
    if answer.status == 400:
        return _read_refusal(draft, answer)
    if error := ERRORS.error_of(answer, now):
        raise error
    try:
        elements = _elements(answer, draft)
    except ContractBroken as broken:
        return _unknown(draft, f"{broken.sentence} {broken.words}")
    return tuple(_judge(document, elements.get(document.reference, [])) for document in draft.documents)


def _read_refusal(draft: Draft, answer: Answer) -> tuple[Outcome, ...]:
    """400: nothing was done. If its elements say which documents are to blame, the others may go again."""
    words = words_of(answer)
    if refusals.OTHER_REQUEST.search(words):
        return _unknown(draft, words)
    try:
        elements = _elements(answer, draft, "Elements")
    except ContractBroken:
        elements = {}
    blamed = {one.key: messages(elements.get(one.reference, [])) for one in draft.documents}
    if not any(blamed.values()):
        return tuple(_refused(document, words) for document in draft.documents)
    return tuple(
        _refused(document, joined(blamed[document.key]))
        if blamed[document.key]
        else Unknown(document.key, "Xero refused the whole call for other documents in it.")
        for document in draft.documents
    )


def _unknown(draft: Draft, words: str) -> tuple[Outcome, ...]:
    return tuple(Unknown(document.key, words[:WORDS_AT_MOST]) for document in draft.documents)


def _elements(answer: Answer, draft: Draft, plural: str = "") -> dict[str, list[Mapping[str, Any]]]:
    """Raises ContractBroken if the answer is not of the shape that Xero's contract gives it."""
    body, shape = answer.json(), SHAPES[draft.documents[0].kind]
    listed = body.get(plural or shape.plural) if isinstance(body, dict) else None
    if not isinstance(listed, list) or not all(isinstance(element, dict) for element in listed):
        raise ContractBroken(f"The answer has no list of {plural or shape.plural}.", words=answer.text())
    if len(listed) == 1 == len(draft.documents) and not listed[0].get(shape.number):
        return {draft.documents[0].reference: listed}  # there is nothing else that it could be about
    found: dict[str, list[Mapping[str, Any]]] = {}
    for element in listed:
        found.setdefault(str(element.get(shape.number)), []).append(element)
    return found


def _judge(document: Document, elements: list[Mapping[str, Any]]) -> Outcome:
    if len(elements) != 1:
        return Unknown(document.key, f"Xero's answer has {document.reference} {len(elements)} times.")
    element = elements[0]
    document_id = element.get(SHAPES[document.kind].id)
    if _failed(element):
        return _refused(document, joined(messages(element)))
    if not _is_guid(document_id):
        return Unknown(document.key, f"Xero gave no id for {document.reference}: {str(document_id)[:80]}")
    if lost := losses(document, element):
        return _refused(document, joined([*lost, _left(document_id, element)]))
    found = found_of(document, element)
    remarks = map(redaction.redact, messages(element, "Warnings"))
    return Created(
        document.key, found, (*remarks, *_difference(document, found), *_tax_difference(document, element))
    )


def _left(document_id: object, element: Mapping[str, Any]) -> str:
    """It is in Xero all the same, and somebody must remove it there."""
    return f"({str(element.get('Status') or 'document').lower()} {document_id})"


def _failed(element: Mapping[str, Any]) -> bool:
    flagged = any(element.get(name) is True for name in ("HasErrors", "HasValidationErrors"))
    return flagged or str(element.get("StatusAttributeString")).upper() == "ERROR" or bool(messages(element))


def _refused(document: Document, words: str) -> Outcome:
    if refusals.THERE.search(words):
        return Unknown(document.key, words)
    return refusals.refused(document, words)


def _is_guid(value: object) -> bool:
    try:
        return UUID(str(value)).int != 0
    except ValueError:
        return False


def _difference(document: Document, found: Found) -> tuple[str, ...]:
    ours, theirs = document.total, found.total
    if ours is None or theirs is None:
        return ()
    same = theirs.amount == ours.amount and theirs.currency in {"", ours.currency}
    return () if same else (f"total differs: {theirs} in Xero, {ours} in the entry",)


def _tax_difference(document: Document, element: Mapping[str, Any]) -> tuple[str, ...]:
    """Not a fault: the books follow Xero's rate. But who files the tax wants to know where the receipt says other."""
    ours, theirs = document.tax, tax_of(document, element)
    if ours is None or theirs is None or taxes.agree(theirs, ours.amount, ours.currency):
        return ()
    return (f"tax differs: {theirs} in Xero, {ours.amount} on the receipt",)
