"""What a run would find before it posts: documents that are in the ERP already, and those that a person voided there
and that go anew as the next revision. As rechecking, posting and resolving see it; nothing is written."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from connectors.kit.connector import Target
from connectors.kit.documents import ASIDE, Document, Found, Key
from database.acting import acting_for
from exports import restoring, revising, rows
from exports.models import ExportJob, Posting, PostingState, SubmissionPosting
from exports.outcomes import UNDER_WAY


@dataclass(frozen=True)
class Foreseen:
    """`there`: what is in the ERP, so that nothing would be sent. `revisions`: in which one all else would go."""

    there: Mapping[Key, Found]
    revisions: Mapping[Key, int]


@dataclass(frozen=True)
class _Ledger:
    """`sent`: of which something may be in the ERP."""

    newest: Mapping[Key, Posting]
    sent: Set[Key]
    of_this_job: Set[Key]

    def revision(self, key: Key) -> int:
        return self.newest[key].revision if key in self.newest else 1


def foresee(job: ExportJob, target: Target, documents: Mapping[Key, Document]) -> Foreseen:
    """`job` with its installation loaded. Call outside any transaction. Raises what the target's reads raise."""
    ledger = _ledger(job, documents)
    posted = {key: row for key, row in ledger.newest.items() if row.state == PostingState.POSTED}
    voided, gone = _lost(target, posted, ledger.of_this_job)
    sought = {
        key: rows.as_sent(document, ledger.newest[key]) if key in ledger.newest else document
        for key, document in documents.items()
        if key in gone or (key not in posted and (document.look_first or key in ledger.sent))
    }
    found = target.find(list(sought.values())) if sought else {}
    standing = {key: [one for one in found.get(key, ()) if not one.void] for key in sought}
    there = {key: Found(row.document_id, row.document_number) for key, row in posted.items()}
    there = {key: one for key, one in there.items() if key not in voided | gone}
    there |= {key: ones[0] for key, ones in standing.items() if len(ones) == 1}
    anew = voided | {key for key in gone if not standing.get(key)}
    anew |= {key for key, ones in found.items() if key in ledger.sent and revising.is_voided(key, ones)}
    return Foreseen(there, {key: ledger.revision(key) + (key in anew) for key in documents})


def _ledger(job: ExportJob, documents: Mapping[Key, Document]) -> _Ledger:
    by_this_job = SubmissionPosting.objects.filter(posting=OuterRef("pk"), submission__job=job)
    with acting_for(job.tenant_id):
        mine = Posting.objects.filter(books=job.installation.books, entry__in={key.entry for key in documents})
        newest = {rows.key_of(row): row for row in mine.select_related("record").order_by("revision")}
        sent = rows.sent_before(newest.values())
        may_be_there = {key for key, row in newest.items() if row.pk in sent or row.state in UNDER_WAY}
        forgetful = restoring.may_have_forgotten()
        own = set(mine.filter(Exists(by_this_job)).values_list("pk", flat=True))
    return _Ledger(
        newest,
        set(documents) if forgetful else may_be_there,
        {key for key, row in newest.items() if row.pk in own},
    )


def _lost(target: Target, posted: Mapping[Key, Posting], of_this_job: Set[Key]) -> tuple[set[Key], set[Key]]:
    """What was voided, and what the ERP does not know any more, of what earlier jobs have posted."""
    earlier = {key: row for key, row in posted.items() if key.part not in ASIDE and key not in of_this_job}
    known = [(rows.as_posted(row), row.document_id) for row in earlier.values()]
    standing = target.standing(known) if known else {}
    return {key for key, one in standing.items() if one.void}, earlier.keys() - standing.keys()
