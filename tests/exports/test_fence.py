"""A worker that lost its run while it slept: whatever it does when it wakes, nothing is doubled or overwritten."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Event, Thread, current_thread

import pytest
from django.db import connections

from connectors import registry
from database.acting import acting_for
from exports import submitting
from exports.models import Posting, Submission
from jobs.models import Run, RunState
from jobs.slices import work_one
from tests.customer import Customer


@dataclass
class Zombie:
    """Another worker, which works one slice and falls asleep at a named place."""

    place: str
    asleep: Event = field(default_factory=Event)
    wake: Event = field(default_factory=Event)

    def failpoint(self, name: str) -> None:
        if name == self.place and current_thread().name == "zombie":
            self.asleep.set()
            assert self.wake.wait(60)

    def slice(self) -> None:
        try:
            work_one()
        finally:
            connections.close_all()

    @contextmanager
    def sleeping(self) -> Iterator[None]:
        thread = Thread(target=self.slice, name="zombie")
        thread.start()
        try:
            assert self.asleep.wait(30)
            yield
        finally:
            self.wake.set()
            thread.join(60)


@pytest.fixture(params=["after_intent", "after_call"])
def zombie(request: pytest.FixtureRequest, customer: Customer, monkeypatch: pytest.MonkeyPatch) -> Zombie:
    made = Zombie(request.param)
    monkeypatch.setattr(submitting, "failpoint", made.failpoint)
    return made


def test_a_worker_that_lost_its_run_changes_nothing(customer: Customer, zombie: Zombie) -> None:
    entries = customer.entries(3)
    job = customer.exports(entries)

    with zombie.sleeping():
        customer.later(minutes=1)  # its lease is over, and the longest call that it may have in flight
        customer.carry(job)
        before = everything(customer)

    assert everything(customer) == before
    assert [len(customer.documents(entry)) for entry in entries] == [1, 1, 1]
    assert job.balanced
    assert customer.source.final_events(job.external_id) == 1


def test_nobody_takes_over_while_the_holders_call_may_be_in_flight(customer: Customer, zombie: Zombie) -> None:
    job = customer.exports(1)

    with zombie.sleeping():
        with acting_for(customer.tenant.pk):
            run = Run.objects.get(subject_id=job.pk, state=RunState.HELD)
            assert run.lease_until
            assert run.calling_until
            run.lease_until -= timedelta(minutes=1)
            run.save(update_fields=["lease_until"])
        assert not work_one()
    customer.carry(job)

    assert {one.fence for one in customer.submissions()} == {1}


def test_a_dead_workers_call_is_waited_out_for_as_long_as_the_connector_says(
    customer: Customer, zombie: Zombie, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = registry.get(customer.target.key)
    monkeypatch.setattr(vendor, "limits", replace(vendor.limits, answer_seconds=120))
    job = customer.exports(1)

    with zombie.sleeping():
        customer.later(seconds=125)
        assert not work_one()
        customer.carry(job)

    assert job.balanced


def everything(customer: Customer) -> list[object]:
    """All that a worker could have written."""
    with acting_for(customer.tenant.pk):
        ledger = list(Posting.objects.order_by("pk").values_list("pk", "state", "document_id", "posted_at", "epoch"))
        sent = list(Submission.objects.order_by("pk").values_list("pk", "state", "calls", "answered_at"))
        runs = list(Run.objects.order_by("pk").values_list("pk", "state", "fence", "remark"))
    return [ledger, sent, runs]
