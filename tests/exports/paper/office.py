"""The source on paper: jobs of entries, what it was told of them, and its connector."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from connectors.kit.connector import Source
from connectors.kit.errors import JobIsClosed, OutcomeUnknown, RefuseRecord, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.limits import Limits
from connectors.kit.money import Money
from connectors.kit.paging import Page
from connectors.kit.records import (
    Company,
    Ending,
    EntryOutcome,
    Event,
    FetchedRecord,
    Job,
    JobState,
    Probe,
    Record,
    Refusal,
    Result,
    Subscription,
)
from database.acting import refuse_inside_transaction
from tests.exports.paper.books import Killed
from tests.exports.paper.target import FLOW, HOSTS


@dataclass
class Office:
    """Jobs, what was told of their entries, and how they ended. `troubles`: of the next tellings. `twice`: what was
    told again although its answer had been given."""

    jobs: dict[str, JobState] = field(default_factory=dict)
    entries: dict[str, list[str]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    told: dict[tuple[str, str], list[Result]] = field(default_factory=dict)
    ends: dict[str, list[JobState]] = field(default_factory=dict)
    troubles: deque[str] = field(default_factory=deque)
    answered: set[tuple[str, str]] = field(default_factory=set)
    twice: list[tuple[str, str]] = field(default_factory=list)

    def export(self, entries: list[str]) -> str:
        job = f"job-{len(self.jobs)}"
        self.jobs[job], self.entries[job], self.ends[job] = JobState.PENDING, entries, []
        return job

    def is_busy(self, entry: str) -> bool:
        return any(entry in self.entries[job] for job, state in self.jobs.items() if state.is_open)

    def require_open(self, job: str) -> None:
        if not self.jobs[job].is_open:
            raise JobIsClosed("The job is over.", failure=FailureClass.JOB_CANCELLED)

    def tell(self, do: Callable[[], None], about: Iterable[tuple[str, str]] = ()) -> None:
        trouble = self.troubles.popleft() if self.troubles else ""
        if trouble == "down":
            raise TryLater("The office is closed.")
        told = set(about)
        self.twice += sorted(told & self.answered)
        do()
        if trouble == "killed":
            raise Killed
        if trouble == "lost":
            raise OutcomeUnknown("No answer was read.")
        self.answered |= told


TROUBLES = ["down", "killed", "lost"]


class PaperSource(Source):
    key, name = "paper_source", "Paper source"
    flows, hosts, limits = (FLOW,), HOSTS, Limits(per_minute=1000)
    office: ClassVar[Office]

    def probe(self) -> Probe:
        return Probe(Company(self.company, "Paper"))

    def companies(self) -> Sequence[Company]:
        return [Company(self.company, "Paper")]

    def jobs(self) -> Iterator[Job]:
        return (self.job(job) for job, state in self.office.jobs.items() if state.is_open)

    def job(self, job_id: str) -> Job:
        refuse_inside_transaction()
        state = self.office.jobs[job_id]
        failure = FailureClass.JOB_CANCELLED if state is JobState.FAILED and not self.office.ends[job_id] else None
        made = datetime(2026, 1, 1, tzinfo=UTC)
        return Job(job_id, self.company, state, len(self.office.entries[job_id]), made, failure_class=failure)

    def entries(self, job: Job, after: str = "") -> Iterator[Page[str]]:
        yield Page(tuple(self.office.entries[job.id]))

    def records(self, job: Job, after: str = "") -> Iterator[Page[FetchedRecord]]:
        self.office.require_open(job.id)
        payloads = ({"id": entry, "note": self.office.notes[entry]} for entry in self.office.entries[job.id])
        yield Page(tuple(FetchedRecord(payload["id"], payload) for payload in payloads))

    def interpret(self, payload: Mapping[str, Any]) -> Record:
        amount = Money(Decimal(10), "EUR")
        return Record(payload["id"], "bill", date(2026, 1, 1), amount, (), payload["id"], note=payload["note"])

    def start(self, job: Job) -> None:
        self.office.tell(lambda: self.office.jobs.update({job.id: JobState.IN_PROGRESS}))

    def report(self, job: Job, outcomes: Sequence[EntryOutcome]) -> Sequence[Refusal]:
        self.office.require_open(job.id)
        self.office.tell(lambda: self._note(job.id, outcomes), [(job.id, outcome.entry) for outcome in outcomes])
        return []

    def _note(self, job: str, outcomes: Sequence[EntryOutcome]) -> None:
        for outcome in outcomes:
            self.office.told.setdefault((job, outcome.entry), []).append(outcome.result)

    def keep_alive(self, job: Job, entries: Sequence[str]) -> None:
        self.office.require_open(job.id)

    def finish(self, job: Job, ending: Ending) -> None:
        if self.office.ends[job.id] != [ending.state]:
            self.office.require_open(job.id)
        self.office.tell(lambda: self._end(job.id, ending.state), [(job.id, "")])

    def _end(self, job: str, state: JobState) -> None:
        """Telling the same again changes nothing."""
        self.office.jobs[job] = state
        if state not in self.office.ends[job]:
            self.office.ends[job].append(state)

    def export_again(self, job_id: str, entries: Sequence[str]) -> Job:
        if any(self.office.is_busy(entry) for entry in entries):
            raise RefuseRecord("Another job has them.", failure=FailureClass.CONFIG_INVALID)
        return self.job(self.office.export(list(entries)))

    def subscribe(
        self, address: str, *, known: Sequence[str] = (), over: Sequence[str] = (), renew: bool = False
    ) -> Subscription:
        return Subscription("1", "secret")

    @classmethod
    def verify_webhook(cls, secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        return "1"

    @classmethod
    def read_webhook(cls, body: bytes) -> Event:
        return Event("", "", "", "")
