"""How a vendor keeps one document from becoming two, where the same write may have been sent twice.

Say only what the vendor's own pages promise, and name the page; the conformance suite tries it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar


@dataclass(frozen=True)
class Idempotency:
    """The base of them all. `header`: where our key goes. `window`: for how long the same bytes under the same key
    are sent again rather than looked up. `can_be_found`: `Target.find` can tell that a document is not there.

    `looks`: how long is waited before each look-up, from the call and then from the look-up before; what the last one
    does not find is not there. Empty: at once, and when `Target.settle` is over. `sends`: how often a job sends a
    document that is never there, before a person looks; 0: five times, and then its entry fails.
    """

    header: str = ""
    window: timedelta = timedelta(0)
    looks: tuple[timedelta, ...] = ()
    sends: int = 0
    can_be_found: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if any(wait <= timedelta(0) for wait in self.looks):
            raise ValueError("something is waited for before each look-up")


@dataclass(frozen=True)
class NativeKey(Idempotency):
    """Under one key the vendor does a thing once, and gives the same answer again. After the window we look."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.header or self.window <= timedelta(0):
            raise ValueError("a native key has a header and a window")


@dataclass(frozen=True)
class NaturalKey(Idempotency):
    """The vendor refuses a second document of our reference. `Target.read` says Unknown to that refusal: then the
    document is looked up, and adopted."""


@dataclass(frozen=True)
class LookUp(Idempotency):
    """The vendor would make it twice, and can be asked for our reference: we look before anything is sent again."""


@dataclass(frozen=True)
class Nothing(Idempotency):
    """It can neither be refused nor found: where nobody knows what became of a write, a person has to look."""

    can_be_found = False
