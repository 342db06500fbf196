"""Two vendors on paper, in this process: what stands in their books is known at once, and how they answer is told.

`Books` is the ERP with its memory of keys, `Office` the source. Their connectors are as small as the kit allows.
"""

import json
import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, ClassVar

from connectors.kit.connector import Environment, Reference, Source, Target
from connectors.kit.documents import (
    Created,
    Document,
    Draft,
    Found,
    Key,
    Kind,
    Outcome,
    Part,
    Refused,
    Unknown,
    marker,
)
from connectors.kit.errors import JobIsClosed, OutcomeUnknown, RateLimited, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.flows import AuthorisationCode, Endpoint
from connectors.kit.http import Answer, Client, Ready, Request
from connectors.kit.idempotency import NativeKey
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
from connectors.kit.settings import Settings
from database.acting import refuse_inside_transaction

HOSTS = {Environment.PRODUCTION: {"api": "https://paper.example"}, Environment.SANDBOX: {}}
FLOW = AuthorisationCode(authorise=Endpoint("api", "/a"), token=Endpoint("api", "/t"), scopes=(), pkce=False)
KEY_KEPT = timedelta(minutes=6)


class Killed(BaseException):
    """The process dies here: nothing after it runs, and nothing catches it."""


@dataclass
class Paper:
    """A document in the ERP. `ours`: made by a write of ours, not by a person."""

    id: str
    reference: str
    total: Decimal
    ours: bool = True
    void: bool = False


@dataclass
class Books:
    """The ERP. `answers` are how it meets the next writes, `blind` how many look-ups it fails to answer."""

    papers: list[Paper] = field(default_factory=list)
    answers: deque[str] = field(default_factory=deque)
    blind: int = 0
    passed: timedelta = timedelta(0)
    stolen: Callable[[], None] = lambda: None
    keys: dict[str, tuple[timedelta, Answer]] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=count)

    def live(self, reference: str) -> list[Paper]:
        return [paper for paper in self.papers if paper.reference == reference and not paper.void]

    def write(self, request: Request) -> Answer:
        key = request.headers["key"]
        kept_at, kept = self.keys.get(key, (timedelta(0), None))
        how = self.answers.popleft() if self.answers else "made"
        if kept and self.passed - kept_at < KEY_KEPT and how != "limited":  # that is looked at before the key
            return self._fail(how) if " with" in how else kept
        if how.endswith("without"):
            return self._fail(how)
        answer = self._make(json.loads(request.body), how)
        if how != "limited":
            self.keys[key] = self.passed, answer
        return self._fail(how) if how.endswith("with") else self._given(how, answer)

    def _make(self, elements: list[dict[str, str]], how: str) -> Answer:
        if how == "limited":
            return Answer(429, {}, b"[]")
        if how == "refused":
            return Answer(200, {}, json.dumps([None for _ in elements]).encode())
        made = [Paper(f"doc-{next(self.ids)}", one["reference"], Decimal(one["total"])) for one in elements]
        self.papers += made
        told = made[:1] if how == "half told" else made
        return Answer(200, {}, json.dumps([{"id": paper.id, "total": str(paper.total)} for paper in told]).encode())

    def _given(self, how: str, answer: Answer) -> Answer:
        """The answer may come when the run is another worker's already."""
        if how == "stolen":
            self.stolen()
        return answer

    def _fail(self, how: str) -> Answer:
        if how.startswith("killed"):
            raise Killed
        if how.startswith("lost"):
            raise OutcomeUnknown("No answer was read.")
        return Answer(500, {}, b"")


ANSWERS = [
    "made",
    "refused",
    "limited",
    "half told",
    "stolen",
    *(f"{how} {wrote}" for how in ("killed", "lost", "broken") for wrote in ("with", "without")),
]


@dataclass
class Office:
    """The source: jobs, what was told of their entries, and how they ended. `troubles`: of the next tellings."""

    jobs: dict[str, JobState] = field(default_factory=dict)
    entries: dict[str, list[str]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    told: dict[tuple[str, str], list[Result]] = field(default_factory=dict)
    ends: dict[str, list[JobState]] = field(default_factory=dict)
    troubles: deque[str] = field(default_factory=deque)

    def export(self, entries: list[str]) -> str:
        job = f"job-{len(self.jobs)}"
        self.jobs[job], self.entries[job], self.ends[job] = JobState.PENDING, entries, []
        return job

    def is_busy(self, entry: str) -> bool:
        return any(entry in self.entries[job] for job, state in self.jobs.items() if state.is_open)

    def require_open(self, job: str) -> None:
        if not self.jobs[job].is_open:
            raise JobIsClosed("The job is over.", failure=FailureClass.JOB_CANCELLED)

    def tell(self, do: Callable[[], None]) -> None:
        trouble = self.troubles.popleft() if self.troubles else ""
        if trouble == "down":
            raise TryLater("The office is closed.")
        do()
        if trouble == "killed":
            raise Killed
        if trouble == "lost":
            raise OutcomeUnknown("No answer was read.")


TROUBLES = ["down", "killed", "lost"]


class Pen(Client):
    """The client's place: a call is a line in the books."""

    longest_call = timedelta(seconds=45)

    def __init__(self, books: Books) -> None:
        self.books = books

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def prepare(self) -> Ready:
        refuse_inside_transaction()
        return Ready("", math.inf)

    def send(self, request: Request, ready: Ready | None = None) -> Answer:
        refuse_inside_transaction()
        return self.books.write(request)


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
        self.office.tell(lambda: self._note(job.id, outcomes))
        return []

    def _note(self, job: str, outcomes: Sequence[EntryOutcome]) -> None:
        for outcome in outcomes:
            self.office.told.setdefault((job, outcome.entry), []).append(outcome.result)

    def keep_alive(self, job: Job, entries: Sequence[str]) -> None:
        self.office.require_open(job.id)

    def finish(self, job: Job, ending: Ending) -> None:
        if self.office.ends[job.id] == [ending.state]:
            return
        self.office.require_open(job.id)
        self.office.tell(lambda: self._end(job.id, ending.state))

    def _end(self, job: str, state: JobState) -> None:
        self.office.jobs[job] = state
        self.office.ends[job].append(state)

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


class PaperTarget(Target):
    """Two documents a call; of an entry that begins with "paid", the document and its payment."""

    key, name = "paper_target", "Paper target"
    flows, hosts, limits = (FLOW,), HOSTS, Limits(per_minute=1000, concurrent=1)
    kinds = (Kind.BILL, Kind.PAYMENT)
    idempotency, settle = NativeKey("key", timedelta(minutes=5)), timedelta(seconds=60)
    books: ClassVar[Books]

    def __init__(self, client: Client, settings: Settings, company: str = "") -> None:
        super().__init__(Pen(self.books), settings, company)

    def probe(self) -> Probe:
        return Probe(Company(self.company, "Paper"))

    def companies(self) -> Sequence[Company]:
        return [Company(self.company, "Paper")]

    def plan(self, record: Record, reference: Reference, revision: int = 1) -> tuple[Document, ...]:
        main = self._document(record, Part.DOCUMENT, Kind.BILL, revision)
        if not record.entry.startswith("paid"):
            return (main,)
        return main, self._document(record, Part.PAYMENT, Kind.PAYMENT, revision, needs=main.key)

    def _document(self, record: Record, part: Part, kind: Kind, revision: int, needs: Key | None = None) -> Document:
        key = Key(record.entry, part)
        reference = f"{record.entry}-{marker(key, revision)}"
        return Document(key, revision, kind, reference, record.amount, record.date, {}, needs=needs)

    def requests(self, documents: Sequence[Document], known: Mapping[Key, str]) -> Iterator[Draft]:
        for n in range(0, len(documents), 2):
            two = documents[n : n + 2]
            elements = [{"reference": one.reference, "total": str(one.total.amount)} for one in two if one.total]
            yield Draft(Request.json("PUT", "/papers", elements), tuple(two))

    def read(self, draft: Draft, answer: Answer) -> tuple[Outcome, ...]:
        if answer.status == 429:
            raise RateLimited("Slower.", wait=timedelta(seconds=5))
        if answer.status == 500:
            return tuple(Unknown(document.key, "500") for document in draft.documents)
        told = zip(draft.documents, answer.json(), strict=False)
        return tuple(
            Created(document.key, Found(one["id"], total=Money(Decimal(one["total"]), "EUR")))
            if one
            else Refused(document.key, FailureClass.VALIDATION_FIELD, "It is not wanted.", subject="paper")
            for document, one in told
        )

    def find(self, documents: Sequence[Document]) -> Mapping[Key, tuple[Found, ...]]:
        self._look()
        return {
            document.key: tuple(_found(paper) for paper in self.books.papers if paper.reference == document.reference)
            for document in documents
        }

    def standing(self, posted: Sequence[tuple[Document, str]]) -> Mapping[Key, Found]:
        self._look()
        by_id = {paper.id: paper for paper in self.books.papers}
        return {document.key: _found(by_id[id_]) for document, id_ in posted if id_ in by_id}

    def _look(self) -> None:
        refuse_inside_transaction()
        if self.books.blind:
            self.books.blind -= 1
            raise TryLater("The books are closed for a moment.")

    def document_url(self, document: Document, document_id: str) -> str:
        return f"https://paper.example/{document_id}"


def _found(paper: Paper) -> Found:
    return Found(paper.id, total=Money(paper.total, "EUR"), void=paper.void)
