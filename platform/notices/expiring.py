"""What will end by itself and somebody should renew: keys, certificates, access that nobody uses. Rooms add kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

DISTANCES = [timedelta(days=days) for days in (1, 7, 14, 30)]
LAST_PART = 4  # nobody is warned before the last quarter of a life


@dataclass(frozen=True)
class Expiring:
    """`label` ("connections.authorisation") is the kind of row, `life` how long it lived or lives from now to then.

    `name` begins a sentence; `then` says what stops, `remedy` what the customer does about it, `button` names the
    link to their pages.
    """

    label: str
    subject_id: UUID
    tenant_id: UUID | None
    customer: str
    name: str
    ends_at: datetime
    life: timedelta
    then: str
    remedy: str
    button: str

    def distance(self, now: datetime) -> timedelta | None:
        """The nearest of DISTANCES that has been reached; None while it is too early, and once it has ended."""
        left = self.ends_at - now
        reached = [one for one in DISTANCES if timedelta(0) < left <= one <= self.life / LAST_PART]
        return reached[0] if reached else None


Find = Callable[[datetime], Iterable[Expiring]]
_finders: list[Find] = []


def register(find: Find) -> None:
    """`find(before)`: what ends until then and is still of use, of the tenant that the block is for, or of all."""
    _finders.append(find)


def soon(now: datetime) -> list[Expiring]:
    """What somebody should renew, the nearest end first. Inside a block."""
    found = (one for find in _finders for one in find(now + DISTANCES[-1]))
    return sorted((one for one in found if one.distance(now)), key=lambda one: one.ends_at)
