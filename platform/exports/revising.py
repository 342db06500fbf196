"""A document that a person voided in the ERP is posted anew, as the next revision. Call inside `acting_for`."""

from collections.abc import Sequence

from audit import services as audit
from connectors.kit.documents import ASIDE, Found, Key
from connectors.kit.errors import RefuseRecord
from exports import deciding, rows
from exports.models import Posting, PostingState
from exports.trip import Trip

VOIDED = "Voided in the ERP by a person."


def is_voided(key: Key, ones: Sequence[Found]) -> bool:
    """`ones`: what the ERP has of a document that was sent. A vendor never is: it has no revisions, its reference is
    its number in the ERP for good, and one that people have put away is as little there as none. If the ERP will not
    have another beside it, its refusal says so."""
    return key.part not in ASIDE and bool(ones) and all(one.void for one in ones)


def next_revision(trip: Trip, posting: Posting, why: str) -> None:
    """`why`: what was seen in the ERP. What was to be posted on the old document waits for the new one."""
    posting.state, posting.reason = PostingState.SKIPPED, why
    posting.save(update_fields=["state", "reason"])
    try:
        document = rows.document_in_revision(trip, posting.record, rows.key_of(posting), posting.revision + 1)
    except RefuseRecord as refusal:
        deciding.refuse(trip, posting.record, refusal)
        return
    anew = rows.new(trip, posting.record, document, _newest(posting.needs))
    anew.save()
    Posting.objects.filter(needs=posting, state=PostingState.PLANNED).update(needs=anew)
    detail = {"voided": posting.document_id, "revision": anew.revision}
    audit.record("posting.revised", anew, actor=audit.PLATFORM, tenant_id=anew.tenant_id, detail=detail)


def _newest(needed: Posting | None) -> Posting | None:
    """It may just have been voided itself."""
    if needed is None:
        return None
    same = Posting.objects.filter(books=needed.books, entry=needed.entry, part=needed.part)
    return same.order_by("-revision").first()
