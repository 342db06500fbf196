"""Named places where a process may be made to die, raise or sleep. Nothing, unless the environment says so.

FAILPOINTS="after_intent=kill,after_call=raise,before_intent=sleep:2" — for fault tests only.
"""

import os
import signal
import time


class Failed(RuntimeError):
    """A failpoint was told to raise."""


def failpoint(name: str) -> None:
    wanted = os.environ.get("FAILPOINTS")
    if not wanted:
        return
    for entry in wanted.split(","):
        place, _, action = entry.partition("=")
        if place == name:
            _fail(name, action)


def _fail(name: str, action: str) -> None:
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action.startswith("sleep:"):
        time.sleep(float(action.removeprefix("sleep:")))
    else:
        raise Failed(name)
