"""Judges from the outside: the source's lists, the ERP's ledger and its log, and PostgreSQL. Trusts none of them."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from connectors.kit.documents import Part
from connectors.kit.sandbox import Document
from database.acting import acting_for
from exports.models import ExportJob, Record, Report, ReportOutcome, Submission
from tests.customer import GONE, NUMBERS, Customer

WRITES = "PUT /api.xro/*"
FINE = [ReportOutcome.POSTED, ReportOutcome.ALREADY_THERE]


@dataclass
class Verdict:
    duplicates: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """All is well."""
        return not (self.duplicates or self.lost or self.unbalanced or self.blind)


def judge(customer: Customer) -> Verdict:
    """Of all jobs that have ended; it was we who ended them."""
    verdict = Verdict()
    with acting_for(customer.tenant.pk):
        jobs = list(ExportJob.objects.exclude(ended_at=None))
    for job in jobs:
        _judge_job(customer, job, verdict)
    _judge_contacts(customer, verdict)
    _judge_money(customer, verdict)
    _judge_calls(customer, verdict)
    return verdict


def _judge_job(customer: Customer, job: ExportJob, verdict: Verdict) -> None:
    items = {item["accountingEntryId"]: item["status"] for item in customer.source.items(job.external_id)}
    with acting_for(customer.tenant.pk):
        told = dict(Report.objects.filter(job=job).values_list("record__entry", "outcome"))
    for entry, status in items.items():
        documents = _standing(customer.documents(entry))
        if len(documents) > 1:
            verdict.duplicates.append(f"{entry} is {len(documents)} documents")
        if (told.get(entry) in FINE) != bool(documents) or entry not in told:
            verdict.lost.append(f"{entry}: told {told.get(entry)}, {len(documents)} documents")
        if status != ("successful" if documents else "failed"):
            verdict.lost.append(f"{entry} is {status} at the source, {len(documents)} documents")
    if job.balanced is not True:
        verdict.unbalanced.append(f"{job}: balanced {job.balanced}, {job.state}")
    if (ends := customer.source.final_events(job.external_id)) != 1:
        verdict.unbalanced.append(f"{job} has {ends} final events")


def _judge_contacts(customer: Customer, verdict: Verdict) -> None:
    active = [one for one in customer.target.contacts(customer.organisation) if one["ContactStatus"] == "ACTIVE"]
    for number, times in Counter(one["ContactNumber"] for one in active).items():
        if times > 1:
            verdict.duplicates.append(f"contact {number} is there {times} times")


def _judge_money(customer: Customer, verdict: Verdict) -> None:
    """What was reported as posted is in the ERP's ledger, to the cent and the right way round, and nothing else."""
    with acting_for(customer.tenant.pk):
        posted = {one.entry: one for one in Record.objects.filter(report__outcome__in=FINE)}
    ours = []
    for entry, record in posted.items():
        for document in _standing(customer.documents(entry)):
            ours.append(document["id"])
            if (total := amount_of(document)) != record.amount:
                verdict.unbalanced.append(f"{entry}: the ERP holds {total}, we say {record.amount} {record.currency}")
        ours += [document["id"] for document in customer.documents(entry, part=Part.PAYMENT)]
    theirs = [one["id"] for name in NUMBERS for one in customer.target.written(name, customer.organisation)]
    standing = [one for one in theirs if one not in ours and _stands(customer, one)]
    verdict.unbalanced.extend(f"nobody knows of {document} in the ERP" for document in standing)


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


def _stands(customer: Customer, document_id: str) -> bool:
    return customer.target.people.find(document_id)[1]["Status"] not in GONE


def _judge_calls(customer: Customer, verdict: Verdict) -> None:
    """Every write that the ERP saw was committed as an intent before."""
    writes = customer.target.log.entries(WRITES)
    seen = sum(entry.status != 401 and "/Attachments/" not in entry.path for entry in writes)
    with acting_for(customer.tenant.pk):
        meant = sum(Submission.objects.values_list("calls", flat=True))
    if seen > meant:
        verdict.blind.append(f"the ERP saw {seen} writes, {meant} were meant")


def _standing(bills: list[Document]) -> list[Document]:
    return [bill for bill in bills if bill["Status"] not in GONE]
