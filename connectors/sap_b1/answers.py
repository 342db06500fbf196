"""What an answer says of the one document of its call. Pure."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from connectors.kit.documents import Created, Document, Draft, Found, Kind, Outcome, Refused, Unknown
from connectors.kit.errors import ContractBroken
from connectors.kit.failures import FailureClass
from connectors.kit.http import Answer
from connectors.kit.money import Money
from connectors.sap_b1 import ids, refusals
from connectors.sap_b1.calls import BUSY, Told, error_of, tells_nothing, told
from connectors.sap_b1.sending import VOUCHERS

WAITING = {"dasPending", "pasPending"}
REJECTED = {"dasRejected", "dasCancelled", "pasRejected", "pasCancelled"}
DRAFTS = "/Drafts"
TOO_LARGE = 413
LARGER_THAN_A_BODY = "The entry is larger than Business One takes at once. Split it and export it again."
A_PERSON_POSTS_IT = "It is a journal voucher, which a person posts in Business One."
PAID_ON_A_DRAFT = (
    "The invoice is a draft in Business One, or was one when it was posted from here, and only what is in the ledger"
    " is paid from here. Add the invoice and its payment in Business One by hand, and leave this entry out."
)
_KEYS = {Kind.VENDOR: "CardCode", Kind.JOURNAL: "JdtNum"}
_NUMBERS = {Kind.VENDOR: "CardName", Kind.JOURNAL: "Number"}


def read(draft: Draft, answer: Answer, now: datetime) -> tuple[Outcome, ...]:
    """Raises Reconnect, AskForPermission or TryLater when it concerns the call as a whole and nothing was done."""
    [document] = draft.documents
    if answer.ok and not draft.request.writes:
        return (Refused(document.key, FailureClass.MAPPING_MISSING, PAID_ON_A_DRAFT, subject="invoice"),)
    if answer.ok and draft.request.path.endswith(VOUCHERS):
        return (Created(document.key, voucher(document), (A_PERSON_POSTS_IT,)),)
    if answer.ok:
        return (_created(document, draft, answer),)
    said = told(answer)
    if answer.status == TOO_LARGE:  # said by the proxy, which passes nothing on
        return (Refused(document.key, FailureClass.VALIDATION_FIELD, LARGER_THAN_A_BODY, said.words, "size"),)
    if tells_nothing(answer) and said.code != BUSY:
        return (Unknown(document.key, f"{answer.status}: {said.words}"),)
    error = error_of(answer, now)
    if error and not isinstance(error, ContractBroken):
        raise error
    return (_refused(document, said),)


def _refused(document: Document, said: Told) -> Outcome:
    if not said.code or refusals.is_there(said):  # without a code it is a page of what stands before Business One
        return Unknown(document.key, said.words)
    failure, sentence, subject = refusals.classify(document, said)
    return Refused(document.key, failure, sentence, said.words, subject)


def _created(document: Document, draft: Draft, answer: Answer) -> Outcome:
    """Under an approval procedure what looks like an invoice is a draft; what does not say is looked for."""
    try:
        element = answer.json() if answer.body else {}
    except ContractBroken as broken:
        return Unknown(document.key, f"{broken.sentence} {broken.words}")
    key = _KEYS.get(document.kind, "DocEntry")
    if not isinstance(element, dict) or element.get(key) in (None, ""):
        return Unknown(document.key, f"Business One did not say which document it made: {answer.text()}")
    if _may_wait(draft) and "AuthorizationStatus" not in element:
        return Unknown(document.key, "Business One did not say whether it waits for approval.")
    if not _is_ours(document, element):
        return Unknown(document.key, "Business One answered with another document.")
    found = found_of(document, element, draft=_is_draft(draft, answer, element))
    return Created(document.key, found, (*_waiting(element), *_differences(document, found)))


def voucher(document: Document) -> Found:
    """Business One names nothing that was made; our reference leads to the entry that a person posts from it."""
    return Found(f"{ids.VOUCHER}{document.reference}", number="Journal voucher")


def _may_wait(draft: Draft) -> bool:
    return draft.documents[0].kind in {Kind.BILL, Kind.CREDIT} and not draft.request.path.endswith(DRAFTS)


def _is_draft(draft: Draft, answer: Answer, element: Mapping[str, Any]) -> bool:
    """By what was asked for, by its authorisation, or by the place that the answer names."""
    asked = draft.request.path.endswith(DRAFTS)
    return asked or _waits(element) or "Drafts(" in answer.headers.get("location", "")


def _is_ours(document: Document, element: Mapping[str, Any]) -> bool:
    """Every field that can hold our reference, and that the answer shows, holds it."""
    marks = [name for name, value in document.content.items() if value == document.reference]
    return all(element.get(name, document.reference) == document.reference for name in marks)


def found_of(document: Document, element: Mapping[str, Any], *, draft: bool = False) -> Found:
    kind = document.kind
    vendor = element.get("CardCode", "") if kind in {Kind.BILL, Kind.CREDIT} else ""
    number = str(element.get(_NUMBERS.get(kind, "DocNum")) or "")
    return Found(
        document_id=ids.of(element[_KEYS.get(kind, "DocEntry")], vendor, draft=draft),
        number=f"Draft {element['DocEntry']}" if draft else number,
        total=_total(document, element),
        void=element.get("Cancelled") == "tYES" or element.get("AuthorizationStatus") in REJECTED,
    )


def _total(document: Document, element: Mapping[str, Any]) -> Money | None:
    """In the document's currency, as planning wrote it."""
    ours, foreign = document.total, "DocTotalFc" if "RowTotalFC" in str(document.content) else "DocTotal"
    if ours is None or document.kind not in {Kind.BILL, Kind.CREDIT} or foreign not in element:
        return None
    amount = Decimal(str(element[foreign]))
    return Money(ours.amount if amount == ours.amount else amount, ours.currency)


def _waits(element: Mapping[str, Any]) -> bool:
    return element.get("AuthorizationStatus") in WAITING


def _waiting(element: Mapping[str, Any]) -> tuple[str, ...]:
    if not _waits(element):
        return ()
    return (f"It waits for approval in Business One, as draft {element['DocEntry']}.",)


def _differences(document: Document, found: Found) -> tuple[str, ...]:
    ours, theirs = document.total, found.total
    if ours is None or theirs is None or ours == theirs:
        return ()
    return (f"total differs: {theirs} in Business One, {ours} in the entry",)
