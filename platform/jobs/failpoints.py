"""Named places where a process may be made to die, raise or sleep. Nothing, unless the environment says so.

FAILPOINTS="after_intent=kill,after_call=raise,before_intent=sleep:2" — for fault tests only.
"""

import os
import signal
import time
from enum import StrEnum


class Place(StrEnum):
    """Each room lists its own in a subclass."""


class Failed(RuntimeError):
    """A failpoint was told to raise."""


class NoSuchPlace(ValueError):
    """FAILPOINTS names a place that there is not: a test of it would prove nothing."""


def places() -> set[Place]:
    return {place for room in Place.__subclasses__() for place in room}


def failpoint(here: Place) -> None:
    wanted = os.environ.get("FAILPOINTS")
    if not wanted:
        return
    for entry in wanted.split(","):
        place, _, action = entry.partition("=")
        if place not in places():
            raise NoSuchPlace(place)
        if place == here:
            _fail(here, action)


def _fail(here: Place, action: str) -> None:
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action.startswith("sleep:"):
        time.sleep(float(action.removeprefix("sleep:")))
    else:
        raise Failed(here)
