"""Discrepancies between ledger and ERP: written when found, closed when both agree. Call inside `acting_for`."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet

from audit import services as audit
from connectors.kit.failures import FailureClass
from exports.comparing import Difference
from exports.models import Discrepancy, Posting, PostingState, Reconciliation
from exports.states import DiscrepancyKind
from exports.trip import now
from incidents import services as incidents
from incidents.models import Incident
from installations.models import Installation

NAMED, LISTED = 5, 50
SENTENCES = {
    DiscrepancyKind.DOUBLE: "Of {n} posted, more than one is in {erp}: {names}. Void all but the right one there.",
    DiscrepancyKind.MISSING: "Of what was posted, {n} is not in {erp} any more: {names}. Find out who took it out.",
    DiscrepancyKind.OTHER_TOTAL: "Of what was posted, {n} has another total in {erp}: {names}. Compare them.",
}


def write(
    reconciliation: Reconciliation, postings: Sequence[Posting], differences: Mapping[UUID, Difference], erp: str
) -> None:
    """What is known already is told no second time, so that a person who has mended it is not asked again."""
    still = _still_as_compared(postings)
    known = {one.posting_id: one for one in Discrepancy.objects.filter(posting__in=still, closed_at=None)}
    fresh = []
    for posting in still:
        found, before = differences.get(posting.pk), known.get(posting.pk)
        if found and before and (before.kind, before.sentence) == (found.kind, found.sentence):
            continue
        if before:
            _close([before])
        if found:
            fresh.append(_new(reconciliation, posting, found))
    Discrepancy.objects.bulk_create(fresh)
    for kind in SENTENCES:
        if any(one.kind == kind for one in fresh):
            _tell(reconciliation.installation, kind, erp)


def open_of(installation: Installation) -> QuerySet[Discrepancy]:
    return Discrepancy.objects.filter(posting__books=installation.books, closed_at=None)


def close_what_is_no_more(installation: Installation) -> None:
    """Of what was voided and is posted anew, or skipped, nothing is owed."""
    _close(list(open_of(installation).exclude(posting__state=PostingState.POSTED)))


def _still_as_compared(postings: Sequence[Posting]) -> list[Posting]:
    """An export may have taken one up while the ERP was read."""
    locked = Posting.objects.select_for_update().filter(pk__in=[posting.pk for posting in postings])
    now_there = dict(locked.filter(state=PostingState.POSTED).values_list("pk", "document_id"))
    return [posting for posting in postings if now_there.get(posting.pk) == posting.document_id]


def _new(reconciliation: Reconciliation, posting: Posting, found: Difference) -> Discrepancy:
    return Discrepancy(
        tenant_id=posting.tenant_id,
        posting=posting,
        reconciliation=reconciliation,
        kind=found.kind,
        sentence=found.sentence,
        found_at=now(),
    )


def _tell(installation: Installation, kind: DiscrepancyKind, erp: str) -> None:
    """One incident a kind: what is new, with what its open incident told before."""
    told = open_of(installation).filter(kind=kind, incident__mended_at=None).order_by("found_at", "pk")
    named = [one.posting.document_number or one.posting.reference for one in told.select_related("posting")[:NAMED]]
    count = told.count()
    names = ", ".join(named) + (f" and {count - NAMED} more" if count > NAMED else "")
    incident = incidents.open_incident(
        installation.tenant_id,
        FailureClass.BALANCE_MISMATCH,
        about=f"{installation.pk}:{kind}",
        sentence=SENTENCES[kind].format(n=count, erp=erp, names=names),
        words="\n".join(told.values_list("sentence", flat=True)[:LISTED]),
        connection_id=installation.target_id,
    )
    told.filter(incident=None).order_by().update(incident=incident)


def _close(ones: Sequence[Discrepancy]) -> None:
    """With the last of an incident's, the incident."""
    Discrepancy.objects.filter(pk__in=[one.pk for one in ones]).update(closed_at=now())
    told = Incident.objects.filter(pk__in={one.incident_id for one in ones if one.incident_id}, mended_at=None)
    for incident in told:
        if not incident.discrepancies.filter(closed_at=None).exists():
            incidents.mend(incident, actor=audit.PLATFORM)
