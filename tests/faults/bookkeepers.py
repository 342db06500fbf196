"""Customers at work while things break: they export, cancel, correct, void, and export again."""

import math
import random
import time
from dataclasses import dataclass, field

from connectors.kit.sandbox import Refused
from database.acting import acting_for
from exports.models import ExportJob, Report, ReportOutcome
from tests.customer import Customer, authorise, choose, on_account

KINDS = ("card_purchase", "refund", "out_of_pocket", "mileage", "invoice", "fee", "direct_reimbursement")
UNKNOWN_ACCOUNT, KNOWN_ACCOUNT = "9999", "5800"
FINE = [ReportOutcome.POSTED, ReportOutcome.ALREADY_THERE]


@dataclass
class Bookkeeper:
    """One job at a time, as at the source. The seed decides what is done; when it is done, the product."""

    customer: Customer
    chance: random.Random
    seed: str
    jobs: list[str] = field(default_factory=list)
    exported: set[str] = field(default_factory=set)
    cancelled: int = 0
    corrected: int = 0
    reconnected: int = 0
    voided: set[str] = field(default_factory=set)
    _wrong: set[str] = field(default_factory=set)
    _patience: float = math.inf

    def act(self) -> None:
        """Called again and again: clicks Export when nothing is open, else sometimes Cancel."""
        if self.has_open_job():
            if time.monotonic() > self._patience:
                self.customer.source.cancel(self.jobs[-1])
                self.cancelled += 1
            return
        again = self._undone() + self._void_some()
        fresh = self.customer.entries(self.chance.randrange(4, 24), *KINDS, files=True, seed=self.seed)
        self._spoil_some(fresh)
        self._export([*fresh, *again])

    def reconnect_what_died(self) -> None:
        """A one-use token whose successor died with a worker cannot be had again: the customer clicks Connect."""
        for side in ("source", "target"):
            connection = getattr(self.customer.installation, side)
            with acting_for(self.customer.tenant.pk):
                connection.refresh_from_db()
            if not connection.is_usable:
                company = self.customer.tenant.name
                choose(authorise(connection, company), company)
                self.reconnected += 1

    def has_open_job(self) -> bool:
        return bool(self.jobs) and self.customer.source.job(self.jobs[-1])["status"] in {"pending", "in_progress"}

    def progress(self) -> int:
        """Grows with each record that is decided."""
        with acting_for(self.customer.tenant.pk):
            return Report.objects.count()

    def _export(self, entries: list[str]) -> None:
        try:
            made = self.customer.source.export(self.customer.company, entries, again=True)
        except Refused:  # an entry waits for its contra account, say: the next click is another one
            return
        self.jobs.append(str(made["id"]))
        impatient = self.chance.random() < 0.15
        self._patience = time.monotonic() + self.chance.uniform(0.2, 6) if impatient else math.inf
        self.exported.update(entries)

    def _spoil_some(self, entries: list[str]) -> None:
        for entry in entries:
            if self.chance.random() < 0.04:
                self.customer.source.edit_entry(entry, on_account(UNKNOWN_ACCOUNT))
                self._wrong.add(entry)

    def _undone(self) -> list[str]:
        """What the last job did not bring to the books, corrected if that was the reason."""
        last = self.customer.source.items(self.jobs[-1]) if self.jobs else []
        left = [item["accountingEntryId"] for item in last if item["status"] in {"abandoned", "failed"}]
        for entry in sorted(self._wrong.intersection(left)):
            self.customer.source.edit_entry(entry, on_account(KNOWN_ACCOUNT))
            self._wrong.discard(entry)
            self.corrected += 1
        return left

    def _void_some(self) -> list[str]:
        """A person takes a document out of the ERP's books, and exports its entry again."""
        if self.chance.random() > 0.3:
            return []
        with acting_for(self.customer.tenant.pk):
            last = ExportJob.objects.exclude(ended_at=None).order_by("-noticed_at").first()
            reports = Report.objects.filter(job=last, outcome__in=FINE).order_by("record__position")
            posted = list(reports.values_list("record__entry", flat=True))
        if not posted:
            return []
        entry = self.chance.choice(posted)
        standing = [one for one in self.customer.documents(entry) if one["Status"] not in {"VOIDED", "DELETED"}]
        if len(standing) != 1 or not self.customer.target.people.void(standing[0]["id"]):
            return []
        self.voided.add(entry)
        return [entry]
