"""The soak: customers at work, a nemesis among the real processes, and the tally. Started by scripts/soak."""

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db.models import Min
from pytest_django import Settings

from database.acting import acting_for
from database.clock import now
from exports.models import ExportJob, Record
from jobs.models import Run, RunState
from jobs.sweep import sweep
from tests.customer import COMPANY, OTHER_COMPANY, Customer, forget_budgets, new_customer, pass_time, vendors
from tests.faults.afterwards import assert_alive_and_discreet
from tests.faults.bookkeepers import Bookkeeper
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.faults.nemesis import LEASE, Nemesis
from tests.faults.test_door import listen
from tests.faults.wires import wired

HEALING_SECONDS = 240
STEP = 0.1


@dataclass
class Soak:
    bookkeepers: list[Bookkeeper]
    nemesis: Nemesis
    say: Callable[[str], None]
    slowest: float = 0.0
    longest: float = 0.0
    _progress: dict[str, tuple[float, int]] = field(default_factory=dict)

    @property
    def customers(self) -> list[Customer]:
        return [each.customer for each in self.bookkeepers]

    def rage(self, minutes: float) -> None:
        end = time.monotonic() + 60 * minutes
        self.nemesis.begin()
        while time.monotonic() < end:
            for each in self.bookkeepers:
                each.act()
            if done := self.nemesis.act():
                self.say(f"{end - time.monotonic():6.1f} s left  {done.replace('_', ' ')}")
                self._reconnect(done)
            self._watch()
            forget_budgets("*:minute")  # else all wait for the ERP's next minute, and whoever is killed holds nothing
            time.sleep(STEP)

    def heal(self) -> None:
        """Nothing is broken any more: every job ends. Where all wait for a vendor to settle, time passes faster."""
        self.nemesis.heal()
        end = time.monotonic() + HEALING_SECONDS
        while self.open_jobs() and time.monotonic() < end:
            self._reconnect("whole again")
            self.nemesis.look_after()
            if all(customer.rests() for customer in self.customers):
                pass_time(timedelta(minutes=2), self.customers[0].source, self.customers[0].target)
                sweep()
            time.sleep(STEP)

    def open_jobs(self) -> list[str]:
        """Open at the source, or not yet ended by us."""
        found = [f"{each.jobs[-1]} at the source" for each in self.bookkeepers if each.has_open_job()]
        for customer in self.customers:
            with acting_for(customer.tenant.pk):
                found += [str(job) for job in ExportJob.objects.filter(ended_at=None)]
        return found

    def _reconnect(self, done: str) -> None:
        if done == "whole again":
            for each in self.bookkeepers:
                each.reconnect_what_died()

    def _watch(self) -> None:
        """`slowest`: from the last heartbeat of who died or froze until another worker has the run; each death by
        itself. `longest`: a customer with an open job went without a decision, whatever was broken meanwhile."""
        here = time.monotonic()
        self.slowest = max([self.slowest, *map(unheard, self.customers)])
        for each in self.bookkeepers:
            since, before = self._progress.get(each.seed, (here, -1))
            progress = each.progress()
            if progress != before or not each.has_open_job():
                self._progress[each.seed] = here, progress
            self.longest = max(self.longest, here - since)


def unheard(customer: Customer) -> float:
    """Seconds since the last heartbeat for a run that is held."""
    with acting_for(customer.tenant.pk):
        until = Run.objects.filter(state=RunState.HELD).aggregate(first=Min("lease_until"))["first"]
        return (now() - until).total_seconds() + float(LEASE["LEASE_SECONDS"]) if until else 0.0


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """To the terminal, past what pytest keeps for failures."""

    def say(words: str) -> None:
        with capsys.disabled():
            sys.stdout.write(words + "\n")
            sys.stdout.flush()

    return say


@pytest.fixture
def soak(house: House, settings: Settings, valkey: str, say: Callable[[str], None]) -> Iterator[Soak]:
    settings.POLL_SECONDS = 5
    seed = os.environ["SOAK_SEED"]
    with vendors() as running:
        customers = [new_customer(*running, company) for company in (COMPANY, OTHER_COMPANY)]
        house.web()
        for customer in customers:
            listen(customer)
        house.stop()
        house.started.clear()
        with wired(house, customers[0]) as wires:
            staff = [
                Bookkeeper(customer, random.Random(f"{seed}/{n}"), f"everyday/{n}{seed}")
                for n, customer in enumerate(customers, start=1)
            ]
            yield Soak(staff, Nemesis(house, wires, customers[0], valkey, random.Random(seed)), say)


def test_nothing_is_lost_and_nothing_is_there_twice(soak: Soak, house: House) -> None:
    soak.rage(float(os.environ["SOAK_MINUTES"]))
    soak.heal()

    voided = {entry for each in soak.bookkeepers for entry in each.voided}
    verdict = judge(*soak.customers, voided=voided)
    left = soak.open_jobs()
    verdict.lost.extend(f"never ended: {job}" for job in left)
    if not (soak.nemesis.kills and all(_records(each.customer) for each in soak.bookkeepers)):
        verdict.blind.append("Nothing was exported, or nobody was killed: it proves nothing. Soak for longer.")
    tell(soak, verdict)
    assert verdict == Verdict()
    assert_alive_and_discreet(house, *soak.customers)


def tell(soak: Soak, verdict: Verdict) -> None:
    blows = soak.nemesis.blows
    for name, number in sorted(blows.items()):
        soak.say(f"  {name.replace('_', ' ')}: {number}")
    lines = {
        "jobs": sum(len(each.jobs) for each in soak.bookkeepers),
        "records": sum(_records(each.customer) for each in soak.bookkeepers),
        "entries": sum(len(each.exported) for each in soak.bookkeepers),
        "blows": sum(blows.values()),
        "kills": soak.nemesis.kills,
        "restarts": soak.nemesis.restarts,
        "ended by themselves": soak.nemesis.revived,
        "cancelled": sum(each.cancelled for each in soak.bookkeepers),
        "corrected": sum(each.corrected for each in soak.bookkeepers),
        "voided": sum(len(each.voided) for each in soak.bookkeepers),
        "reconnected by the customer": sum(each.reconnected for each in soak.bookkeepers),
        "slowest recovery": f"{soak.slowest:.1f} s",
        "longest without a decision": f"{soak.longest:.1f} s",
        "duplicates": len(verdict.duplicates),
        "lost": len(verdict.lost),
        "unbalanced": len(verdict.unbalanced),
    }
    for name, value in lines.items():
        soak.say(f"{name:>28}  {value}")
    for sentence in [*verdict.duplicates, *verdict.lost, *verdict.unbalanced, *verdict.blind]:
        soak.say(f"  {sentence}")


def _records(customer: Customer) -> int:
    with acting_for(customer.tenant.pk):
        return Record.objects.count()
