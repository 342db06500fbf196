"""Compares a posted document with what the ERP has under our reference, or under its id. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.kit.documents import Found
from exports.models import Posting
from exports.states import DiscrepancyKind

DOUBLE = "{number} stands {times} times in {erp}: {numbers}. Void all but the right one there."
MISSING = "{number} is not in {erp} any more."
ANOTHER = " {numbers} carries its reference."
VOIDED = "{number} was voided in {erp}. If its entry is exported again, it is posted anew."
OTHER_TOTAL = "{number} is in {erp} with {there}; it was posted with {here}."


@dataclass(frozen=True)
class Difference:
    kind: DiscrepancyKind
    sentence: str


def difference(posting: Posting, ones: Sequence[Found], by_id: Found | None, erp: str) -> Difference | None:
    """None: both agree. `ones` carry our reference; `by_id` has the posting's id, and may carry another by now."""
    own = next((one for one in ones if one.document_id == posting.document_id), by_id)
    mine = {posting.document_id, own.document_id if own else ""}  # a draft that was added has another id since
    others = [one for one in ones if one.document_id not in mine and not one.void]
    told = {"number": posting.document_number or posting.reference, "erp": erp, "numbers": _numbers(others)}
    if own is None:
        return Difference(DiscrepancyKind.MISSING, (MISSING + (ANOTHER if others else "")).format(**told))
    if own.void:
        return Difference(DiscrepancyKind.VOIDED, (VOIDED + (ANOTHER if others else "")).format(**told))
    if others:
        told["numbers"] = _numbers([own, *others])
        return Difference(DiscrepancyKind.DOUBLE, DOUBLE.format(times=len(others) + 1, **told))
    if own.total and _differs(posting, own):
        here = f"{posting.document_total} {posting.currency}"
        return Difference(DiscrepancyKind.OTHER_TOTAL, OTHER_TOTAL.format(there=own.total, here=here, **told))
    return None


def _numbers(ones: Sequence[Found]) -> str:
    return ", ".join(one.number or one.document_id for one in ones)


def _differs(posting: Posting, own: Found) -> bool:
    """What the ERP does not tell is not compared."""
    total = own.total
    if total is None or posting.document_total is None:
        return False
    return total.amount != posting.document_total or bool(total.currency and total.currency != posting.currency)
