"""Express slots: they serve only runs that have been worked on for a little while so far (`leases.LITTLE`).

Small work ends within that; large work goes on in the workers' ordinary slots. Without them a small job waits until a
slice of some large one ends, and then shares its process with seven of them. They are a process of their own, since
the threads of one share one processor. No hint comes here: a queue would fill where nobody runs such slots, so they
look by themselves.
"""

import structlog
from django.db import connection

from jobs import unsaved
from jobs.slices import stopping, work_one

__all__ = ["serve", "stopping"]

log = structlog.get_logger()

LOOK_SECONDS = 0.2
TROUBLE_SECONDS = 2.0  # while PostgreSQL is away


def serve() -> None:
    """One slot, until the process is told to stop."""
    pause = 0.0
    while not stopping.wait(pause):
        try:
            unsaved.save()
            pause = 0.0 if work_one(express=True) else LOOK_SECONDS
        except Exception as error:  # nothing is lost: whoever looks next finds the same run
            log.warning("express.failed", error=type(error).__name__, text=str(error)[:200])
            pause = TROUBLE_SECONDS
        if pause:
            connection.close()
