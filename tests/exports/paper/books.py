"""The ERP on paper: its documents, and how it keeps one from becoming two, as strictly as it says and no more."""

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from time import monotonic
from typing import Any, Protocol

from connectors.kit.errors import OutcomeUnknown
from connectors.kit.http import Answer, Request
from connectors.kit.idempotency import Idempotency, LookUp, NativeKey, NaturalKey, Nothing

KEY = "key"
KEY_KEPT = timedelta(minutes=6)
SETTLE = timedelta(seconds=60)
LOOKS = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120))
KINDS: dict[str, Idempotency] = {
    "native key": NativeKey(KEY, timedelta(minutes=5)),
    "natural key": NaturalKey(),
    "look-up": LookUp(looks=LOOKS, sends=2),
    "nothing": Nothing(),
}
MADE, REFUSED, TAKEN = "made", "refused", "taken"
ANSWERS = [
    "made",
    "refused",
    "limited",
    "half told",
    "stolen",
    "late",
    *(f"{how} {wrote}" for how in ("killed", "lost", "broken") for wrote in ("with", "without")),
]

Element = Mapping[str, Any]


class Killed(BaseException):
    """The process dies here: nothing after it runs, and nothing catches it."""


@dataclass
class Paper:
    """A document in the ERP. `ours`: made by a write of ours, not by a person."""

    id: str
    reference: str
    total: str
    ours: bool = True
    void: bool = False
    seen_from: timedelta = timedelta(0)


class Witness(Protocol):
    """Who writes down what we have said to the ERP and what we have heard of it."""

    def sending(self, request: Request, references: Sequence[str]) -> None: ...
    def heard(self, told: Mapping[str, Element]) -> None: ...
    def limited(self, references: Sequence[str]) -> None: ...
    def unheard(self, references: Sequence[str], *, again: bool) -> None: ...
    def died(self) -> None: ...
    def looked(self, seen: Mapping[str, Sequence[Paper]]) -> None: ...
    def stood(self, paper: Paper) -> None: ...


@dataclass
class Books:
    """`answers` are how it meets the next writes, `blind` how many look-ups it fails to answer, `lag` how much of the
    time that it asks for goes by before what it makes now can be found. `stolen`: what happens while a call hangs."""

    kind: Idempotency
    witness: Witness = field(init=False)
    stolen: Callable[[], None] = field(init=False)
    papers: list[Paper] = field(default_factory=list)
    answers: deque[str] = field(default_factory=deque)
    blind: int = 0
    lag: float = 0.0
    passed: timedelta = timedelta(0)
    keys: dict[str, tuple[timedelta, Answer]] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=count)
    began: float = field(default_factory=monotonic)

    @property
    def now(self) -> timedelta:
        return self.passed + timedelta(seconds=monotonic() - self.began)

    @property
    def live(self) -> list[Paper]:
        return [paper for paper in self.papers if not paper.void]

    # Writing.

    def write(self, request: Request) -> Answer:
        elements: list[Element] = json.loads(request.body)
        references = [one["reference"] for one in elements]
        self.witness.sending(request, references)
        how = self.answers.popleft() if self.answers else "made"
        if how == "limited":  # that is looked at before any key
            self.witness.limited(references)
            return Answer(429, {}, b"")
        if how == "late" and isinstance(self.kind, NaturalKey):  # elsewhere nothing can keep that from being double
            self._steal()
            return self._make(elements, how)
        if how.endswith("without"):
            return self._fail(how, references)
        answer = self._kept(request) or self._keep(request, self._make(elements, how))
        if how.endswith(" with"):
            return self._fail(how, references)
        if how == "stolen":
            self._steal()
        else:
            self._tell(references, answer)
        return answer

    def _kept(self, request: Request) -> Answer | None:
        at, answer = self.keys.get(request.headers.get(KEY, ""), (timedelta(0), None))
        return answer if self.now - at < KEY_KEPT else None

    def _keep(self, request: Request, answer: Answer) -> Answer:
        if isinstance(self.kind, NativeKey):
            self.keys[request.headers[KEY]] = self.now, answer
        return answer

    def _make(self, elements: Sequence[Element], how: str) -> Answer:
        told = [self._line(one, how) for one in elements]
        return Answer(200, {}, json.dumps(told[:1] if how == "half told" else told).encode())

    def _line(self, one: Element, how: str) -> Element:
        if isinstance(self.kind, NaturalKey) and self.has(one["reference"]):
            return {**one, "became": TAKEN}
        if how == "refused" or not self._can_be_paid(one):
            return {**one, "became": REFUSED}
        paper = Paper(f"doc-{next(self.ids)}", one["reference"], one["total"], seen_from=self.now + self._lag())
        self.papers.append(paper)
        return {**one, "became": MADE, "id": paper.id}

    def has(self, reference: str) -> bool:
        """Also what was voided: it keeps its number."""
        return any(paper.reference == reference for paper in self.papers)

    def _can_be_paid(self, one: Element) -> bool:
        return not one["pays"] or any(paper.id == one["pays"] for paper in self.live)

    def _lag(self) -> timedelta:
        return self.lag * (sum(self.kind.looks, timedelta(0)) or SETTLE)

    def _tell(self, references: Sequence[str], answer: Answer) -> None:
        told = {one["reference"]: one for one in answer.json() if one["became"] != TAKEN}
        self.witness.heard(told)
        self.witness.unheard([one for one in references if one not in told], again=False)

    def _fail(self, how: str, references: Sequence[str]) -> Answer:
        if how.startswith("killed"):
            self.witness.died()
            raise Killed
        self.witness.unheard(references, again=how.startswith("lost"))
        if how.startswith("lost"):
            raise OutcomeUnknown("No answer was read.")
        return Answer(500, {}, b"")

    def _steal(self) -> None:
        """The answer comes when the run is another worker's already."""
        self.witness.died()
        self.stolen()

    # Looking.

    def find(self, references: Sequence[str]) -> dict[str, list[Paper]]:
        seen = {one: [p for p in self.papers if p.reference == one and self._is_seen(p)] for one in references}
        self.witness.looked(seen)
        return seen

    def _is_seen(self, paper: Paper) -> bool:
        return self.kind.can_be_found and self.now >= paper.seen_from

    def get(self, document_id: str) -> Paper | None:
        found = next((paper for paper in self.papers if paper.id == document_id), None)
        if found:
            self.witness.stood(found)
        return found

    # What people do there.

    def copy(self, paper: Paper) -> None:
        """Reference and all."""
        self.by_hand(paper.reference, paper.total)

    def by_hand(self, reference: str, total: str = "") -> None:
        self.papers.append(Paper(f"hand-{next(self.ids)}", reference, total, ours=False))
