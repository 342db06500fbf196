"""How the engine posts, in memory: the rules of `exports.posting` and `exports.resolving` without their database.

plan → requests → (intent kept) → send → read → (outcome kept). What nobody knows is resolved: the same bytes with
the same key within the window, else a look-up; adopted is what is there, and only what is not goes again.
It waits for nothing, tells nobody, and has one worker.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from connectors.kit.connector import Target
from connectors.kit.documents import Created, Document, Draft, Found, Key, Outcome, Part, Refused, Unknown
from connectors.kit.errors import (
    AskForPermission,
    ConnectorError,
    MendSettings,
    Reconnect,
    RefuseRecord,
    SkipRecord,
    TryLater,
)
from connectors.kit.http import Answer, Request
from connectors.kit.records import Record

NOTHING_WAS_DONE = (TryLater, Reconnect, AskForPermission, MendSettings)
CALLS_AT_MOST = 3  # with the same bytes
ROUNDS_AT_MOST = 6


class State(StrEnum):
    PLANNED = "planned"
    SENDING = "sending"
    POSTED = "posted"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    DOUBLE = "double"  # several are there; a person decides


class Crash(BaseException):
    """The worker dies here. What the ledger holds is all that is left."""


@dataclass
class Sent:
    """A write that was committed before it was sent: what it carried, and how it was keyed."""

    draft: Draft
    request: Request
    calls: int = 0
    answer: Answer | None = None


@dataclass
class Posting:
    document: Document
    state: State = State.PLANNED
    document_id: str = ""
    adopted: bool = False
    epoch: int = 1
    outcome: Outcome | None = None
    sent: Sent | None = None

    @property
    def is_under_way(self) -> bool:
        return self.state in {State.SENDING, State.UNCERTAIN}


@dataclass
class Ledger:
    """What outlives a worker. `turned_away`: records that became no document, by their entry."""

    postings: dict[Key, Posting] = field(default_factory=dict)
    turned_away: dict[str, RefuseRecord | SkipRecord] = field(default_factory=dict)
    reference: Mapping[str, Any] | None = None

    def of(self, record: Record) -> Posting:
        return self.postings[Key(record.entry, Part.DOCUMENT)]

    def ids(self) -> dict[Key, str]:
        """Of everything posted, also under the alias by which other entries need it."""
        posted = [one for one in self.postings.values() if one.state is State.POSTED]
        by_alias = {Key(p.document.alias, Part.DOCUMENT): p.document_id for p in posted if p.document.alias}
        return by_alias | {p.document.key: p.document_id for p in posted}


def needed(document: Document) -> Key | None:
    if document.needs_alias:
        return Key(document.needs_alias, Part.DOCUMENT)
    return document.needs


def _id_of(key: Key | None, ids: Mapping[Key, str]) -> str:
    return ids.get(key, "") if key else ""


class Poster:
    """A worker. `replays=False`: the window is over. `crash`: where it dies, "before_call" or "after_call".

    `errors`: what concerned a call as a whole, in the order in which it came up.
    """

    def __init__(
        self,
        target: Target,
        ledger: Ledger | None = None,
        *,
        replays: bool = True,
        crash: str = "",
        notice: Callable[[Draft], None] = lambda draft: None,
    ) -> None:
        self.target, self.ledger = target, ledger or Ledger()
        self.errors: list[ConnectorError] = []
        self._replays, self._crash, self._notice = replays, crash, notice

    def post(self, *records: Record) -> None:
        """As far as one goes without a pause; a call that failed as a whole, or told nothing, is the last."""
        try:
            self.plan(records)
            while batch := self._ready():
                if not self._post(batch):
                    return
        except ConnectorError as error:
            self.errors.append(error)

    def prepare(self, *records: Record) -> None:
        """The vendors that these records need, and nothing else."""
        self.plan(records)
        while (batch := self._ready()) and batch[0].document.key.part is Part.VENDOR:
            if not self._post(batch):
                return

    def _post(self, batch: Sequence[Posting]) -> bool:
        drafts = self.target.requests([p.document for p in batch], self.ledger.ids())
        return all(self._send(draft) for draft in drafts)

    def settle(self, *records: Record) -> None:
        """On and on, with pauses that are not waited for, until nothing is under way or it goes no further."""
        for _ in range(ROUNDS_AT_MOST):
            self.post(*records)
            self._resolve()
            if not any(p.is_under_way or p.state is State.PLANNED for p in self.ledger.postings.values()):
                return

    def plan(self, records: Iterable[Record]) -> None:
        for record in records:
            try:
                documents = self.target.plan(record, self._reference())
            except (RefuseRecord, SkipRecord) as told:
                self.ledger.turned_away[record.entry] = told
                continue
            for document in documents:
                self.ledger.postings.setdefault(document.key, Posting(document))

    def _reference(self) -> Mapping[str, Any]:
        if self.ledger.reference is None:
            self.ledger.reference = self.target.reference()
        return self.ledger.reference

    def _ready(self) -> list[Posting]:
        """Whose needs are met; vendors go first. What people make too, and what may be there, is looked for."""
        ids = self.ledger.ids()
        planned = [p for p in self.ledger.postings.values() if p.state is State.PLANNED]
        ready = [p for p in planned if (key := needed(p.document)) is None or key in ids]
        batch = [p for p in ready if p.document.key.part is Part.VENDOR] or ready
        looked = [p for p in batch if p.document.look_first or p.sent]
        for posting, ones in self._found(looked):
            if any(not one.void for one in ones):
                self._adopt(posting, ones)
        left = [p for p in batch if p.state is State.PLANNED]
        return left or (self._ready() if len(left) < len(batch) else [])

    def _send(self, draft: Draft) -> bool:
        postings = [self.ledger.postings[document.key] for document in draft.documents]
        key = f"{uuid4().hex}-{max(p.epoch for p in postings)}"
        header = self.target.idempotency.header
        sent = Sent(draft, draft.request.with_header(header, key) if header else draft.request)
        for posting in postings:
            posting.state, posting.sent = State.SENDING, sent
        return self._call(sent, postings)

    def _call(self, sent: Sent, postings: Sequence[Posting]) -> bool:
        """False: it failed as a whole, or told nothing. What is no ConnectorError is a fault of the connector, and
        raised."""
        self._die("before_call")
        sent.calls += 1
        self._notice(sent.draft)
        try:
            answer = self.target.client.send(sent.request)
            self._die("after_call")
            outcomes = self._read(sent, answer)
        except ConnectorError as error:
            self._failed(sent, postings, error)
            return False
        told = {outcome.key: outcome for outcome in outcomes}
        for posting in postings:
            self._take(posting, told.get(posting.document.key) or Unknown(posting.document.key))
        return any(posting.state is not State.UNCERTAIN for posting in postings)

    def _read(self, sent: Sent, answer: Answer) -> Sequence[Outcome]:
        sent.answer = answer
        return self.target.read(sent.draft, answer)

    def _failed(self, sent: Sent, postings: Sequence[Posting], error: ConnectorError) -> None:
        self.errors.append(error)
        for posting in postings:
            if sent.calls == 1 and isinstance(error, NOTHING_WAS_DONE):
                posting.state, posting.epoch, posting.sent = State.PLANNED, posting.epoch + 1, None
            else:
                posting.state = State.UNCERTAIN

    def _take(self, posting: Posting, outcome: Outcome) -> None:
        posting.outcome = outcome
        match outcome:
            case Created(found=found):
                posting.state, posting.document_id = State.POSTED, found.document_id
            case Refused():
                posting.state = State.REFUSED
            case Unknown():
                posting.state = State.UNCERTAIN

    def _resolve(self) -> None:
        open_ones = [p for p in self.ledger.postings.values() if p.is_under_way]
        for posting in open_ones:
            if posting.is_under_way and posting.sent and self._is_replayable(posting.sent):
                carried = [self.ledger.postings[document.key] for document in posting.sent.draft.documents]
                self._call(posting.sent, carried)
        try:
            for posting, ones in self._found([p for p in open_ones if p.is_under_way]):
                self._judge(posting, ones)
        except ConnectorError as error:
            self.errors.append(error)

    def _is_replayable(self, sent: Sent) -> bool:
        young = self._replays and self.target.idempotency.window > timedelta(0)
        return young and not sent.answer and sent.calls < CALLS_AT_MOST

    def _judge(self, posting: Posting, ones: Sequence[Found]) -> None:
        if any(not one.void for one in ones):
            self._adopt(posting, ones)
        elif self.target.idempotency.can_be_found and (posting.sent is None or posting.sent.draft.findable):
            posting.state, posting.epoch = State.PLANNED, posting.epoch + 1

    def _adopt(self, posting: Posting, ones: Sequence[Found]) -> None:
        standing = [one for one in ones if not one.void]
        if len(standing) > 1:
            posting.state = State.DOUBLE
            return
        posting.state, posting.adopted, posting.document_id = State.POSTED, True, standing[0].document_id

    def _found(self, postings: Sequence[Posting]) -> list[tuple[Posting, Sequence[Found]]]:
        ids = self.ledger.ids()
        sought = [replace(p.document, needed_id=_id_of(needed(p.document), ids)) for p in postings]
        there = self.target.find(sought) if sought else {}
        return [(posting, there.get(posting.document.key, ())) for posting in postings]

    def _die(self, place: str) -> None:
        if self._crash == place:
            raise Crash(place)
