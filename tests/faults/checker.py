"""Judges from the outside: the source's lists, the ERP's ledger and its log, and PostgreSQL. Trusts none of them."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from connectors.kit.sandbox import Document
from database.acting import acting_for
from exports.models import ExportJob, Record, Report, ReportOutcome, Submission
from tests.customer import GONE, Customer

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
    """What was reported as posted is, currency by currency, what the ERP's ledger comes to."""
    ledger: dict[str, Decimal] = defaultdict(Decimal)
    for bill in _standing(customer.target.bills(customer.organisation)):
        ledger[bill["CurrencyCode"]] += Decimal(bill["Total"])
    ours: dict[str, Decimal] = defaultdict(Decimal)
    with acting_for(customer.tenant.pk):
        posted = {one.entry: one for one in Record.objects.filter(report__outcome__in=FINE)}
    for record in posted.values():
        ours[record.currency] += record.amount or Decimal(0)
    if ledger != ours:
        verdict.unbalanced.append(f"the ERP holds {dict(ledger)}, we say {dict(ours)}")


def _judge_calls(customer: Customer, verdict: Verdict) -> None:
    """Every write that the ERP saw was committed as an intent before."""
    seen = sum(entry.status != 401 for entry in customer.target.log.entries(WRITES))
    with acting_for(customer.tenant.pk):
        meant = sum(Submission.objects.values_list("calls", flat=True))
    if seen > meant:
        verdict.blind.append(f"the ERP saw {seen} writes, {meant} were meant")


def _standing(bills: list[Document]) -> list[Document]:
    return [bill for bill in bills if bill["Status"] not in GONE]
