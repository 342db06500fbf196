"""Judges from the outside: the source's lists, the ERP's ledger and its log, and PostgreSQL. Trusts none of them."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from connectors.kit.documents import Key, Part, marker
from connectors.kit.sandbox import Document
from database.acting import acting_for
from exports.models import ExportJob, Receipt, ReceiptState, Record, Report, ReportOutcome, Submission
from tests.customer import GONE, NUMBERS, Customer

WRITES = "PUT /api.xro/*"
FINE = [ReportOutcome.POSTED, ReportOutcome.ALREADY_THERE]
REVISIONS = (1, 2, 3, 4)


@dataclass
class Verdict:
    duplicates: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """All is well."""
        return not (self.duplicates or self.lost or self.unbalanced or self.blind)


class Books:
    """Every document that carries a mark of ours, read once, also those that were voided."""

    def __init__(self, customer: Customer) -> None:
        self.documents = [
            (str(document[number]), document)
            for collection, number in NUMBERS.items()
            for document in customer.target.written(collection, customer.organisation)
        ]

    def standing(self, entry: str, part: Part = Part.DOCUMENT) -> list[Document]:
        """Of any revision of the entry's posting, those that nobody took out of the books."""
        marks = [marker(Key(entry, part), revision) for revision in REVISIONS]
        return [
            document
            for number, document in self.documents
            if document["Status"] not in GONE and any(mark in number for mark in marks)
        ]


def judge(*customers: Customer, voided: Collection[str] = ()) -> Verdict:
    """Of all jobs that have ended. `voided`: entries of which a person has taken a document out of the books."""
    verdict = Verdict()
    for customer in customers:
        with acting_for(customer.tenant.pk):
            jobs = list(ExportJob.objects.exclude(ended_at=None).order_by("noticed_at"))
        books = Books(customer)
        for job in jobs:
            _judge_job(customer, job, verdict)
        _judge_entries(customer, jobs, books, verdict, voided)
        _judge_contacts(customer, verdict)
        _judge_money(customer, books, verdict)
        _judge_receipts(customer, verdict)
    _judge_calls(customers, verdict)
    return verdict


def _judge_job(customer: Customer, job: ExportJob, verdict: Verdict) -> None:
    """What we told the source of each entry is what it holds; a job that it ended itself is left as it was."""
    told = _told(customer, job)
    ends = customer.source.final_events(job.external_id)
    if job.closed_at is None:
        for item in customer.source.items(job.external_id):
            entry, status = item["accountingEntryId"], item["status"]
            if entry not in told or status != ("successful" if told[entry] in FINE else "failed"):
                verdict.lost.append(f"{entry}: told {told.get(entry)}, {status} at the source")
        if job.balanced is not True:
            verdict.unbalanced.append(f"{job}: balanced {job.balanced}, {job.state}")
        if ends != 1:
            verdict.unbalanced.append(f"{job} has {ends} final events")
    elif ends or (job.fetched_at and job.balanced is not True):
        verdict.unbalanced.append(f"{job}, ended by the source: balanced {job.balanced}, {ends} final events")


def _judge_entries(
    customer: Customer, jobs: list[ExportJob], books: Books, verdict: Verdict, voided: Collection[str]
) -> None:
    """The last word on each entry agrees with the books. Skipped is no word: that job came to nothing."""
    last: dict[str, tuple[ExportJob, str]] = {}
    for job in jobs:
        last |= {
            entry: (job, outcome)
            for entry, outcome in _told(customer, job).items()
            if entry not in last or outcome != ReportOutcome.SKIPPED
        }
    for entry, (job, outcome) in last.items():
        documents = books.standing(entry)
        if len(documents) > 1:
            verdict.duplicates.append(f"{entry} is {len(documents)} documents")
        if (outcome in FINE) != bool(documents) and entry not in voided:
            verdict.lost.append(f"{entry}: told {outcome} in {job}, {len(documents)} documents")


def _told(customer: Customer, job: ExportJob) -> dict[str, str]:
    with acting_for(customer.tenant.pk):
        return dict(Report.objects.filter(job=job).values_list("record__entry", "outcome"))


def _judge_contacts(customer: Customer, verdict: Verdict) -> None:
    active = [one for one in customer.target.contacts(customer.organisation) if one["ContactStatus"] == "ACTIVE"]
    for number, times in Counter(one["ContactNumber"] for one in active).items():
        if times > 1:
            verdict.duplicates.append(f"contact {number} is there {times} times")


def _judge_money(customer: Customer, books: Books, verdict: Verdict) -> None:
    """What was reported as posted is in the ERP's ledger, to the cent and the right way round, and nothing else."""
    with acting_for(customer.tenant.pk):
        posted = {one.entry: one for one in Record.objects.filter(report__outcome__in=FINE)}
    ours: list[str] = []
    for entry, record in posted.items():
        for document in books.standing(entry):
            ours.append(document["id"])
            if (total := amount_of(document)) != record.amount:
                verdict.unbalanced.append(f"{entry}: the ERP holds {total}, we say {record.amount} {record.currency}")
        ours += [document["id"] for document in books.standing(entry, Part.PAYMENT)]
    unknown = [
        (number, one) for number, one in books.documents if one["Status"] not in GONE and one["id"] not in ours
    ]
    verdict.unbalanced.extend(f"nobody knows of {number} ({one['id']}) in the ERP" for number, one in unknown)


def _judge_receipts(customer: Customer, verdict: Verdict) -> None:
    """Every receipt that we take for attached is at its document."""
    with acting_for(customer.tenant.pk):
        attached = Receipt.objects.filter(state=ReceiptState.ATTACHED)
        done = Counter(document for document, _ in set(attached.values_list("document_id", "place")))
    there = Counter(file["document"] for file in customer.target.written("attachments", customer.organisation))
    verdict.lost.extend(f"{number} receipts of document {document}" for document, number in (done - there).items())


def amount_of(document: Document) -> Decimal:
    """Signed as the record is: what is spent or owed is positive, money back is negative."""
    if "JournalLines" in document:
        first = Decimal(document["JournalLines"][0]["LineAmount"])
        debits = sum((amount for amount in _amounts(document) if amount > 0), Decimal(0))
        return debits if first > 0 else -debits
    total = Decimal(document["Total"] if "Total" in document else document["Amount"])
    is_back = document.get("Type") == "RECEIVE" or "CreditNoteNumber" in document
    return -total if is_back else total


def _amounts(journal: Document) -> list[Decimal]:
    return [Decimal(line["LineAmount"]) for line in journal["JournalLines"]]


def _judge_calls(customers: Sequence[Customer], verdict: Verdict) -> None:
    """Every write that the ERP saw was committed as an intent before."""
    writes = customers[0].target.log.entries(WRITES)
    seen = sum(entry.status != 401 and "/Attachments/" not in entry.path for entry in writes)
    meant = 0
    for customer in customers:
        with acting_for(customer.tenant.pk):
            meant += sum(Submission.objects.values_list("calls", flat=True))
    if seen > meant:
        verdict.blind.append(f"the ERP saw {seen} writes, {meant} were meant")
