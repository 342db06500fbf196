"""A document that a person voided in the ERP is posted anew, as the next revision. Call inside `acting_for`."""

from audit import services as audit
from connectors.kit.errors import RefuseRecord
from exports import deciding, rows
from exports.models import Posting, PostingState
from exports.trip import Trip


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
