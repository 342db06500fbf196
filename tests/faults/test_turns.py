"""Who does what, and when: zombies, two beats, webhooks before and after the poll, jobs that end at the source."""

import signal
from datetime import UTC, datetime, timedelta

import pytest

from connections import vault
from connectors.kit.sandbox import Fault, Kind
from connectors.kit.signatures import sign
from database.acting import acting_for
from exports.models import ExportJob
from jobs.models import Run, Schedule, Trigger
from jobs.sweep import sweep
from tests.customer import Customer
from tests.faults.afterwards import assert_alive_and_discreet
from tests.faults.bookkeepers import KINDS
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.faults.test_door import knock_all_at_once, listen
from tests.waiting import until
from webhooks import subscriptions
from webhooks.models import Endpoint

BEAT = ("celery", "-A", "host", "beat", "--loglevel", "WARNING")


def of_every_kind(customer: Customer, number: int = 14) -> ExportJob:
    return customer.exports(customer.entries(number, *KINDS, files=True, seed="everyday/3"))


def assert_well(house: House, customer: Customer, job: ExportJob) -> None:
    until(lambda: not customer.reread(job).is_open, seconds=60)
    assert judge(customer) == Verdict()
    assert_alive_and_discreet(house, customer)


def test_a_zombie_wakes_after_its_run_was_taken_over_and_changes_nothing(house: House, customer: Customer) -> None:
    hanging = customer.target.faults.add(Fault("PUT /api.xro/*", Kind.DELAY_AFTER, seconds=1))
    job = of_every_kind(customer)
    zombie = house.worker(LEASE_SECONDS="2")
    until(lambda: hanging.struck, seconds=60)
    zombie.send_signal(signal.SIGSTOP)  # in the middle of its first write

    customer.later(minutes=2)
    sweep()
    house.worker(LEASE_SECONDS="2")
    until(lambda: not customer.reread(job).is_open, seconds=60)
    writes = customer.target.writes
    zombie.send_signal(signal.SIGCONT)
    until(lambda: "slice.fenced_out" in house.said(), seconds=60)

    assert_well(house, customer, job)
    assert customer.target.writes == writes


def test_two_beats_open_one_run_a_slot(
    house: House, customer: Customer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Slots come faster than anybody sweeps: some are caught up, and those that come while a run is open join it."""
    folder, first, every = tmp_path_factory.mktemp("beats"), datetime(2026, 1, 1, tzinfo=UTC), timedelta(seconds=3)
    listen(customer)
    with acting_for(customer.tenant.pk):
        assert Schedule.objects.filter(kind="poll").update(next_at=first, every=every) == 1
    for n in range(2):
        house.start(*BEAT, "--schedule", str(folder / f"beat{n}"))
    house.worker()
    until(lambda: len(slots(customer)) >= 5, seconds=120)
    house.stop()

    found = slots(customer)
    assert len(found) == len(set(found))
    assert not any((slot - first) % every for slot in found)
    with acting_for(customer.tenant.pk):
        assert not Run.objects.filter(kind="poll").exclude(triggers__slot__in=found).exists()


def slots(customer: Customer) -> list[datetime]:
    """For which the source was polled, or is about to be."""
    with acting_for(customer.tenant.pk):
        found = Trigger.objects.filter(run__kind="poll").exclude(slot=None)
        return [trigger.slot for trigger in found if trigger.slot]


@pytest.mark.parametrize("poll_first", [True, False], ids=["after the poll", "before the poll"])
def test_a_storm_of_webhooks_for_a_job(house: House, customer: Customer, poll_first: bool) -> None:
    house.web()
    endpoint = listen(customer)
    made = customer.source.export(customer.company, customer.entries(6, *KINDS))
    if poll_first:
        customer.note(str(made["id"]))
        house.worker()
    message = until(customer.source.deliveries)[0]
    answers = knock_all_at_once(subscriptions.address(endpoint), message["body"].encode(), signed(customer, endpoint))
    if not poll_first:
        house.worker()
    job = customer.note(str(made["id"]))

    assert set(answers) == {204}
    assert_well(house, customer, job)
    with acting_for(customer.tenant.pk):
        assert ExportJob.objects.count() == 1


def signed(customer: Customer, endpoint: Endpoint) -> dict[str, str]:
    message, at = customer.source.deliveries()[0], int(customer.source.clock.time())
    secret = vault.unseal(bytes(endpoint.sealed_secret), endpoint.place("secret")).decode()
    signature = sign(secret, message["id"], at, message["body"].encode())
    return {"webhook-id": message["id"], "webhook-timestamp": str(at), "webhook-signature": signature}


@pytest.mark.parametrize("how", ["cancelled", "expired"])
def test_a_job_that_ends_at_the_source_midway_and_comes_again(house: House, customer: Customer, how: str) -> None:
    slow = customer.target.faults.add(Fault("PUT *", Kind.DELAY_AFTER, times=None, seconds=0.1))
    entries = customer.entries(14, *KINDS, files=True, seed="everyday/3")
    job = customer.exports(entries)
    house.worker()
    until(lambda: customer.target.writes >= 3, seconds=60)

    if how == "cancelled":
        customer.source.cancel(job.external_id)
    else:
        customer.source.clock.advance(customer.source.expires_in + 1)
    until(lambda: not customer.reread(job).is_open, seconds=60)
    customer.target.faults.clear()
    again = customer.exports(entries, again=True)

    assert_well(house, customer, again)
    assert slow.struck
    assert set(customer.outcomes(again).values()) <= {"posted", "already_there"}


def test_a_poisonous_entry_fails_alone(house: House, customer: Customer) -> None:
    poison, *others = entries = customer.entries(8, *KINDS)
    customer.source.edit_entry(poison, lambda payload: payload.update(accountingEntryLines={"no": "list"}))
    job = customer.exports(entries)
    house.worker()

    assert_well(house, customer, job)
    assert customer.outcomes(job) == {poison: "failed", **dict.fromkeys(others, "posted")}
