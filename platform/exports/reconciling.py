"""Reconciliation: every night the ERP is read by our references, and what it has is compared with the ledger.

Nothing is written in the ERP, and what is uncertain is left to its run. A cause is one incident: all that is missing,
all that is there twice. What is right again closes it; what a person has mended is told no second time.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from audit import services as audit
from connectors.kit.connector import Target
from connectors.kit.documents import ASIDE, Found, Key
from connectors.kit.errors import ConnectorError, RateLimited
from database.acting import acting_for
from exports import discrepancies, rows
from exports.comparing import Difference, difference
from exports.models import Discrepancy, Posting, PostingState, Reconciliation
from exports.trip import now, require_usable, target_class
from installations import services as installations
from installations.models import Installation
from jobs import services as jobs
from jobs.calls import open_line
from jobs.handlers import Again, Ended, Next
from jobs.models import TriggerKind
from jobs.slices import Slice, pause

KIND = "reconciliation"
CHUNK = 50
ATTEMPTS = 5
LATEST = timedelta(hours=1)
GIVEN_UP = timedelta(hours=20)  # the next night's begins anew


def ask(installation: Installation, *, actor: str) -> None:
    """A person wants it now. Inside `acting_for`."""
    jobs.open_run(
        installation.tenant_id,
        KIND,
        installation.pk,
        lane=uuid4(),  # it only reads, so the exports go on beside it
        keys=installation.keys,
        trigger=TriggerKind.MANUAL,
        detail=actor,
    )
    audit.record("reconciliation.asked", installation, actor=actor, tenant_id=installation.tenant_id)


def reconcile(current: Slice) -> Next:
    """The handler of reconciliation runs."""
    with acting_for(current.held.tenant_id):
        found = Installation.objects.select_related("target__application")
        installation = found.get(pk=current.held.subject_id)
        chosen = installations.current(installation).read()
        current.hold()
        reconciliation = _begun(current, installation)
    if not installation.is_active:
        return _end(current, reconciliation, "The installation is not active.")
    try:
        require_usable(installation.target)
        vendor, run = target_class(installation), current.held.run_id
        with open_line(installation.target, vendor, settings=chosen, run_id=run, modest=True) as line:
            return _compare_all(current, reconciliation, line.connector)
    except ConnectorError as error:
        return _stopped(current, reconciliation, error)


def _begun(current: Slice, installation: Installation) -> Reconciliation:
    row, _ = Reconciliation.objects.get_or_create(
        tenant_id=installation.tenant_id,
        run_id=current.held.run_id,
        defaults={
            "installation": installation,
            "since": now() - timedelta(days=settings.RECONCILE_DAYS),
            "started_at": now(),
        },
    )
    return row


def _compare_all(current: Slice, reconciliation: Reconciliation, target: Target) -> Next:
    while postings := _next_chunk(reconciliation, target):
        differences = _compared(target, postings)
        with acting_for(current.held.tenant_id):
            current.hold()
            discrepancies.write(reconciliation, postings, differences, target.name)
            reconciliation.position = postings[-1].entry
            reconciliation.compared += len(postings)
            reconciliation.save(update_fields=["position", "compared"])
        current.progress = True
        if current.is_over:
            return Again(remark=f"{reconciliation.compared} documents were compared so far.")
    return _end(current, reconciliation, "")


def _next_chunk(reconciliation: Reconciliation, target: Target) -> Sequence[Posting]:
    """Whole entries, in their order. What the ERP may not show yet is left to the next night."""
    with acting_for(reconciliation.tenant_id):
        open_ones = Discrepancy.objects.filter(posting=OuterRef("pk"), closed_at=None)
        posted = Posting.objects.filter(
            Q(posted_at__gte=reconciliation.since) | Exists(open_ones),
            books=reconciliation.installation.books,
            state=PostingState.POSTED,
            posted_at__lt=reconciliation.started_at - target.settle,
            entry__gt=reconciliation.position,
        ).exclude(part__in=ASIDE)
        chosen = list(posted.select_related("record").order_by("entry", "part")[: CHUNK + 1])
    if len(chosen) <= CHUNK:
        return chosen
    return [posting for posting in chosen if posting.entry != chosen[-1].entry]


def _compared(target: Target, postings: Sequence[Posting]) -> Mapping[UUID, Difference]:
    """By reference, many a call; by its id, which may cost a call each, only what is not found so."""
    documents = {posting.pk: rows.as_posted(posting) for posting in postings}
    there = target.find(list(documents.values()))
    missed = [p for p in postings if all(one.document_id != p.document_id for one in _ones(there, p))]
    by_id = target.standing([(documents[p.pk], p.document_id) for p in missed]) if missed else {}
    compared = {p.pk: difference(p, _ones(there, p), by_id.get(rows.key_of(p)), target.name) for p in postings}
    return {pk: found for pk, found in compared.items() if found}


def _ones(there: Mapping[Key, Sequence[Found]], posting: Posting) -> Sequence[Found]:
    return there.get(rows.key_of(posting), ())


def _stopped(current: Slice, reconciliation: Reconciliation, error: ConnectorError) -> Next:
    """The exports go first, and have their own incidents for what does not work."""
    if now() - reconciliation.started_at < GIVEN_UP:
        if isinstance(error, RateLimited):
            return Again(min(error.wait or LATEST, LATEST), progress=True, remark=error.sentence)
        if current.held.attempts < ATTEMPTS:
            return Again(pause(current.held.attempts) + timedelta(seconds=5), remark=error.sentence)
    return _end(current, reconciliation, error.sentence)


def _end(current: Slice, reconciliation: Reconciliation, why: str) -> Ended:
    """`why` it did not come to its end; else empty."""
    with acting_for(current.held.tenant_id):
        current.hold()
        discrepancies.close_what_is_no_more(reconciliation.installation)
        open_still = discrepancies.open_of(reconciliation.installation).count()
        told = f"{reconciliation.compared} documents were compared; {open_still} do not agree."
        reconciliation.ended_at, reconciliation.remark = now(), f"{told} {why}".strip()
        reconciliation.save(update_fields=["ended_at", "remark"])
    return Ended(reconciliation.remark)
