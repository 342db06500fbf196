"""How much of a vendor's limit is used, and how often it is overdrawn: an hour with a fake, in made-up time."""

import time
from collections.abc import Iterator
from uuid import uuid4

from benchmarks.ground import Ground
from benchmarks.results import Figure, at_least
from connectors.xero.connector import Xero
from tests.jobs.test_fixed_windows import QUICK, UNEVEN, Org, World

WORKERS = 8


def xeros_minute(ground: Ground) -> Iterator[Figure]:
    """60 a minute and 5 at once, as Xero counts them, and eight workers that always have more to send."""
    minutes = ground.size(60, 20, 3)
    for words, latency in (("calls of 50 ms", QUICK), ("calls of 40 ms to 4 s", UNEVEN)):
        world, org = World(seed=1), Org(offset=time.time() % 60 * 1000)
        budget = world.budget(Xero.limits, f"bench:{uuid4()}")
        for _ in range(WORKERS):
            world.worker(budget, org, latency)
        world.play(minutes=minutes)
        yield at_least(
            f"share of Xero's 60 a minute, {words}", org.share_used(), 0.95, "", remark=f"{minutes} minutes"
        )
        yield Figure(f"429s in that time, {words}", len(org.refused), "", "0", not org.refused)
