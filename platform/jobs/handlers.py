"""What the rooms above teach this one: kinds of work, and what else the sweep looks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jobs.slices import Slice


@dataclass(frozen=True)
class Again:
    """There is more to do: at once, or after `wait`. `progress` clears the count of vain attempts."""

    wait: timedelta = timedelta(0)
    progress: bool = False
    remark: str = ""


@dataclass(frozen=True)
class WaitForSomebody:
    """Nothing can be done until a person has acted; `remark` says what.

    `look_after`: it is looked at again by itself, for what the person mends elsewhere. No later run is held up.
    """

    remark: str
    look_after: timedelta | None = None


@dataclass(frozen=True)
class Ended:
    remark: str = ""


@dataclass(frozen=True)
class LetGo:
    """Somebody has stopped the work, or its process, in the middle of the slice. The engine's own, as all below."""

    progress: bool = False
    remark: str = "Stopped."


@dataclass(frozen=True)
class Crashed:
    wait: timedelta
    progress: bool
    remark: str


@dataclass(frozen=True)
class PutAside:
    """Until a person resumes it: no trigger wakes it."""

    remark: str


Next = Again | WaitForSomebody | Ended
End = Next | LetGo | Crashed | PutAside
Handler = Callable[["Slice"], Next]


def just_end(_: Slice) -> Next:
    return Ended("Cancelled.")


@dataclass(frozen=True)
class Kind:
    """`cancel` has the slices of a cancelled run, until it says Ended: it begins nothing new and leaves things as
    they can be left.

    `despite_pause`: it goes on although its tenant, or a part of that one's work, is paused; what is paused of the
    platform holds it all the same. An older version that does not know the kind leaves it alone meanwhile.
    """

    handler: Handler
    cancel: Handler = just_end
    despite_pause: bool = False


_kinds: dict[str, Kind] = {}
_sweepers: list[Callable[[], None]] = []


def register(name: str, handler: Handler, *, cancel: Handler = just_end, despite_pause: bool = False) -> None:
    """Once, when the room is loaded (`AppConfig.ready`), in every process."""
    _kinds[name] = Kind(handler, cancel, despite_pause)


def handler_of(kind: str, *, is_cancelled: bool = False) -> Handler | None:
    """None: a kind that this version of the code does not know; its run waits for one that does."""
    known = _kinds.get(kind)
    if known is None:
        return None
    return known.cancel if is_cancelled else known.handler


def kinds_despite_pause() -> list[str]:
    return sorted(name for name, kind in _kinds.items() if kind.despite_pause)


def on_sweep(look: Callable[[], None]) -> None:
    """`look` is called by every sweep, outside any transaction."""
    _sweepers.append(look)


def sweepers() -> list[Callable[[], None]]:
    return list(_sweepers)
