"""What each posting may be, in plain Python: by what was said to the ERP under its reference, and what was heard.

It knows nothing of rows, runs and leases. A reference is a posting's own: of one entry's part in one revision.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum

from connectors.kit.idempotency import NativeKey
from exports.models import PostingState
from tests.exports.paper.books import MADE, SETTLE, Books, Element, Paper

SENDS_AT_MOST = 5
REPLAYS_AT_MOST = 3
PLANNED, SENDING, UNCERTAIN = PostingState.PLANNED, PostingState.SENDING, PostingState.UNCERTAIN
POSTED, REFUSED, SKIPPED = PostingState.POSTED, PostingState.REFUSED, PostingState.SKIPPED
FREE = {PLANNED, REFUSED, SKIPPED}  # nothing is in the ERP: it may be sent, or given up


class Known(Enum):
    """What we know of a reference, and how its posting may stand then."""

    NOTHING_SENT = FREE, "nothing was sent"
    DIED = {SENDING, UNCERTAIN}, "a worker died when it had just been sent or was about to be"
    NO_ANSWER = {UNCERTAIN}, "it was sent, and no answer tells of it"
    THERE = {POSTED}, "the ERP has said so"
    REFUSED = FREE, "the ERP has refused it"
    SEVERAL = {UNCERTAIN}, "the ERP has several"
    VOIDED = {SKIPPED}, "a person voided it"
    NOT_THERE = FREE, "the ERP was asked, late enough, and has none"
    IN_VAIN = FREE | {SENDING, UNCERTAIN}, "as often as may be"

    @property
    def may_be(self) -> set[PostingState]:
        return self.value[0]


IN_DOUBT = {Known.DIED, Known.NO_ANSWER}
MAY_BE_SENT = {Known.NOTHING_SENT, Known.REFUSED, Known.NOT_THERE, Known.IN_VAIN}
A_MOMENT = timedelta(seconds=30)  # less than any time that the machine lets pass


@dataclass
class Slip:
    """`key`, `job`, `first_at`: of the newest write; `calls`: how often its bytes were sent, `sent_at` for the last
    time. `answered`: something was read, so they are not sent again. `looks`: since then, in vain. `settled`: nobody
    waits for it to appear any more. `in_vain`: how often a job sent it and it never was there. `may_be_there`: it was
    sent, once at least; `asked_at`: when the ERP was asked for it last."""

    known: Known = Known.NOTHING_SENT
    before: Known = Known.NOTHING_SENT
    document: str = ""
    key: str = ""
    first_at: timedelta = timedelta(0)
    sent_at: timedelta = timedelta(0)
    calls: int = 0
    answered: bool = False
    looks: int = 0
    settled: bool = True
    in_vain: Counter[str] = field(default_factory=Counter)
    job: str = ""
    may_be_there: bool = False
    asked_at: timedelta = timedelta(days=-1)


@dataclass
class Model:
    """`wrongs`: what was said to the ERP and should not have been."""

    books: Books
    slips: dict[str, Slip] = field(default_factory=dict)
    wrongs: list[str] = field(default_factory=list)

    def of(self, reference: str) -> Slip:
        return self.slips.setdefault(reference, Slip())

    # Writes.

    def sends(self, reference: str, key: str, job: str) -> None:
        slip = self.of(reference)
        if key and key == slip.key:
            self._says_again(reference, slip)
            slip.calls += 1
        else:
            self._says(reference, slip, job)
            slip.key, slip.job, slip.calls, slip.first_at = key, job, 1, self.books.now
        slip.before, slip.answered = slip.known, False
        self._in_flight(slip)

    def _in_flight(self, slip: Slip) -> None:
        """Should the worker die now."""
        slip.known, slip.settled = Known.DIED, False
        slip.sent_at, slip.looks = self.books.now, 0

    def _says(self, reference: str, slip: Slip, job: str) -> None:
        if slip.known not in MAY_BE_SENT:
            self.wrongs.append(f"{reference} is sent, and {slip.known.value[1]}")
        if slip.may_be_there and self.books.now - slip.asked_at > A_MOMENT:
            self.wrongs.append(f"{reference} is sent again, and was not looked for first")
        if slip.in_vain[job] >= (self.books.kind.sends or SENDS_AT_MOST):
            self.wrongs.append(f"{reference} is sent by {job} for the {slip.in_vain[job] + 1}th time")

    def _says_again(self, reference: str, slip: Slip) -> None:
        kept = isinstance(self.books.kind, NativeKey) and self.books.now - slip.first_at < self.books.kind.window
        if not kept or slip.known not in IN_DOUBT or slip.answered or slip.calls >= REPLAYS_AT_MOST:
            self.wrongs.append(f"{reference} is sent again, and {slip.known.value[1]}")

    # Answers.

    def hears(self, told: Mapping[str, Element]) -> None:
        for reference, one in told.items():
            slip = self.of(reference)
            slip.known = Known.THERE if one["became"] == MADE else Known.REFUSED
            slip.may_be_there = True
            slip.document, slip.settled = one.get("id", ""), True

    def hears_of_limits(self, references: Sequence[str]) -> None:
        """Nothing was done; but of what was sent before, nothing more is known than then."""
        for slip in map(self.of, references):
            slip.known = Known.NO_ANSWER if slip.calls > 1 else slip.before
            slip.settled = slip.calls == 1

    def hears_nothing(self, references: Sequence[str], *, answered: bool) -> None:
        for slip in map(self.of, references):
            slip.known, slip.answered, slip.may_be_there = Known.NO_ANSWER, answered, True

    def dies(self, sending: Mapping[str, str]) -> None:
        """`sending`: what was committed to be sent, by which job, and whose outcome was not."""
        for reference, job in sending.items():
            slip = self.of(reference)
            slip.may_be_there = True
            if slip.known is not Known.DIED:
                slip.job = job
                self._in_flight(slip)

    # Looks.

    def sees(self, reference: str, papers: Sequence[Paper], *, is_vendor: bool) -> None:
        """A vendor that people have put away is none."""
        slip = self.of(reference)
        slip.asked_at = self.books.now
        standing = [paper for paper in papers if not paper.void]
        if len(standing) == 1:
            slip.known, slip.document, slip.settled = Known.THERE, standing[0].id, True
        elif standing:
            slip.known = Known.SEVERAL
        elif papers and not is_vendor:
            slip.known = Known.VOIDED
        elif slip.known in IN_DOUBT | {Known.SEVERAL}:
            self._sees_none(slip)

    def _sees_none(self, slip: Slip) -> None:
        slip.looks += 1
        looks = self.books.kind.looks
        late_enough = slip.looks >= len(looks) if looks else self.books.now - slip.sent_at >= SETTLE
        if self.books.kind.can_be_found and (slip.settled or late_enough):
            slip.in_vain[slip.job] += not slip.settled
            slip.settled = True
            in_vain = self.books.kind.sends and slip.in_vain[slip.job] >= self.books.kind.sends
            slip.known = Known.IN_VAIN if in_vain else Known.NOT_THERE

    def sees_again(self, paper: Paper) -> None:
        slip = self.of(paper.reference)
        if paper.void and slip.document == paper.id:
            slip.known = Known.VOIDED

    # How it must stand.

    def judge(self, reference: str, state: str, document: str) -> str:
        """What is wrong with a posting; nothing if it is as it must be."""
        slip = self.of(reference)
        if state not in slip.known.may_be:
            return f"{reference} is {state}, and {slip.known.value[1]}"
        if state == POSTED and document != slip.document:
            return f"{reference} is {document}, and the ERP has said {slip.document}"
        return ""
