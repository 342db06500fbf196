"""Which workers are alive, and whether they hear the queue: each sends a message through it and says when one came.

A worker that is alive and deaf works on by its own tick, more slowly; somebody should know.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from socket import gethostname

from django.db import connection
from django.db.models.functions import Now

from jobs import hints
from jobs.models import Pulse

GONE_AFTER = timedelta(seconds=30)  # a worker ticks every five
DEAF_AFTER = timedelta(minutes=2)  # messages may wait for a slot that works on a long slice
KEPT = timedelta(hours=1)
QUEUED_SECONDS = 60

NAME = f"{gethostname()}:{os.getpid()}"  # of the process that ticks; its children hear for it
# How the names begin of those that hear nothing: beats, which work on nothing, and processes for small work only.
BEAT, EXPRESS = "beat ", "express "

TICK = """
insert into jobs_pulse (name, began_at, ticked_at) values (%s, now(), now())
on conflict (name) do update set ticked_at = excluded.ticked_at
"""


@dataclass(frozen=True)
class Liveness:
    """`answered_at`: when a message went through the queue last, whoever took it. `beat`: one is alive."""

    workers: int
    deaf: tuple[str, ...]
    answered_at: datetime | None
    beat: bool

    @property
    def is_well(self) -> bool:
        return self.workers > len(self.deaf)


def tick(name: str = NAME) -> int:
    """Says that this worker is alive, and sends a message that one of them will hear."""
    _say(name)
    Pulse.objects.filter(ticked_at__lt=Now() - KEPT).delete()
    hints.send("jobs.tasks.pulse", expires=QUEUED_SECONDS)
    return 0


def beat() -> int:
    """Says that this beat is alive."""
    _say(BEAT + NAME)
    return 0


def express() -> int:
    """Says that this express process is alive: ordinary workers leave small work to it for a moment."""
    _say(EXPRESS + NAME)
    return 0


def _say(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TICK, [name])


def heard(name: str = NAME) -> None:
    with connection.cursor() as cursor:
        cursor.execute("update jobs_pulse set heard_at = now() where name = %s", [name])


def stop(name: str = NAME) -> int:
    """It ends on purpose: nobody need miss it."""
    return Pulse.objects.filter(name=name).delete()[0]


def liveness() -> Liveness:
    alive = list(Pulse.objects.annotate(now=Now()).filter(ticked_at__gt=Now() - GONE_AFTER).order_by("name"))
    workers = [one for one in alive if not one.name.startswith((BEAT, EXPRESS))]
    deaf = tuple(one.name for one in workers if (one.heard_at or one.began_at) < one.now - DEAF_AFTER)
    answered_at = max((one.heard_at for one in workers if one.heard_at), default=None)
    return Liveness(len(workers), deaf, answered_at, beat=any(one.name.startswith(BEAT) for one in alive))
