"""How many writes are committed ahead of their calls: few statements for many, and little in doubt after a crash."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic

from connectors.kit.documents import Draft
from connectors.kit.limits import Limits
from exports.living import AHEAD
from exports.models import Posting

WRITES_AT_MOST = 16
POSTINGS_AT_MOST = 200
OF_A_MINUTE = 8  # a wave takes no more than this part of it: what finds no room is put back

Planned = tuple[Draft, Sequence[Posting]]


@dataclass
class Pace:
    """Begins with one write, and takes twice as many each time, while a wave is over well before we must listen.

    The first write to each place goes alone: it may tell what is true of all that follow.
    """

    limits: Limits
    _writes: int = field(default=1, init=False)
    _known: set[str] = field(default_factory=set, init=False)

    def waves(self, planned: Iterable[Planned]) -> Iterator[list[Planned]]:
        """Whoever takes a wave sends it before asking for the next."""
        left = deque(planned)
        while left:
            wave = [left.popleft()]
            while left and self._has_room(wave) and _place(left[0]) in self._known:
                wave.append(left.popleft())
            begun = monotonic()
            yield wave
            self._known.add(_place(wave[0]))
            self._learn(monotonic() - begun)

    def _has_room(self, wave: Sequence[Planned]) -> bool:
        postings = sum(len(postings) for _, postings in wave)
        known = _place(wave[0]) in self._known
        return known and len(wave) < self._writes and postings < POSTINGS_AT_MOST

    def _learn(self, seconds: float) -> None:
        most = max(1, min(WRITES_AT_MOST, self.limits.per_minute // OF_A_MINUTE))
        if seconds > AHEAD.total_seconds():
            self._writes = max(1, self._writes // 2)
        elif seconds < AHEAD.total_seconds() / 2:
            self._writes = min(most, 2 * self._writes)


def _place(planned: Planned) -> str:
    return planned[0].request.path
