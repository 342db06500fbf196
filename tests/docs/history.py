"""A demo with a past: customers export again and again, and the days of their jobs are moved back."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil  # type: ignore[import-untyped]
import psycopg
import requests

DAYS_AGO = (13, 12, 10, 9, 7, 6, 5, 2, 1)
JOB_SECONDS = 180
OPEN = "SELECT count(*) FROM exports_exportjob WHERE ended_at IS NULL"
EARLIER = "UPDATE exports_exportjob SET noticed_at = noticed_at - make_interval(days => %s) WHERE id <> ALL(%s)"
#: The source does not hear that work begins: what follows waits, and can be previewed.
UNHEARD = {"match": "POST /v3/export-job-events", "kind": "status_before", "times": None}


class Past:
    """`source` is the address of the source's sandbox, `database` that of the owner's role."""

    def __init__(self, source: str, database: psycopg.Connection, customers: int) -> None:
        self.source = source.rstrip("/")
        self.database = database
        offered = requests.get(f"{self.source}/_sandbox/choices", timeout=10).json()
        self.companies = [one["id"] for one in offered][:customers]

    def live(self) -> None:
        """The jobs are real; only the days on which they were noticed are not."""
        for days in DAYS_AGO:
            known = self._jobs()
            for n, company in enumerate(self.companies):
                self.export(company, 2 + (5 * days + 7 * n) % 9)  # few: the ERP takes 60 calls a minute
            self._wait()
            self.database.execute(EARLIER, [days, known])

    def leave_one_waiting(self) -> None:
        requests.post(f"{self.source}/_sandbox/faults", json=UNHEARD, timeout=10).raise_for_status()
        self.export(self.companies[0], 12)

    def export(self, company: str, entries: int) -> None:
        wanted = {"company": company, "entries": entries}
        requests.post(f"{self.source}/_sandbox/export", json=wanted, timeout=60).raise_for_status()

    def _jobs(self) -> list[object]:
        return [pk for (pk,) in self.database.execute("SELECT id FROM exports_exportjob").fetchall()]

    def _wait(self) -> None:
        """Until the jobs were noticed, and all have ended."""
        until = time.monotonic() + JOB_SECONDS
        time.sleep(2)
        while (self.database.execute(OPEN).fetchone() or (0,))[0]:
            if time.monotonic() > until:
                raise SystemExit("No pictures: a job of the demo's past did not end.")
            time.sleep(0.5)


@contextmanager
def database_of(demo: int) -> Iterator[psycopg.Connection]:
    """Of the demo with this process id, as its own processes are told it."""
    for process in psutil.Process(demo).children(recursive=True):
        if address := process.environ().get("MIGRATION_DATABASE_URL"):
            with psycopg.connect(address, autocommit=True) as connection:
                yield connection
            return
    raise SystemExit("No pictures: the demo has no database.")
